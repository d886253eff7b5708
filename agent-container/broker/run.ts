import { randomBytes } from 'node:crypto'
import type { Bundle } from '../../shared/artifacts/bundle.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import { connectCluster } from '../../shared/kubernetes/connect.ts'
import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { type Clock, systemClock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { type Investigation, investigate } from '../diagnose/investigate.ts'
import { guardKey } from '../gateway/key-guard.ts'
import { consult } from './consult.ts'
import type { JobFiles } from './job.ts'
import { sendResult, uploadBundle } from './publish.ts'

/** What a group's exit code tells the sweep. 10 is kept for a model's spent quota. */
export const exits = { done: 0, failed: 1, budget: 10, timeout: 11 } as const
/** Of the time until the deadline, kept for the upload: a fifth, and at most this. */
const PUBLISH_MS = 20_000
/** Even past the deadline the bundle is tried for so long: the links live a little longer than the job. */
const LEAST_PUBLISH_MS = 10_000

/** One investigation from job to result message. Whatever happens, a bundle is tried. */
export async function run(
  { job, kubeconfig, modelKey }: JobFiles,
  /** Where the agent looks for us; only a job with a model has an agent. */
  port: number,
  stop: AbortSignal,
  log: (line: string) => void,
): Promise<number> {
  const clock = systemClock
  const left = Math.max(0, new Date(job.deadline).getTime() - clock.now().getTime())
  const working = AbortSignal.any([stop, AbortSignal.timeout(Math.floor(left - Math.min(PUBLISH_MS, left / 5)))])
  const result = await investigateInto(
    { job, kubeconfig, ...(modelKey === undefined ? {} : { modelKey }) },
    port,
    clock,
    working,
  )
  log(
    `${job.incident.incidentId}: ${result.ended}, ${result.verdict?.outcome ?? 'no verdict'}, ${result.usage.apiCalls} calls, ${result.usage.seconds.toFixed(1)} s`,
  )
  const rest = new Date(job.deadline).getTime() - clock.now().getTime()
  const publish = { clock, fetch, signal: AbortSignal.timeout(Math.max(rest, LEAST_PUBLISH_MS)) }
  const { incidentId, fence } = job.incident
  const uploaded = await uploadBundle(publish, job, bundleOf(job, result, guardKey(modelKey ?? NO_KEY).hide))
  log(`${incidentId}: bundle ${uploaded}`)
  const reason =
    result.ended === 'completed'
      ? {}
      : { reason: (result.notes[0] ?? 'The investigation did not end well.').slice(0, 1000) }
  const trace = job.incident.traceparent === undefined ? {} : { traceparent: job.incident.traceparent }
  await sendResult(publish, job, { version: 1, incidentId, fence, ended: result.ended, ...reason, ...trace })
  return result.ended === 'completed' ? exits.done : result.ended === 'timeout' ? exits.timeout : exits.failed
}

async function investigateInto(
  { job, kubeconfig, modelKey }: JobFiles,
  port: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Investigation> {
  // The key lives as long as this process: pseudonyms of two incidents cannot be compared.
  const plain = createRedactor({ key: randomBytes(32) })
  const { hide } = guardKey(modelKey ?? NO_KEY)
  const redactor = { ...plain, text: (text: string) => hide(plain.text(text)) }
  try {
    const api = connectCluster(kubeconfig, { allowSecrets: job.allowSecretsAccess, where: 'the incident’s kubeconfig' })
    const { incident, permissions, limits, model } = job
    const rules = { api, redactor, clock, incident, permissions, limits, signal }
    if (model === undefined || modelKey === undefined) return await investigate(rules)
    const second = consult({ job: { ...job, model }, key: modelKey, port, api, redactor, clock, fetch, signal })
    return await investigate({ ...rules, consult: second })
  } catch (error) {
    const note =
      `The cluster could not be read: ${redactor.text(errorText(error))} Everything about its state is missing from this report.`.slice(
        0,
        600,
      )
    const usage = { apiCalls: 0, toolCalls: 0, model: '', turns: 0, inputTokens: 0, outputTokens: 0, seconds: 0 }
    return { ended: 'failed', verdict: undefined, files: {}, usage, notes: [note], injectionFlags: [], redactions: {} }
  }
}

/** Without a model there is nothing to hide; no text holds this. */
const NO_KEY = '\0'.repeat(16)

/** Whatever way a text came, the model's key leaves with none. */
const bundleOf = (job: AgentJob, result: Investigation, hide: (text: string) => string): Bundle => ({
  version: 1,
  incidentId: job.incident.incidentId,
  fence: job.incident.fence,
  ended: result.ended,
  notes: result.notes.map(hide),
  usage: result.usage,
  redactions: { ...result.redactions },
  injectionFlags: [...result.injectionFlags],
  files: Object.fromEntries(Object.entries(result.files).map(([name, text]) => [name, hide(text)])),
})
