import type { Clock } from '../runtime/clock.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { Cluster } from './cluster.ts'
import type { ClustersSource, CurrentClusters } from './clusters-source.ts'
import { describeIssues } from './describe-issues.ts'

/** What some directory of clusters knows of one. */
export type Found = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
}

/** Clusters come and go by the hour; each look is a request to a directory that limits its callers. */
const FRESH_MS = 5 * 60_000
/** So long the watch waits for places that are asked; it goes on with what they told last, and hears the rest later. */
const WAIT_MS = 5_000

/**
 * Tags of a cluster become its entry: `nightcrier-endpoint` (required), `-name`, `-environment`, `-severity`, `-key` and
 * `-kubeconfig`, the last two names of secrets; `entra` as kubeconfig: the app's own identity. Without a kubeconfig its
 * faults are told and not investigated.
 */
export function clusterFromTags({ id, name, location, tags }: Found): Cluster | string {
  const tag = (key: string): string => tags[`nightcrier-${key}`] ?? ''
  const kubeconfig = tag('kubeconfig')
  const given = {
    name: tag('name') || name,
    environment: tag('environment'),
    labels: location === '' ? {} : { region: location },
    mcp: { endpoint: tag('endpoint'), ...(tag('key') === '' ? {} : { api_key: `keyvault:${tag('key')}` }) },
    triage: {
      enabled: kubeconfig !== '',
      ...(kubeconfig === '' ? {} : { kubeconfig: kubeconfig === 'entra' ? `aks:${id}` : `keyvault:${kubeconfig}` }),
      ...(tag('severity') === '' ? {} : { severity_threshold: tag('severity') }),
    },
  }
  const parsed = Cluster.safeParse(given)
  if (parsed.success) return parsed.data
  return `the tags of ${name.slice(0, 63)} make no cluster: ${describeIssues(parsed.error, Cluster, given).join('; ')}`
}

/** Somewhere that clusters are known; what it tells that makes no cluster stands there as a sentence. */
export type Place = {
  /** The same as long as it is the same place, asked in the same way. */
  readonly key: string
  readonly name: string
  readonly find: () => Promise<readonly (Cluster | string)[]>
}
export type DiscoveryDeps = {
  /** For the file as it is now. */
  readonly places: (file: Pick<CurrentClusters, 'discovery'>) => readonly Place[]
  readonly clock: Clock
  /** Told once for each new problem. */
  readonly log: (message: string) => void
}
type State = { found: readonly Cluster[]; lookedAt: number; problems: readonly string[] }

/**
 * The clusters of a file and those that other places know. A name given by hand wins; of two places that know one name the
 * first. What was found last stays while a place is away, and one that is slow or wrong holds up no other.
 */
export function withDiscovery(
  source: Pick<ClustersSource, 'current'>,
  deps: DiscoveryDeps,
): ClustersSource & { readonly lookAgain: () => void } {
  const states = new Map<string, State>()
  let told = ''
  let last: readonly Cluster[] = []
  let before: ReadonlyMap<string, string> = new Map()

  async function look(place: Place, state: State): Promise<void> {
    try {
      const read = await place.find()
      state.found = read.filter((one) => typeof one !== 'string')
      state.problems = read.filter((one) => typeof one === 'string')
    } catch (error) {
      const why = error instanceof GiveUp ? error.message : errorText(error)
      state.problems = [`${place.name}: clusters could not be discovered, those found last stay: ${why}`]
    }
  }
  function stateOf(place: Place): { readonly state: State; readonly looking?: Promise<void> } {
    const now = deps.clock.now().getTime()
    const state = states.get(place.key) ?? {
      found: [],
      lookedAt: Number.NEGATIVE_INFINITY,
      // Until then a list without its clusters must not look whole.
      problems: [`${place.name} has not answered yet.`],
    }
    states.set(place.key, state)
    if (now - state.lookedAt <= FRESH_MS) return { state }
    state.lookedAt = now
    return { state, looking: look(place, state) }
  }
  async function settled(looking: readonly Promise<void>[]): Promise<void> {
    if (looking.length === 0) return
    const enough = new AbortController()
    await Promise.race([Promise.all(looking), deps.clock.sleep(WAIT_MS, enough.signal)])
    enough.abort()
  }

  return {
    /** The next `current` asks all places, however lately they were asked. */
    lookAgain: () => {
      for (const state of states.values()) state.lookedAt = Number.NEGATIVE_INFINITY
    },
    current: async () => {
      const { clusters: byHand, problem, ...rest } = await source.current()
      const places = deps.places(rest).map((place) => ({ place, ...stateOf(place) }))
      await settled(places.flatMap(({ looking = [] }) => looking))
      for (const key of states.keys()) if (!places.some(({ place }) => place.key === key)) states.delete(key)
      const { clusters, problems } = merged(byHand, places)
      const all = [...places.flatMap(({ state }) => state.problems), ...problems].join('\n')
      if (all !== '' && all !== told) deps.log(all)
      told = all
      const texts = new Map(clusters.map((cluster) => [cluster.name, JSON.stringify(cluster)]))
      const changed = {
        added: [...texts.keys()].filter((name) => !before.has(name)),
        removed: [...before.keys()].filter((name) => !texts.has(name)),
        modified: [...texts].flatMap(([name, text]) => (before.has(name) && before.get(name) !== text ? [name] : [])),
      }
      before = texts
      // The same list as long as nothing has changed: others look whether it is.
      if (last.length !== clusters.length || Object.values(changed).some((names) => names.length > 0)) last = clusters
      const wrong = [problem ?? '', all].filter((one) => one !== '').join('\n')
      return { ...rest, clusters: last, changed, ...(wrong === '' ? {} : { problem: wrong }) }
    },
  }
}

/** Upper and lower case count as the same, as in the file. */
function merged(byHand: readonly Cluster[], places: readonly { readonly place: Place; readonly state: State }[]) {
  const clusters = new Map(byHand.map((cluster) => [cluster.name.toLowerCase(), { cluster, from: '' }]))
  const problems: string[] = []
  for (const { place, state } of places)
    for (const cluster of state.found) {
      const key = cluster.name.toLowerCase()
      const known = clusters.get(key)
      if (known === undefined) clusters.set(key, { cluster, from: place.name })
      else if (known.from !== '')
        problems.push(
          `${place.name} also knows a cluster "${cluster.name}"; the one of ${known.from} counts. Rename or exclude one of them.`,
        )
    }
  return { clusters: [...clusters.values()].map(({ cluster }) => cluster), problems }
}
