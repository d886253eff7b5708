import { errorText } from '../runtime/errors.ts'
import type { Cluster } from './cluster.ts'
import { type ParsedClusters, parseClusters, problemText } from './clusters-file.ts'
import type { DiscoveryEntry } from './discovery-entry.ts'
import type { Maintenance, MuteEntry } from './mutes.ts'
import type { Route } from './notifications.ts'

type ClustersText = { readonly text: string; readonly etag: string }
export type ClustersSourceDeps = {
  /** How messages call the file: `config/clusters.yaml`, or a path. */
  readonly where: string
  /** `undefined` when there is no file. May spare itself the reading when the etag is still the known one. */
  readonly read: (knownEtag: string | undefined) => Promise<ClustersText | 'unchanged' | undefined>
  /** Told once for each new problem, and once when it is over. */
  readonly log: (message: string) => void
  /** Keeps the last good text beyond this process: a new instance must not be blind because of a later typing error. */
  readonly lastGood?: {
    readonly read: () => Promise<string | undefined>
    readonly write: (text: string) => Promise<unknown>
  }
}
export type CurrentClusters = {
  readonly clusters: readonly Cluster[]
  readonly notifications: readonly Route[]
  /** Places that tell of further clusters. */
  readonly discovery: readonly DiscoveryEntry[]
  readonly mutes: readonly MuteEntry[]
  readonly maintenance: readonly Maintenance[]
  /** What is wrong with the file now; the last good clusters are in force then. */
  readonly problem?: string
  /** By name, against the call before. */
  readonly changed: Changes
}
/** As much of the source as those need who only look. */
export type ClustersInForce = {
  readonly current: () => Promise<Pick<CurrentClusters, 'clusters' | 'problem'>>
}
export type Changes = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly modified: readonly string[]
}

/** The clusters in force, read anew at each call when the file has changed. Never throws. */
export function clustersSource(deps: ClustersSourceDeps) {
  let inForce: InForce = nothing
  /** Whether it comes from a file that was right as a whole. */
  let good = false
  let etag: string | undefined
  let problemOfFile = ''
  let lastReported = ''

  /** Takes up a change; answers what is wrong now. */
  async function refresh(): Promise<string> {
    let answer: ClustersText | 'unchanged' | undefined
    try {
      answer = await deps.read(etag)
    } catch (error) {
      if (!good) await startWithout(inForce)
      return `${deps.where} cannot be read: ${errorText(error)}.`
    }
    if (answer === 'unchanged' || (answer !== undefined && answer.etag === etag)) return problemOfFile
    etag = answer?.etag
    if (answer === undefined) {
      problemOfFile = `${deps.where} is missing. Put your clusters there: a list under clusters:.`
      if (!good) await startWithout(nothing)
    } else await take(answer.text)
    return problemOfFile
  }

  async function take(text: string): Promise<void> {
    const parsed = parseClusters(text)
    problemOfFile = problemText(deps.where, parsed.errors)
    if (problemOfFile !== '') {
      if (!good) await startWithout(parsed)
      return
    }
    inForce = inForceOf(parsed)
    good = true
    await remember(text)
  }

  /** Nothing good was seen in this process: the kept file, or else those clusters that are right. */
  async function startWithout(right: InForce): Promise<void> {
    const kept = await deps.lastGood?.read().catch(() => undefined)
    const parsed = kept === undefined ? undefined : parseClusters(kept)
    good = parsed !== undefined && parsed.errors.length === 0
    inForce = inForceOf(good && parsed !== undefined ? parsed : right)
  }

  async function remember(text: string): Promise<void> {
    try {
      await deps.lastGood?.write(text)
    } catch (error) {
      deps.log(`${deps.where}: the good state could not be kept: ${errorText(error)}.`)
    }
  }

  async function current(): Promise<CurrentClusters> {
    const before = inForce.clusters
    const problem = await refresh()
    if (problem !== lastReported) deps.log(problem === '' ? `${deps.where} is right again.` : problem)
    lastReported = problem
    return {
      ...inForce,
      changed: changes(before, inForce.clusters),
      ...(problem === '' ? {} : { problem }),
    }
  }
  return { current }
}
type InForce = Omit<ParsedClusters, 'errors'>
const nothing: InForce = { clusters: [], notifications: [], discovery: [], mutes: [], maintenance: [] }
const inForceOf = ({ clusters, notifications, discovery, mutes, maintenance }: InForce): InForce => ({
  ...{ clusters, notifications, discovery, mutes, maintenance },
})
export type ClustersSource = ReturnType<typeof clustersSource>

function changes(before: readonly Cluster[], after: readonly Cluster[]): Changes {
  const old = new Map(before.map((cluster) => [cluster.name, JSON.stringify(cluster)]))
  const fresh = new Set(after.map(({ name }) => name))
  return {
    added: after.flatMap(({ name }) => (old.has(name) ? [] : [name])),
    removed: before.flatMap(({ name }) => (fresh.has(name) ? [] : [name])),
    modified: after.flatMap((cluster) => {
      const was = old.get(cluster.name)
      return was !== undefined && was !== JSON.stringify(cluster) ? [cluster.name] : []
    }),
  }
}
