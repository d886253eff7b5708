import { amountsOf } from '../artifacts/agent-totals.ts'
import { reportFolder } from '../artifacts/layout.ts'
import type { Report } from '../artifacts/report.ts'
import { containerGroupName } from '../incident/identity.ts'
import type { Incident, IncidentState } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { ResultMessage } from '../incident/messages.ts'
import { unreadable } from '../incident/unreadable.ts'
import { AGENTS, modelBreaker } from '../runtime/breaker-names.ts'
import { contend } from '../runtime/contend.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { composeReport } from './bundle/compose.ts'
import { readBundle } from './bundle/read-bundle.ts'
import type { ReportDeps } from './deps.ts'
import { joinCauses } from './join-causes.ts'
import { publish } from './publish.ts'

/** What came of a result message; all but `published` change nothing. */
export type Handled = 'published' | 'published-before' | 'outdated' | 'unknown-incident'

/**
 * One agent has ended: check what it left, publish, move the incident, tell people once, free the place it held. Every
 * step may run twice; the state moves only after all artifacts stand, and the notice goes out only after the move.
 */
export const handleResult =
  (deps: ReportDeps) =>
  async (body: unknown): Promise<Handled> => {
    const parsed = ResultMessage.safeParse(body)
    if (!parsed.success) throw unreadable('results', body, parsed.error)
    const result = parsed.data
    const left = await bundleOf(deps, result)
    const stored = await conclude(deps, result, left.bytes !== undefined || left.problem !== undefined)
    if (stored === undefined) return refuse(deps, result, 'unknown-incident')
    // An older fence is a zombie's: another agent was started since. Or its report stands, its cause has changed meanwhile,
    // and what was owed after its move has failed.
    if (stored.incident.fence !== result.fence) {
      const report = stored.incident.reportedAt === undefined ? undefined : await deps.readReport(result.incidentId)
      if (report?.incident.fence === result.fence) await settle(deps, result, report)
      return refuse(deps, result, 'outdated')
    }
    if (stored.incident.status !== 'running') {
      const report = hasReport(stored.incident) ? await deps.readReport(result.incidentId) : undefined
      // What has become a member since is told no more, and owed all else.
      const known = stored.incident.mutedBy === undefined ? report : report && { ...report, incident: stored.incident }
      if (known !== undefined) await settle(deps, result, known)
      return 'published-before'
    }
    // Whoever concluded may have seen a bundle that came after our look.
    const missed = stored.incident.concluded?.bundle === true && left.bytes === undefined
    const { report, files } = compose(stored.incident, result, missed ? await bundleOf(deps, result) : left)
    await countFormer(deps, stored.incident)
    await publish(deps)(report, files)
    const moved = await move(deps, result, report)
    if (moved === 'refused') {
      // It stands under our fence: our own move, whose answer was lost, or that of another who holds the same message.
      const mended = await mend(deps, result, files)
      if (mended === undefined) return refuse(deps, result, 'outdated')
      await settle(deps, result, mended)
      return 'published'
    }
    await settle(deps, result, { ...report, incident: moved.incident })
    return 'published'
  }

/** Also when it is over since: its line, its place and its counters are owed all the same. */
const reportStates: ReadonlySet<IncidentState> = new Set([
  ...(['reported', 'evidence-only', 'failed', 'resolved'] as const),
  // Investigated again, or another's member since.
  ...(['queued', 'skipped'] as const),
])
const hasReport = ({ status, reportedAt }: Incident): boolean => reportStates.has(status) && reportedAt !== undefined

type Left = { readonly bytes: Uint8Array | undefined; readonly problem: string | undefined }

/** Storage that cannot be read now is no reason for a report that says less: that error goes to the queue. */
async function bundleOf(deps: ReportDeps, { incidentId, fence }: ResultMessage): Promise<Left> {
  try {
    return { bytes: await deps.readBundle(incidentId, fence), problem: undefined }
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error
    return { bytes: undefined, problem: `The agent's bundle could not be read: ${errorText(error)}` }
  }
}

/**
 * How the attempt ended is decided by the first who says so, in the incident's row. Agent and sweep may both speak of
 * one attempt; without this, one that is late would write its page over the other's.
 */
const conclude = (deps: ReportDeps, result: ResultMessage, bundle: boolean): Promise<Stored | undefined> =>
  contend(deps, `Incident ${result.incidentId}`, async () => {
    const stored = await deps.store.current(result.incidentId)
    if (stored === undefined) return undefined
    const { status, fence, concluded } = stored.incident
    if (status !== 'running' || fence !== result.fence || concluded !== undefined) return stored
    const { ended, reason, cause } = result
    const at = deps.clock.now().toISOString()
    const why = { ...(reason === undefined ? {} : { reason }), ...(cause === undefined ? {} : { cause }) }
    return deps.store.update(stored, { concluded: { at, ended, bundle, ...why } })
  })

/** From what was concluded alone, so that it comes out the same whoever does it. */
function compose(incident: Incident, message: ResultMessage, left: Left) {
  const { concluded } = incident
  const { ended, reason } = concluded ?? message
  const result: ResultMessage = { version: 1, incidentId: incident.incidentId, fence: message.fence, ended, reason }
  let read: ReturnType<typeof readBundle> | undefined
  let { problem } = left
  try {
    if (left.bytes !== undefined && concluded?.bundle !== false) read = readBundle(left.bytes)
    else problem ??= 'The agent left no bundle of artifacts.'
    if (read !== undefined && (read.bundle.incidentId !== incident.incidentId || read.bundle.fence !== result.fence)) {
      problem = 'The bundle belongs to another incident and was not used.'
      read = undefined
    }
  } catch (error) {
    problem = `The agent's bundle could not be read: ${errorText(error)}`
  }
  const now = new Date(concluded?.at ?? incident.lastSeen)
  const report = composeReport({ incident, result, read, problem, now })
  const to = stateOf(report, result)
  const cause = report.verdict?.rootCauses[0]
  const shown: Incident = { ...incident, status: to, outcome: report.outcome, rootCause: rootCauseText(cause) }
  return { report: { ...report, incident: shown }, files: read?.bundle.files ?? {} }
}

const rootCauseText = (cause: { kind: string; namespace: string; name: string; class: string } | undefined) =>
  cause === undefined
    ? undefined
    : `${[cause.kind, cause.namespace, cause.name].filter((part) => part !== '').join('/')} ${cause.class}`

/** `failed` only when there is neither verdict nor evidence: everything else is a report. */
function stateOf(report: Report, result: ResultMessage): 'reported' | 'evidence-only' | 'failed' {
  if (report.outcome !== 'evidence-only') return 'reported'
  return report.evidence.length > 0 || result.ended === 'completed' ? 'evidence-only' : 'failed'
}

/**
 * Somebody else published the same attempt while we stood still, and our last files may have been written over theirs:
 * the same verdict, but of a row that has been counted on since. Whoever comes last leaves one that fits together.
 */
async function mend(
  deps: ReportDeps,
  { incidentId, fence }: ResultMessage,
  files: Readonly<Record<string, string>>,
): Promise<Report | undefined> {
  const stored = await deps.store.current(incidentId)
  if (stored?.incident.fence !== fence || !hasReport(stored.incident)) return undefined
  const report = await deps.readReport(incidentId)
  if (report === undefined) return undefined
  const mended = { ...report, incident: stored.incident }
  await publish(deps)(mended, files)
  return mended
}

/** The row may change meanwhile (occurrences are counted while the agent runs), so the move is tried again on a fresh read. */
const move = (deps: ReportDeps, result: ResultMessage, report: Report): Promise<Stored | 'refused'> =>
  contend(deps, `Incident ${result.incidentId}`, async () => {
    const stored = await deps.store.current(result.incidentId)
    if (stored === undefined) return 'refused'
    const at = deps.clock.now()
    const { status, outcome, rootCause } = report.incident
    const failure = status === 'reported' ? undefined : report.notes[0]
    // Well when it was looked at: over, unless the cluster is seen to say otherwise.
    const over = outcome === 'none' ? { absentSince: stored.incident.absentSince ?? at.toISOString() } : {}
    return deps.store.move(stored, status, {
      at,
      fence: result.fence,
      note: rootCause === undefined ? `Report published: ${outcome}` : `Report published: ${outcome}, ${rootCause}`,
      changes: {
        completedAt: at.toISOString(),
        reportedAt: at.toISOString(),
        reportedFence: result.fence,
        outcome,
        rootCause,
        failureReason: failure,
        ...over,
      },
    })
  })

/**
 * What remains after the move: each step may run twice, and one that fails stops none behind it. What failed, like a
 * crash in here, is made good when the message comes again.
 */
async function settle(deps: ReportDeps, result: ResultMessage, report: Report): Promise<void> {
  const { incidentId, fence } = result
  const steps: readonly (() => Promise<unknown>)[] = [
    // One whose cause another report has named before is that one's member, and told with it.
    () => joinOrNotify(deps, report.incident),
    () => removeGroup(deps, result),
    () => deps.releaseSlot(incidentId, fence),
    () => deps.wakeTriage(),
    () => countAgent(deps, result, report),
    // Last, since it alone is shared with other reports and may have to wait for them.
    () => deps.list({ ...report.incident, reportedAt: report.generatedAt }, report.headline),
  ]
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
  const { outcome, usage, incident } = report
  const spent = { tokens: (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0), costUsd: usage?.costUsd ?? 0 }
  const entry = { incidentId, cluster: incident.cluster, folder: reportFolder(incidentId), outcome, ...spent }
  deps.log.info({ ...entry, ended: incident.concluded?.ended, seconds: usage?.seconds ?? 0 }, 'Report published')
}

/** Told twice is better than not told; what was not joined now is when the message comes again. */
async function joinOrNotify(deps: ReportDeps, incident: Incident): Promise<void> {
  const isMember = await joinCauses(deps, incident).catch(async (error: unknown) => {
    await notify(deps, incident)
    throw error
  })
  if (!isMember) await notify(deps, incident)
}

/** What cannot be removed now is removed by the sweep: no reason to call a published report unpublished. */
async function removeGroup(deps: ReportDeps, { incidentId, fence }: ResultMessage): Promise<void> {
  const name = containerGroupName(incidentId, fence)
  try {
    await deps.groups.remove(name)
  } catch (error) {
    deps.log.warn({ incidentId, group: name }, `Container group ${name} is left to the sweep: ${errorText(error)}`)
  }
}

/** Sent again with the message: its name is the same, and nobody hears it twice. */
async function notify(deps: ReportDeps, incident: Incident): Promise<void> {
  const { incidentId, fence, status, traceparent } = incident
  if (status === 'failed' && !deps.settings.NOTIFY_ON_AGENT_FAILURE) return
  await deps.notify({
    version: 1,
    id: `reported:${incidentId}:${fence}`,
    at: deps.clock.now().toISOString(),
    type: 'incident',
    event: 'reported',
    incidentId,
    ...(traceparent === undefined ? {} : { traceparent }),
  })
}

/**
 * Of an attempt whose report stands nothing but that report says what it took. Before the next one is written over it, it
 * is counted, should whoever published it have died before; under its mark nothing counts twice.
 */
async function countFormer(deps: ReportDeps, { incidentId, fence, reportedFence }: Incident): Promise<void> {
  if (reportedFence === undefined || reportedFence >= fence) return
  const former = await deps.readReport(incidentId)
  if (former?.incident.fence !== reportedFence) return
  const { ended = 'completed', reason } = former.incident.concluded ?? {}
  await countAgent(deps, { version: 1, incidentId, fence: reportedFence, ended, reason }, former)
}

/** Under the attempt's own mark, so that a message that comes again counts nothing twice. */
async function countAgent(deps: ReportDeps, { incidentId, fence, ended, reason }: ResultMessage, report: Report) {
  const { usage, notes, incident } = report
  const mark = `${incidentId}:${fence}`
  const amounts = amountsOf(report, incident.concluded?.ended ?? ended, deps.clock.now())
  await deps.totals.add(incident.cluster, amounts, mark)
  if (ended === 'completed') await deps.breakers.succeeded(AGENTS, mark)
  // What is wrong with one cluster's kubeconfig is told of that cluster, and degrades no other.
  else if (incident.concluded?.cause !== 'no-kubeconfig')
    await deps.breakers.failed(AGENTS, `${incidentId}: ${reason ?? endings[ended]}`, mark)
  if (usage === undefined || usage.model === '') return
  const model = modelBreaker(usage.model)
  // Not one token: it was asked in vain, or nobody came to ask it.
  const why = notes.find((note) => note.includes(usage.model)) ?? 'it answered nothing'
  // A filter, or a context that is too short, is this incident's: others may be asked.
  if (usage.fault === 'incident') return
  if (usage.outputTokens > 0 && usage.fault === undefined) await deps.breakers.succeeded(model, mark)
  else await deps.breakers.failed(model, `${incidentId}: ${why}`, mark)
}

const endings = {
  failed: 'the agent failed',
  timeout: 'the agent ran past its deadline',
  lost: 'the agent vanished',
  'not-started': 'the agent could not be started',
} as const

function refuse<T extends Handled>(deps: ReportDeps, result: ResultMessage, why: T): T {
  deps.log.warn({ incidentId: result.incidentId, fence: result.fence }, `A result was refused: ${why}`)
  return why
}
