import type { HttpClient } from '@azure/core-rest-pipeline'
import type { TokenCredential } from '@azure/identity'
import { z } from 'zod'

export type DiscoveryPlace = {
  readonly subscriptions: readonly string[]
  readonly credential: TokenCredential
  /** Tests hand one in that leads to a resource manager of theirs. */
  readonly httpClient?: HttpClient
}
/** A cluster as Azure knows it: its name there, its tags. */
export type FoundCluster = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
}

const DEADLINE_MS = 30_000
/** The service's own most for one page. */
const PAGE = 1_000
/** The configuration's limit of 5,000 clusters. */
const MAX_PAGES = 5

// Only clusters that somebody has marked: to see a cluster is no reason to watch it.
const QUERY = `resources
| where type =~ 'microsoft.containerservice/managedclusters'
| where tags['nightcrier'] =~ 'watch'
| project id, name, location, tags
| order by id asc`

const Rows = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    location: z.string(),
    tags: z.record(z.string(), z.string()).nullish(),
  }),
)

/** AKS clusters with the tag `nightcrier: watch` that this identity may read, in the given subscriptions. */
export async function markedClusters(place: DiscoveryPlace): Promise<readonly FoundCluster[]> {
  const { ResourceGraphClient } = await import('@azure/arm-resourcegraph')
  const { credential, httpClient, subscriptions } = place
  const client = new ResourceGraphClient(credential, {
    ...(httpClient === undefined ? {} : { httpClient }),
    retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 5_000 },
  })
  const abortSignal = AbortSignal.timeout(DEADLINE_MS)
  const found: FoundCluster[] = []
  let skipToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const options = {
      resultFormat: 'objectArray' as const,
      top: PAGE,
      ...(skipToken === undefined ? {} : { skipToken }),
    }
    const answer = await client.resources({ subscriptions: [...subscriptions], query: QUERY, options }, { abortSignal })
    for (const { id, name, location, tags } of Rows.parse(answer.data))
      found.push({ id, name, location, tags: tags ?? {} })
    skipToken = answer.skipToken
    if (skipToken === undefined || skipToken === '') break
  }
  return found
}
