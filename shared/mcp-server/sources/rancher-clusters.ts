import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { type RancherHttp, refused } from './rancher-http.ts'

/** 500 a page: 25,000 clusters, more than one Rancher can hold. */
const MAX_PAGES = 50
const PAGE = 500
/** Stands in paths: nothing that could end the segment. */
export const rancherId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/)

export type RancherCluster = {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly labels: Readonly<Record<string, string>>
}

const text = z.string().catch('')
const labels = z.record(z.string().max(253), z.string().max(253)).catch({})
const Norman = z.looseObject({
  data: z.array(z.looseObject({ id: text, name: text, state: text, labels })),
  pagination: z
    .looseObject({ next: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
const Management = z.looseObject({
  metadata: z.looseObject({ continue: z.string().optional() }).catch({}),
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: text, labels, deletionTimestamp: z.string().optional() }),
      spec: z.looseObject({ displayName: text }).catch({ displayName: '' }),
      status: z
        .looseObject({ conditions: z.array(z.looseObject({ type: text, status: text })).catch([]) })
        .catch({ conditions: [] }),
    }),
  ),
})

/** All clusters of a Rancher, from its v3 API or, where that is switched off, from its own Kubernetes API. */
export async function rancherClusters(
  url: string,
  http: RancherHttp,
  signal: AbortSignal,
): Promise<readonly RancherCluster[]> {
  const found = await pages(async (query) => {
    const { status, body } = await http.ask('GET', `/v3/clusters?${query || `limit=${PAGE}`}`, { signal })
    if (status === 404) return undefined
    const page = taken(Norman, url, status, body)
    // Only its query: the host in it is Rancher's idea of its own address, which need not be how we reach it.
    return { items: page.data, next: queryOf(page.pagination?.next, url) }
  })
  if (found !== undefined) return found
  const base = '/k8s/clusters/local/apis/management.cattle.io/v3/clusters'
  const managed = await pages(async (query) => {
    const { status, body } = await http.ask('GET', `${base}?limit=${PAGE}${query && `&${query}`}`, { signal })
    const page = taken(Management, url, status, body)
    const items = page.items.map(({ metadata, spec, status: { conditions } }) => ({
      id: metadata.name,
      name: spec.displayName || metadata.name,
      labels: metadata.labels,
      state:
        metadata.deletionTimestamp !== undefined
          ? 'removing'
          : conditions.some(({ type, status: ready }) => type === 'Ready' && ready === 'True')
            ? 'active'
            : 'unavailable',
    }))
    const more = page.metadata.continue
    return { items, next: more ? `continue=${encodeURIComponent(more)}` : undefined }
  })
  return managed ?? []
}

/** Relative links count, too; one that says nothing of a page must not make the first one look like all. */
function queryOf(link: string | undefined, url: string): string | undefined {
  if (link === undefined || link === '') return undefined
  const query = URL.parse(link, url)?.search.slice(1)
  if (query) return query
  throw new GiveUp(
    `Rancher ${url}: the next page of its list of clusters leads to ${link.slice(0, 200)}, which is no page.`,
  )
}

type Page = { readonly items: readonly RancherCluster[]; readonly next: string | undefined }
/** Until there is no next page. A page that comes again, or too many, ends it with an error: half a list is no list. */
async function pages(
  one: (query: string) => Promise<Page | undefined>,
): Promise<readonly RancherCluster[] | undefined> {
  const all: RancherCluster[] = []
  const asked = new Set<string>()
  for (let query: string | undefined = ''; query !== undefined; ) {
    if (asked.has(query) || asked.size >= MAX_PAGES) throw new GiveUp('Rancher’s list of clusters has no end.')
    asked.add(query)
    const page: Page | undefined = await one(query)
    if (page === undefined) return undefined
    all.push(...page.items)
    query = page.next || undefined
  }
  return all
}

function taken<T>(schema: z.ZodType<T>, url: string, status: number, body: unknown): T {
  if (status !== 200) throw refused(url, 'the list of clusters', status)
  const parsed = schema.safeParse(body)
  if (!parsed.success)
    throw new GiveUp(`${url} does not answer as a Rancher. Check rancher_url: the address without /v3.`)
  return parsed.data
}
