import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline'
import type { TokenCredential } from '@azure/identity'
import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'
import { type Cloud, managerOf } from './cloud.ts'

export type DiscoveryPlace = {
  readonly subscriptions: readonly string[]
  readonly credential: TokenCredential
  readonly cloud?: Cloud
  /** Tests hand one in that leads to a resource manager of theirs. */
  readonly httpClient?: HttpClient
}
/** A cluster as Azure knows it: its name there, its tags. */
export type FoundCluster = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
  /** Why nobody can watch it now: stopped, being made, going. */
  readonly heldBack?: string
}

const DEADLINE_MS = 30_000
/** As the service documents it. */
const QUOTA_SECONDS = 5
/** The service's own most for one page. */
const PAGE = 1_000
/** Far more than may be watched: which those are is decided where all places come together. */
const MAX_PAGES = 25

// Only clusters that somebody has marked: to see a cluster is no reason to watch it.
const QUERY = `resources
| where type =~ 'microsoft.containerservice/managedclusters'
| where tags['nightcrier'] =~ 'watch'
| project id, name, location, tags, power = tostring(properties.powerState.code), provisioning = tostring(properties.provisioningState)
| order by id asc`

const Rows = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    location: z.string(),
    tags: z.record(z.string(), z.string()).nullish(),
    power: z.string().nullish(),
    provisioning: z.string().nullish(),
  }),
)

/** AKS clusters with the tag `nightcrier: watch` that this identity may read, in the given subscriptions. */
export async function markedClusters(place: DiscoveryPlace): Promise<readonly FoundCluster[]> {
  const { ResourceGraphClient } = await import('@azure/arm-resourcegraph')
  const { credential, httpClient, subscriptions, cloud = 'AzureCloud' } = place
  const endpoint = managerOf(cloud)
  const client = new ResourceGraphClient(credential, {
    ...(httpClient === undefined ? {} : { httpClient }),
    endpoint,
    // The library would ask for a token of the public cloud, whatever the address.
    credentials: { scopes: [`${endpoint}/.default`] },
    retryOptions: { maxRetries: 3, retryDelayInMs: 1_500, maxRetryDelayInMs: 8_000 },
    additionalPolicies: [{ policy: quotaPolicy, position: 'perRetry' }],
  })
  const abortSignal = AbortSignal.timeout(DEADLINE_MS)
  const found: FoundCluster[] = []
  let skipToken: string | undefined
  const asked = new Set<string>()
  for (let page = 0; page < MAX_PAGES; page++) {
    const options = {
      resultFormat: 'objectArray' as const,
      top: PAGE,
      ...(skipToken === undefined ? {} : { skipToken }),
    }
    const answer = await client.resources({ subscriptions: [...subscriptions], query: QUERY, options }, { abortSignal })
    for (const { id, name, location, tags, power, provisioning } of Rows.parse(answer.data)) {
      const why = notNow(power ?? '', provisioning ?? '')
      found.push({ id, name, location, tags: tags ?? {}, ...(why === undefined ? {} : { heldBack: why }) })
    }
    skipToken = answer.skipToken
    const whole = found.length >= answer.totalRecords
    if (skipToken === undefined || skipToken === '') {
      if (whole) return found
      break
    }
    if (asked.has(skipToken)) break
    asked.add(skipToken)
    if (page === MAX_PAGES - 1) break
  }
  // Half a list is no list: who is missing in it would count as gone.
  throw new GiveUp(`Azure told of ${found.length} clusters and says there are more, but not which.`)
}

/**
 * The quota is given anew every five seconds, and a refusal says so in a header of its own. The library tries a 429 again
 * only where the header that everybody uses is there.
 */
const quotaPolicy: PipelinePolicy = {
  name: 'quota',
  sendRequest: async (request, next) => {
    const response = await next(request)
    const { status, headers } = response
    if (status !== 429 || headers.has('retry-after')) return response
    const [, hours = '0', minutes = '0', seconds = '0'] =
      /^(\d+):(\d+):(\d+)/.exec(headers.get('x-ms-user-quota-resets-after') ?? '') ?? []
    const wait = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
    headers.set('retry-after', String(wait > 0 ? wait : QUOTA_SECONDS))
    return response
  },
}

/** Nothing answers there, and nothing is wrong. */
function notNow(power: string, provisioning: string): string | undefined {
  if (/^stopp/i.test(power)) return 'stopped'
  return /^(creating|deleting|stopping|accepted)$/i.test(provisioning) ? provisioning.toLowerCase() : undefined
}
