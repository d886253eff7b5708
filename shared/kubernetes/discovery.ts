import { z } from 'zod'
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
            resources: z
              .array(
                z.looseObject({
                  resource: z.string(),
                  scope: z.string(),
                  responseKind: z.looseObject({ kind: z.string() }).optional(),
                  verbs,
                }),
              )
              .default([]),
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
    z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean().default(false), verbs }),
  ),
})

/** What one API serves. The first of several versions of a kind is the one that its server prefers. */
export function discovery(server: string, askJson: AskJson, clock: Clock) {
  let all: { readonly kinds: readonly KindInfo[]; readonly until: number } | undefined
  const groups = new Map<string, { readonly kinds: readonly KindInfo[]; readonly until: number }>()

  async function kinds(signal?: AbortSignal): Promise<readonly KindInfo[]> {
    const now = clock.now().getTime()
    if (all !== undefined && all.until > now) return all.kinds
    const answers = await Promise.all(['/api', '/apis'].map((path) => askJson(path, signal, AGGREGATED)))
    const told = answers.map((answer) => Aggregated.safeParse(answer))
    const found = told.every((each) => each.success)
      ? told.flatMap((each) => fromAggregated(each.data))
      : await oneByOne(answers[1], signal)
    all = { kinds: preferredOnly(found).slice(0, MAX_KINDS), until: now + KEPT_MS }
    return all.kinds
  }

  async function oneByOne(apis: unknown, signal?: AbortSignal): Promise<readonly KindInfo[]> {
    const parsed = Groups.safeParse(apis)
    const versions = parsed.success
      ? parsed.data.groups.map((group) => group.preferredVersion?.groupVersion ?? group.versions[0]?.groupVersion ?? '')
      : []
    const found: KindInfo[] = []
    for (const apiVersion of ['v1', ...versions.slice(0, 500)]) {
      // One group whose own server is down (metrics, webhooks) must not hide the others.
      found.push(...(await ofGroup(apiVersion, signal).catch(rethrowUnless5xx)))
    }
    return found
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
      .map(({ name, kind, namespaced, verbs }) => ({ apiVersion, kind, plural: name, namespaced, verbs }))
    groups.set(apiVersion, { kinds: found, until: now + KEPT_MS })
    return found
  }

  async function place(kind: Kind, signal?: AbortSignal): Promise<Place> {
    const builtin = builtinKinds.get(`${kind.apiVersion} ${kind.kind}`)
    if (builtin !== undefined) return builtin
    const served = await ofGroup(kind.apiVersion, signal).catch((error: unknown) => {
      if (error instanceof ClusterApiError && error.status === 404) return []
      throw error
    })
    const found = served.find((each) => each.kind === kind.kind)
    if (found === undefined)
      throw new ClusterApiError(
        `${server} serves no kind ${kind.kind} in ${kind.apiVersion}. ${whatItServes(served)}`,
        404,
        'NoSuchKind',
      )
    return found
  }
  return { kinds, place }
}

/** As many as a caller reads to find the one that was meant. */
const MAX_TOLD = 40
function whatItServes(served: readonly KindInfo[]): string {
  if (served.length === 0) return 'It knows no such apiVersion.'
  const kinds = served.slice(0, MAX_TOLD).map(({ kind }) => kind)
  return `There it has: ${kinds.join(', ')}${served.length > MAX_TOLD ? ', …' : ''}.`
}

/** `/api/v1` or `/apis/group/version`. */
export const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

function fromAggregated(list: z.infer<typeof Aggregated>): readonly KindInfo[] {
  return list.items.flatMap((group) =>
    group.versions.flatMap(({ version, resources }) =>
      resources.flatMap(({ resource, scope, responseKind, verbs }) => {
        const groupName = group.metadata?.name ?? ''
        if (responseKind === undefined) return []
        const apiVersion = groupName === '' ? version : `${groupName}/${version}`
        return [{ apiVersion, kind: responseKind.kind, plural: resource, namespaced: scope === 'Namespaced', verbs }]
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

function rethrowUnless5xx(error: unknown): readonly KindInfo[] {
  if (error instanceof ClusterApiError && error.status >= 500) return []
  throw error
}
