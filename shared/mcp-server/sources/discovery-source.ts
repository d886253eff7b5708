import { RE2JS } from 're2js'
import type { CredentialInfo } from '../../kubernetes/credential-expiry.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { cleanText } from '../safety/redaction.ts'
import { seldom } from './seldom.ts'
import type { DiscoveryStatus, Found, Opened, SeenCluster, Source } from './source.ts'

/** A system that did not answer is asked again after this, so that no call waits for it each time. */
const AFTER_FAILURE_MS = 30_000
/** All pages, or one run of a program. */
const RECEIVE_MS = 20_000
/** What may be a cluster's name here, and an argument of a program: never a path, an option or two words. */
const goodName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

export type Discovered = {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly labels?: Readonly<Record<string, string>>
  readonly server: string
  readonly credential?: () => CredentialInfo | undefined
  readonly open: () => Promise<Opened>
}
type Filter = {
  readonly cluster_pattern?: string | undefined
  readonly exclude_clusters: readonly string[]
  readonly auto_refresh: boolean
  readonly refresh_interval: number
}

/** Clusters that another system tells of. */
export function discoverySource(deps: {
  readonly kind: 'rancher' | 'nsk' | 'aks'
  readonly name: string
  readonly place: string
  readonly filter: Filter
  /** Which ids may be used at all. */
  readonly goodId: (id: string) => boolean
  readonly discover: (signal: AbortSignal) => Promise<readonly Discovered[]>
  readonly status: (signal: AbortSignal) => Promise<Partial<DiscoveryStatus>>
  readonly close?: () => Promise<void>
  readonly clock: Clock
}): Source {
  const { kind, name, place, filter, clock } = deps
  const fits = clusterFilter(filter.cluster_pattern)
  let found: readonly Found[] = []
  let seen: readonly SeenCluster[] = []
  let refreshed: Date | undefined
  let problem: string | undefined = `${name} has not answered yet.`
  let failed = false

  async function refresh(): Promise<void> {
    try {
      const discovered = await deps.discover(AbortSignal.timeout(RECEIVE_MS))
      const judged = discovered.map((one) => ({ one, leftOut: whyNot(one) }))
      const names = uniqueNames(judged.flatMap(({ one, leftOut }) => (leftOut === undefined ? [one] : [])))
      seen = judged.map(({ one: { id, name: called, state }, leftOut }) => ({
        id: oneLine(id),
        name: oneLine(called),
        state: oneLine(state),
        ...(leftOut === undefined ? {} : { leftOut }),
      }))
      const next = judged.flatMap(({ one, leftOut }) => (leftOut === undefined ? [foundOf(one, names)] : []))
      if (JSON.stringify(next) !== JSON.stringify(found)) found = next
      refreshed = clock.now()
      problem = undefined
      failed = false
    } catch (error) {
      // Those that were known stay: that the list cannot be had does not mean that they are gone.
      problem = errorText(error)
      failed = true
    }
  }
  function whyNot({ id, name: called }: Discovered): string | undefined {
    if (!deps.goodId(id)) return 'its id is none that can stand in an address or a command'
    if (filter.exclude_clusters.includes(called) || filter.exclude_clusters.includes(id)) return 'exclude_clusters'
    return fits(called) ? undefined : 'it does not fit cluster_pattern'
  }
  const foundOf = (one: Discovered, names: ReadonlyMap<string, string>): Found => {
    const called = names.get(one.id) ?? one.id
    return {
      target: {
        name: called,
        aliases: called === one.id ? [] : [one.id],
        server: one.server,
        namespace: 'default',
        source: name,
        ...(one.labels === undefined ? {} : { labels: one.labels }),
      },
      state: one.state,
      ...(one.credential === undefined ? {} : { credential: one.credential }),
      version: `${one.id} ${one.server}`,
      open: one.open,
    }
  }
  const dueMs = () => {
    if (failed) return AFTER_FAILURE_MS
    return filter.auto_refresh ? filter.refresh_interval * 1000 : Number.POSITIVE_INFINITY
  }
  return {
    kind,
    name,
    current: () => found,
    problems: () => (problem === undefined ? [] : [problem]),
    refresh: seldom(clock, refresh, dueMs),
    ...(deps.close === undefined ? {} : { close: deps.close }),
    discovery: {
      place,
      refreshed: () => refreshed,
      seen: () => seen,
      status: async (signal) => {
        const rest = { autoRefresh: filter.auto_refresh, refreshSeconds: filter.refresh_interval, how: '' }
        try {
          return { reachable: true, ...rest, ...(await deps.status(signal)) }
        } catch (error) {
          return { reachable: false, ...rest, error: errorText(error) }
        }
      },
    },
  }
}

/** What another system wrote, fit to be shown. */
const oneLine = (text: string) => cleanText(text.slice(0, 128)).replace(/\s+/g, ' ')

/** A name that is fit for one is kept. A name that is odd, or that could mean another cluster, gives way to the id. */
function uniqueNames(all: readonly Discovered[]): ReadonlyMap<string, string> {
  const ids = new Set(all.map(({ id }) => id))
  const bearers = Map.groupBy(all, ({ name }) => name)
  return new Map(
    all.map((one) => {
      const { id, name } = one
      const same = bearers.get(name) ?? []
      // Of one that was made anew the ghost of the former may stay in the list for long.
      const active = same.filter(({ state }) => state === 'active')
      const first = same.length === 1 || (active.length === 1 && active[0] === one)
      const free = first && (name === id || !ids.has(name))
      return [id, free && goodName.test(name) ? name : id]
    }),
  )
}

/** Anywhere in the name, as grep has it; in time that grows with the name only. */
export function clusterFilter(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  try {
    const compiled = RE2JS.compile(pattern)
    return (name) => compiled.matcher(name.slice(0, 1_000)).find()
  } catch (cause) {
    throw new GiveUp('pattern is no regular expression of RE2 (no lookahead, no backreferences). Correct it.', {
      cause,
    })
  }
}
export const isGoodName = (name: string): boolean => goodName.test(name)
