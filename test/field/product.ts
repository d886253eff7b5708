import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Told } from './judge-field.ts'

const root = join(import.meta.dirname, '../..')
/** Storage, functions and the first lists of a large cluster. */
const START_MS = 120_000
const STOP_MS = 20_000
const ASK_MS = 15_000
const MAX_PAGE = 200

const Listed = z.looseObject({
  incidents: z.array(
    z.looseObject({
      incidentId: z.string(),
      namespace: z.string(),
      status: z.string(),
      firstSeen: z.string(),
      completedAt: z.string().optional(),
      outcome: z.string().default(''),
      rootCause: z.string().default(''),
    }),
  ),
  cursor: z.string().optional(),
})

export type Product = {
  readonly incidents: (since: Date) => Promise<readonly Told[]>
  readonly stop: () => Promise<void>
}

/** All of Nightcrier on this machine, as a user starts it: `npm start -- --kubeconfig`. */
export async function startProduct(kubeconfig: string, quietSeconds: number): Promise<Product> {
  const child = spawn(process.execPath, ['infra/local/start.ts', '--kubeconfig', kubeconfig], {
    cwd: root,
    env: {
      ...process.env,
      QUIET_PERIOD_SECONDS: String(quietSeconds),
      CLUSTER_QUEUE_SIZE: '100',
      MAX_CONCURRENT_AGENTS_PER_CLUSTER: '3',
      FORCE_COLOR: '0',
    },
  })
  let output = ''
  const hear = (chunk: Buffer) => {
    output = (output + String(chunk)).slice(-64 * 1024)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const stop = async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await Promise.race([once(child, 'close'), sleep(STOP_MS, undefined, { ref: false })])
    child.kill('SIGKILL')
  }
  const deadline = Date.now() + START_MS
  for (;;) {
    const [, url, key] = /(http:\/\/\S+)\/api\/health \(function key: (\S+?)\)/.exec(output) ?? []
    if (url !== undefined && key !== undefined) return { incidents: (since) => incidentsAt(url, key, since), stop }
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`Nightcrier did not start within ${START_MS / 1000} s. It said:\n${output.slice(-2_000)}`)
    }
    await sleep(200)
  }
}

async function incidentsAt(url: string, key: string, since: Date): Promise<readonly Told[]> {
  const headers = { 'x-functions-key': key }
  const ask = (path: string) => fetch(`${url}/api/${path}`, { headers, signal: AbortSignal.timeout(ASK_MS) })
  const page = Listed.parse(await (await ask(`incidents?limit=${MAX_PAGE}&since=${since.toISOString()}`)).json())
  const seconds = (at: string) => (new Date(at).getTime() - since.getTime()) / 1000
  return Promise.all(
    page.incidents.map(async (one) => {
      const done = one.completedAt
      const text =
        done === undefined ? '' : await ask(`incidents/${one.incidentId}/report`).then((answer) => answer.text())
      return {
        incidentId: one.incidentId,
        namespace: one.namespace,
        status: one.status,
        outcome: one.outcome,
        rootCause: one.rootCause,
        secondsToIncident: seconds(one.firstSeen),
        secondsToReport: done === undefined ? undefined : seconds(done),
        text: `${one.rootCause}\n${plain(text)}`,
      }
    }),
  )
}

/** A page's words. */
const plain = (html: string): string =>
  html
    .replace(/<style[\s\S]*?<\/style>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
