import { z } from 'zod'
import { atOnce } from '../runtime/at-once.ts'
import type { Clock } from '../runtime/clock.ts'
import { builtinKinds, type Place } from './builtin-kinds.ts'
import { ClusterApiError, type Kind, type KindInfo } from './cluster-api.ts'

/** Custom kinds come and go; asking for them costs two calls. */
const KEPT_MS = 10 * 60_000
/** Clusters with the largest sets of operators serve some 3,000. */
const MAX_KINDS = 10_000
/** Kubernetes 1.30 and later answer all groups at once when asked so; older servers answer the plain list. */
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

type AskJson = (path: string, signal?: AbortSignal, accept?: string) => Promise<unknown>

const verbs = z.array(z.string()).catch([])
const Aggregated = z.looseObject({
  kind: z.literal('APIGroupDiscoveryList'),
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string().optional() }).optional(),
      versions: z
        .array(
          z.looseObject({
            version: z.string(),
            freshness: z.string().optional(),
            resources: z
              .array(
                z.looseObject({
                  resource: z.string(),
                  scope: z.string(),
                  responseKind: z.looseObject({ kind: z.string() }).optional(),
                  verbs,
                  shortNames: verbs.optional(),
                }),
              )
              .nullish()
              .transform((all) => all ?? []),
          }),
        )
        .default([]),
    }),
  ),
})
const Groups = z.looseObject({
  groups: z.array(
    z.looseObject({
      preferredVersion: z.looseObject({ groupVersion: z.string() }).optional(),
      versions: z.array(z.looseObject({ groupVersion: z.string() })).min(1),
    }),
  ),
})
const Resources = z.looseObject({
  resources: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.string(),
      namespaced: z.boolean().default(false),
      verbs,
      shortNames: verbs.optional(),
    }),
  ),
})

/** One group is asked anew no sooner than this, however often a kind is asked for that does not exist. */
const LEAST_MS = 5_000
/** All of them are read anew at most so often in this time: a kind that has just come is found, and a loop of questions costs little. */
const MOST_READS = 2
const READS_MS = 10_000
/** What was read so shortly before is not asked for again. */
const FRESH_MS = 500
/** A group whose own server hangs costs the others no more. */
const GROUP_MS = 2_000
/** Groups at once where the server does not tell all in one answer. */
const GROUPS_AT_ONCE = 10

/** What one API serves. The first of several versions of a kind is the one that its server prefers. */
export function discovery(server: string, askJson: AskJson, clock: Clock) {
  let readAt: readonly number[] = []
  let all: { readonly kinds: readonly KindInfo[]; readonly unread: readonly string[]; readonly at: number } | undefined
  const groups = new Map<string, { readonly kinds: readonly KindInfo[]; readonly until: number }>()

  async function kinds(signal?: AbortSignal, fresh = false): Promise<readonly KindInfo[]> {
    const now = clock.now().getTime()
    const lately = readAt.filter((at) => at + READS_MS > now)
    const due = fresh && lately.length < MOST_READS ? FRESH_MS : KEPT_MS
    if (all !== undefined && all.at + due > now) return all.kinds
    readAt = [...lately, now]
    // What one group was read as before is no answer to a look at all.
    if (fresh) groups.clear()
    const answers = await Promise.all(['/api', '/apis'].map((path) => askJson(path, signal, AGGREGATED)))
    const stated = answers.map((answer) => Aggregated.safeParse(answer))
    const { found, unread } = stated.every((each) => each.success)
      ? {
          found: stated.flatMap((each) => fromAggregated(each.data)),
          unread: stated.flatMap((each) => staleIn(each.data)),
        }
      : await oneByOne(answers[1], signal)
    all = { kinds: preferredOnly(found).slice(0, MAX_KINDS), unread, at: clock.now().getTime() }
    return all.kinds
  }

  async function oneByOne(apis: unknown, signal?: AbortSignal) {
    const parsed = Groups.safeParse(apis)
    const versions = parsed.success
      ? parsed.data.groups.map((group) => group.preferredVersion?.groupVersion ?? group.versions[0]?.groupVersion ?? '')
      : []
    const requested = ['v1', ...versions.slice(0, 500)]
    const found = new Map<string, readonly KindInfo[]>()
    const unread: string[] = []
    await atOnce(GROUPS_AT_ONCE, requested, async (group) => {
      const own = AbortSignal.timeout(GROUP_MS)
      try {
        found.set(group, await ofGroup(group, signal === undefined ? own : AbortSignal.any([signal, own])))
      } catch (error) {
        // One group whose own server is down (metrics, webhooks) must not hide the others.
        if (signal?.aborted || !isDown(error)) throw error
        unread.push(group)
      }
    })
    return { found: requested.flatMap((each) => found.get(each) ?? []), unread }
  }

  async function ofGroup(apiVersion: string, signal?: AbortSignal): Promise<readonly KindInfo[]> {
    const now = clock.now().getTime()
    const kept = groups.get(apiVersion)
    if (kept !== undefined && kept.until > now) return kept.kinds
    const parsed = Resources.safeParse(await askJson(rootOf(apiVersion), signal))
    if (!parsed.success)
      throw new ClusterApiError(`${server} does not list what ${apiVersion} serves.`, 502, 'NotKubernetes')
    const found = parsed.data.resources
      .filter((resource) => !resource.name.includes('/'))
      .map(({ name, kind, namespaced, verbs, shortNames = [] }) => ({
        apiVersion,
        kind,
        plural: name,
        namespaced,
        verbs,
        shortNames,
      }))
    groups.set(apiVersion, { kinds: found, until: now + KEPT_MS })
    return found
  }

  async function place(kind: Kind, signal?: AbortSignal): Promise<Place> {
    const builtin = builtinKinds.get(`${kind.apiVersion} ${kind.kind}`)
    if (builtin !== undefined) return builtin
    const discover = () =>
      ofGroup(kind.apiVersion, signal).catch((error: unknown) => {
        if (error instanceof ClusterApiError && error.status === 404) return []
        throw error
      })
    let served = await discover()
    // A kind may have come since the group was read.
    if (served.every((each) => each.kind !== kind.kind) && forget(kind)) served = await discover()
    const found = served.find((each) => each.kind === kind.kind)
    if (found === undefined)
      throw new ClusterApiError(`${server} serves no kind ${kind.kind} in ${kind.apiVersion}.`, 404, 'NoSuchKind', {
        remedy: whatItServes(served),
      })
    return found
  }
  const forgotten = new Map<string, number>()
  /** False when that group was read anew a moment ago. */
  function forget({ apiVersion }: Kind): boolean {
    const now = clock.now().getTime()
    if (!groups.has(apiVersion) || (forgotten.get(apiVersion) ?? Number.NEGATIVE_INFINITY) + LEAST_MS > now)
      return false
    forgotten.set(apiVersion, now)
    return groups.delete(apiVersion)
  }
  /** Groups that could not be read: what they serve is unknown. */
  const unread = () => all?.unread ?? []
  return { kinds, place, forget, unread }
}

/** As many as a caller reads to find the one that was meant. */
const MAX_NAMED = 40
function whatItServes(served: readonly KindInfo[]): string {
  if (served.length === 0) return 'It knows no such apiVersion.'
  const kinds = served.slice(0, MAX_NAMED).map(({ kind }) => kind)
  return `There it has: ${kinds.join(', ')}${served.length > MAX_NAMED ? ', …' : ''}.`
}

/** `/api/v1` or `/apis/group/version`. */
export const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

function fromAggregated(list: z.infer<typeof Aggregated>): readonly KindInfo[] {
  return list.items.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.flatMap(({ resource, scope, responseKind, verbs, shortNames = [] }) => {
        const groupName = group.metadata?.name ?? ''
        if (responseKind === undefined) return []
        const apiVersion = groupName === '' ? version : `${groupName}/${version}`
        return [
          {
            apiVersion,
            kind: responseKind.kind,
            plural: resource,
            namespaced: scope === 'Namespaced',
            verbs,
            shortNames,
          },
        ]
      }),
    ),
  )
}

function preferredOnly(found: readonly KindInfo[]): readonly KindInfo[] {
  const first = new Map<string, KindInfo>()
  for (const each of found) {
    const key = `${each.apiVersion.includes('/') ? each.apiVersion.split('/')[0] : ''} ${each.plural}`
    if (!first.has(key)) first.set(key, each)
  }
  return [...first.values()]
}

/** Its own server is away or hangs; whatever else goes wrong is told. */
const isDown = (error: unknown): boolean =>
  error instanceof ClusterApiError && (error.status >= 500 || error.status === 0 || error.status === 404)

const staleIn = (list: z.infer<typeof Aggregated>): readonly string[] =>
  list.items.flatMap(({ metadata, versions }) =>
    versions
      .filter(({ freshness, resources }) => freshness === 'Stale' && resources.length === 0)
      .map(({ version }) => `${metadata?.name ?? ''}/${version}`),
  )
