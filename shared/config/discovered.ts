import type { Clock } from '../runtime/clock.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { derivedId } from '../runtime/ids.ts'
import { Cluster } from './cluster.ts'
import type { ClustersSource, CurrentClusters } from './clusters-source.ts'
import { describeIssues } from './describe-issues.ts'
import { comings, type HeldBack, type Listing, listed, type Memory, Remembered, weigh } from './remembered.ts'

/** What some directory of clusters knows of one. */
export type Found = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
  /** Why it is not to be watched now: stopped, being made. */
  readonly heldBack?: string
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
export function clusterFromTags({ id, name, location, tags, heldBack }: Found): Cluster | HeldBack | string {
  const tag = (key: string): string => tags[`nightcrier-${key}`] ?? ''
  if (heldBack !== undefined) return { name: tag('name') || name, heldBack }
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

/**
 * All of a directory. Names are unique in a resource group only: those that several have get its name, too, and where two
 * subscriptions have the same group, theirs; one that is still not alone with it, something of its id. So none takes
 * another's place, in whatever order they come.
 */
export function clustersFromTags(all: readonly Found[]): readonly (Cluster | HeldBack | string)[] {
  const count = (names: readonly string[]) => {
    const counted = new Map<string, number>()
    for (const name of names) counted.set(name.toLowerCase(), (counted.get(name.toLowerCase()) ?? 0) + 1)
    return (name: string) => counted.get(name.toLowerCase()) ?? 0
  }
  const own = ({ name, tags }: Found) => tags['nightcrier-name'] || name
  const withGroup = ({ id, name }: Found) => `${name}-${part(id, 'resourceGroups')}`
  const [sameName, sameGroup] = [count(all.map(own)), count(all.map(withGroup))]
  const named = all.map((found) => {
    if (sameName(own(found)) < 2 || found.tags['nightcrier-name']) return { found, name: own(found), made: false }
    const longer = withGroup(found)
    const name = sameGroup(longer) < 2 ? longer : `${longer}-${part(found.id, 'subscriptions').slice(0, 8)}`
    return { found, name: madeName(name), made: true }
  })
  const sameMade = count(named.map(({ name }) => name))
  return named.map(({ found, name, made }) => {
    if (!made) return clusterFromTags(found)
    const alone = sameMade(name) < 2 ? name : `${name.slice(0, 54)}-${derivedId(8, found.id.toLowerCase())}`
    return clusterFromTags({ ...found, name: alone })
  })
}
const madeName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\w-]+/g, '-')
    .slice(0, 63)
/** Azure writes the parts' names now so, now so. */
const part = (id: string, of: string): string => new RegExp(`/${of}/([^/]+)`, 'i').exec(id)?.[1] ?? ''

/** Somewhere that clusters are known; what it tells that makes no cluster stands there as a sentence. */
export type Place = {
  /** The same as long as it is the same place, asked in the same way. */
  readonly key: string
  readonly name: string
  readonly find: () => Promise<Listing>
}
export type DiscoveryDeps = {
  /** For the file as it is now. */
  readonly places: (file: Pick<CurrentClusters, 'discovery'>) => readonly Place[]
  readonly clock: Clock
  /** Told once for each new problem, and for what comes and goes. */
  readonly log: (message: string) => void
  /** Where lists are kept beyond this process; absent: nowhere. */
  readonly memory?: Memory
}
type State = {
  found: readonly Cluster[]
  /** When a list was last believed; '' when none ever was. */
  foundAt: string
  lookedAt: number
  problems: readonly string[]
  /** Why the place cannot be believed now, or does not answer; '' when all is well. */
  trouble: string
  doubtedSince: number | undefined
  remembered: boolean
  /** What the last list said that was believed, in this process. */
  believed: Believed | undefined
}
type Believed = { readonly names: readonly string[]; readonly soon: string }
/** How one place stands, for those who tell people of it. */
export type PlaceState = {
  readonly key: string
  readonly name: string
  readonly lookedAt: number
  readonly trouble: string
  readonly doubted: boolean
  /** Absent: there is none to compare with. */
  readonly believed: Believed | undefined
}

/** So old a list is written again, so that its age tells something. */
const WRITE_AGAIN_MS = 3_600_000

/**
 * The clusters of a file and those that other places know. A name given by hand wins; of two places that know one name the
 * first. What was found last stays while a place is away or tells of hardly any, also in a process that has just begun;
 * and one that is slow or wrong holds up no other.
 */
export function withDiscovery(
  source: Pick<ClustersSource, 'current'>,
  deps: DiscoveryDeps,
): ClustersSource & { readonly refreshAgain: () => void; readonly states: () => readonly PlaceState[] } {
  const states = new Map<string, State & { readonly name: string }>()
  let lastReported = ''
  let last: readonly Cluster[] = []
  let before: ReadonlyMap<string, string> = new Map()

  async function remember(place: Place, state: State): Promise<void> {
    state.remembered = true
    try {
      const text = await deps.memory?.read(place.key)
      if (text === undefined) return
      const { at, clusters } = Remembered.parse(JSON.parse(text))
      // What was told meanwhile is newer.
      if (state.foundAt === '') Object.assign(state, { found: clusters, foundAt: at })
    } catch (error) {
      deps.log(`${place.name}: what it told last could not be read back: ${errorText(error)}`)
    }
  }
  async function keep(place: Place, state: State, clusters: readonly Cluster[], at: string): Promise<void> {
    const same = comings(state.found, clusters) === '' && JSON.stringify(state.found) === JSON.stringify(clusters)
    if (same && Date.parse(at) - Date.parse(state.foundAt) < WRITE_AGAIN_MS) return
    const moved = state.foundAt === '' ? '' : comings(state.found, clusters)
    if (moved !== '') deps.log(`${place.name}: ${moved}`)
    Object.assign(state, { found: clusters, foundAt: at })
    try {
      await deps.memory?.write(
        place.key,
        JSON.stringify({ version: 1, at, clusters: [...clusters] } satisfies Remembered),
      )
    } catch (error) {
      deps.log(`${place.name}: what it tells could not be kept: ${errorText(error)}`)
    }
  }
  /** With its number and age: whoever reads it must know whether anything is watched. */
  const stays = ({ found, foundAt }: State): string =>
    found.length === 0
      ? 'none is known from before, so none of its clusters is watched'
      : `those found last stay (${found.length}, of ${foundAt})`

  async function refresh(place: Place, state: State): Promise<void> {
    if (!state.remembered) await remember(place, state)
    const now = deps.clock.now().getTime()
    try {
      const weighed = weigh(state.found, await place.find(), now - (state.doubtedSince ?? now))
      if (weighed.believed) {
        await keep(place, state, weighed.clusters, new Date(now).toISOString())
        Object.assign(state, { doubtedSince: undefined, trouble: '' })
        state.problems = weighed.words
        state.believed = { names: weighed.names, soon: weighed.soon }
        return
      }
      state.doubtedSince ??= now
      state.trouble = `${weighed.why}; that is doubted, and ${stays(state)}. If it is meant, change the entry under discovery:`
    } catch (error) {
      const why = error instanceof GiveUp ? error.message : errorText(error)
      state.trouble = `clusters could not be discovered, ${stays(state)}: ${why}`
    }
    state.problems = [`${place.name}: ${state.trouble}`]
  }
  function stateOf(place: Place): { readonly state: State; readonly looking?: Promise<void> } {
    const now = deps.clock.now().getTime()
    const state: State & { readonly name: string } = states.get(place.key) ?? {
      name: place.name,
      found: [],
      foundAt: '',
      lookedAt: Number.NEGATIVE_INFINITY,
      // Until then a list without its clusters must not look whole.
      problems: [`${place.name} has not answered yet.`],
      trouble: '',
      doubtedSince: undefined,
      remembered: false,
      believed: undefined,
    }
    states.set(place.key, state)
    if (now - state.lookedAt <= FRESH_MS) return { state }
    state.lookedAt = now
    return { state, looking: refresh(place, state) }
  }
  async function settled(looking: readonly Promise<void>[]): Promise<void> {
    if (looking.length === 0) return
    const enough = new AbortController()
    await Promise.race([Promise.all(looking), deps.clock.sleep(WAIT_MS, enough.signal)])
    enough.abort()
  }

  return {
    /** The next `current` asks all places, however lately they were asked. */
    refreshAgain: () => {
      for (const state of states.values()) state.lookedAt = Number.NEGATIVE_INFINITY
    },
    states: () =>
      [...states].map(([key, { name, lookedAt, trouble, doubtedSince, believed }]) => ({
        ...{ key, name, lookedAt, trouble, doubted: doubtedSince !== undefined, believed },
      })),
    current: async () => {
      const { clusters: byHand, problem, ...rest } = await source.current()
      const places = deps.places(rest).map((place) => ({ place, ...stateOf(place) }))
      await settled(places.flatMap(({ looking = [] }) => looking))
      for (const key of states.keys()) if (!places.some(({ place }) => place.key === key)) states.delete(key)
      const { clusters, problems } = merged(byHand, places)
      const all = [...places.flatMap(({ state }) => state.problems), ...problems].join('\n')
      if (all !== '' && all !== lastReported) deps.log(all)
      lastReported = all
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

/** As many as a file may hold; tables, pages and leases are made for them. */
const MOST_CLUSTERS = 5_000

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
  const all = [...clusters.values()].map(({ cluster }) => cluster)
  const over = all.slice(MOST_CLUSTERS).map(({ name }) => name)
  if (over.length > 0)
    problems.push(
      `${all.length} clusters are more than ${MOST_CLUSTERS}; not watched: ${listed(over)}. Exclude some, or divide them.`,
    )
  return { clusters: all.slice(0, MOST_CLUSTERS), problems }
}
