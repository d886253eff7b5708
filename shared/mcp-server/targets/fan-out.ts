import { z } from 'zod'
import { ClusterApiError } from '../../kubernetes/cluster-api.ts'
import { atOnce } from '../../runtime/at-once.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { withinBytes } from '../server/bounds.ts'
import type { ToolContext } from '../server/define-tool.ts'
import { failureText } from '../server/failure.ts'
import type { Targets } from './targets.ts'

/** Requests to twenty clusters at once need few sockets, and a handful that hang leave enough places for the rest. */
const AT_ONCE = 20
/** Less than the time of one call, so that the answer still comes. */
const IN_ALL_MS = 11_000
const name = z.string().min(1).max(253)

/** Every tool that asks several clusters takes these. */
export const fanOutArguments = {
  clusters: z.array(name).max(1_000).optional().describe('Absent: all'),
  timeout_seconds: z.number().min(0.1).max(10).default(5).describe('For each cluster'),
}
/** Every tool that asks all clusters tells these. */
export const problemsOutput = {
  problems: z.array(z.string()).optional().describe('Why clusters may be missing here altogether'),
}
const MAX_PROBLEM_BYTES = 4_000

/** Where all were meant, why the list of all may lack some: then no answer is complete. */
export function missingFrom(
  targets: Targets,
  asked: { readonly clusters?: readonly string[] | undefined },
): { readonly problems?: string[] } {
  const problems = asked.clusters === undefined ? (targets.problems?.() ?? []) : []
  return problems.length === 0 ? {} : { problems: withinBytes(problems, MAX_PROBLEM_BYTES) }
}
export const problemLines = ({ problems = [] }: { readonly problems?: readonly string[] | undefined }) =>
  problems.map((problem) => `! Clusters may be missing: ${problem}`)

export const clusterStatus = z.enum(['ok', 'error', 'timeout', 'forbidden', 'skipped'])
export type ClusterStatus = z.infer<typeof clusterStatus>
export type FromCluster<T> = {
  readonly cluster: string
  readonly milliseconds: number
} & (
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: Exclude<ClusterStatus, 'ok'>; readonly error: string }
)

/** An answer that has failed within, so that it counts as what it is. */
export class Unsuccessful extends Error {}

/** Asks each cluster by itself, so many at once; what one does has no part in what is said of another. */
export async function fanOut<T>(
  targets: Targets,
  asked: { readonly clusters?: readonly string[] | undefined; readonly timeout_seconds: number },
  call: Pick<ToolContext, 'signal' | 'redact'> & { readonly failFast?: boolean; readonly clock?: Clock },
  ask: (cluster: string, signal: AbortSignal) => Promise<T>,
): Promise<readonly FromCluster<T>[]> {
  const clock = call.clock ?? systemClock
  const names = [...new Set(asked.clusters?.map((one) => targets.find(one).name) ?? targets.list().map((t) => t.name))]
  const began = clock.now().getTime()
  const stop = new AbortController()
  const results = new Map<string, FromCluster<T>>()

  async function one(cluster: string): Promise<FromCluster<T>> {
    const at = clock.now().getTime()
    const left = began + IN_ALL_MS - at
    const skipped = (error: string) => ({ cluster, status: 'skipped' as const, milliseconds: 0, error })
    if (stop.signal.aborted) return skipped('Another cluster failed before, and fail_fast is set.')
    if (left <= 0 || call.signal.aborted) return skipped('The time of this call was over before it was asked.')
    const deadline = AbortSignal.timeout(Math.min(asked.timeout_seconds * 1000, left))
    const outcome = await settled(ask, cluster, AbortSignal.any([call.signal, stop.signal, deadline]), () =>
      deadline.aborted ? 'timeout' : stop.signal.aborted ? 'skipped' : undefined,
    )
    if (outcome.status !== 'ok' && call.failFast === true) stop.abort()
    const cleared = outcome.status === 'ok' ? outcome : { ...outcome, error: call.redact.text(outcome.error) }
    return { cluster, milliseconds: clock.now().getTime() - at, ...cleared }
  }
  await atOnce(AT_ONCE, names, async (name) => results.set(name, await one(name)))
  return names.flatMap((each) => results.get(each) ?? [])
}

type Outcome<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: Exclude<ClusterStatus, 'ok'>; readonly error: string }

/** Whoever does not heed the signal is left alone with it. */
async function settled<T>(
  ask: (cluster: string, signal: AbortSignal) => Promise<T>,
  cluster: string,
  signal: AbortSignal,
  cut: () => 'timeout' | 'skipped' | undefined,
): Promise<Outcome<T>> {
  let give = () => {}
  const over = new Promise<never>((_, reject) => {
    give = () => reject(signal.reason)
    signal.addEventListener('abort', give, { once: true })
  })
  over.catch(() => undefined)
  try {
    // Within: a cluster whose configuration is wrong fails as it is opened.
    return { status: 'ok', value: await Promise.race([(async () => ask(cluster, signal))(), over]) }
  } catch (error) {
    const why = cut()
    if (why === 'timeout') return { status: 'timeout', error: 'No answer within its time: nothing is known of it.' }
    if (why === 'skipped') return { status: 'skipped', error: 'Another cluster failed, and fail_fast is set.' }
    return { status: statusOf(error), error: failureText(error, undefined) ?? messageOf(error) }
  } finally {
    signal.removeEventListener('abort', give)
  }
}

function statusOf(error: unknown): Exclude<ClusterStatus, 'ok'> {
  if (!(error instanceof ClusterApiError)) return 'error'
  if (error.status === 401 || error.status === 403) return 'forbidden'
  return error.reason === 'Timeout' || error.reason === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'error'
}
/** A bug tells nothing of its inside. */
const messageOf = (error: unknown): string =>
  error instanceof Unsuccessful || error instanceof GiveUp ? error.message : 'It failed through a fault of this server.'

/** `3 ok, 1 timeout`. */
export function tally(results: readonly { readonly status: ClusterStatus }[]): string {
  const counted = clusterStatus.options.flatMap((status) => {
    const count = results.filter((result) => result.status === status).length
    return count === 0 ? [] : [`${count} ${status}`]
  })
  return counted.join(', ') || 'no clusters'
}
