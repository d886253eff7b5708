import type { HttpClient } from '@azure/core-rest-pipeline'
import type { TokenCredential } from '@azure/identity'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'
import { type Cloud, managerOf } from './cloud.ts'

export type AksPlace = {
  readonly credential: TokenCredential
  readonly cloud?: Cloud
  /** Tests hand one in that leads to a resource manager of theirs. */
  readonly httpClient?: HttpClient
}

const API_VERSION = '2024-09-01'
/** What every AKS API server with Entra asks for, in every tenant: https://azure.github.io/kubelogin/concepts/aks.html */
const SERVER_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default'
const DEADLINE_MS = 15_000

const Credentials = z.looseObject({ kubeconfigs: z.array(z.looseObject({ value: z.base64() })).min(1) })
const Kubeconfig = z.looseObject({
  clusters: z
    .array(
      z.looseObject({
        cluster: z.looseObject({
          server: z.url({ protocol: /^https$/ }),
          'certificate-authority-data': z.base64(),
        }),
      }),
    )
    .min(1),
  users: z.array(z.looseObject({ user: z.looseObject({ exec: z.unknown() }) })).min(1),
})

/**
 * A kubeconfig for an AKS cluster whose users come from Entra, by its resource id: where it is, as Azure knows it, and a
 * token of this app's identity that dies by itself. GiveUp when there is no such cluster, or it has users of its own.
 */
export async function aksKubeconfig(place: AksPlace, clusterId: string): Promise<string> {
  const { credential } = place
  const { server, authority } = await whereabouts(place, clusterId)
  const token = await credential.getToken(SERVER_SCOPE, { abortSignal: AbortSignal.timeout(DEADLINE_MS) })
  if (token === null) throw new Error(`No token for the API server of ${clusterId} was given to this app's identity.`)
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'aks',
    clusters: [{ name: 'aks', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'aks', user: { token: token.token } }],
    contexts: [{ name: 'aks', context: { cluster: 'aks', user: 'aks' } }],
  })
}

const Refusal = z.looseObject({ error: z.looseObject({ code: z.string().max(100), message: z.string() }) })
/** Azure's own words: a cluster that is stopped, or in the midst of an operation, is named so by them. */
function saidIn(body: string | undefined | null): string {
  try {
    const { code, message } = Refusal.parse(JSON.parse(body ?? '')).error
    return `: ${code}: ${message
      .replace(/\s+/g, ' ')
      .slice(0, 300)
      .replace(/[. ]+$/, '')}`
  } catch {
    return ''
  }
}

async function whereabouts({ credential, httpClient, cloud = 'AzureCloud' }: AksPlace, clusterId: string) {
  const manager = managerOf(cloud)
  const library = await import('@azure/core-rest-pipeline')
  const pipeline = library.createPipelineFromOptions({
    retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 5_000 },
  })
  pipeline.addPolicy(library.bearerTokenAuthenticationPolicy({ credential, scopes: `${manager}/.default` }))
  const request = library.createPipelineRequest({
    method: 'POST',
    url: `${manager}${clusterId}/listClusterUserCredential?api-version=${API_VERSION}&format=exec`,
    headers: library.createHttpHeaders({ accept: 'application/json' }),
    abortSignal: AbortSignal.timeout(DEADLINE_MS),
  })
  const { status, bodyAsText } = await pipeline.sendRequest(httpClient ?? library.createDefaultHttpClient(), request)
  if (status === 404) throw new GiveUp(`There is no AKS cluster ${clusterId}: correct its id in clusters.yaml.`)
  // Not given up: a new role takes minutes to arrive.
  if (status === 403)
    throw new Error(
      `${clusterId} may not be asked for its address: give this app's identity the role Azure Kubernetes Service Cluster User Role there.`,
    )
  if (status !== 200)
    throw new Error(`Azure answered ${status} when it was asked where ${clusterId} is${saidIn(bodyAsText)}.`)
  const { kubeconfigs } = Credentials.parse(JSON.parse(bodyAsText ?? ''))
  const found = Kubeconfig.safeParse(parse(Buffer.from(kubeconfigs[0]?.value ?? '', 'base64').toString('utf8')))
  const cluster = found.data?.clusters[0]?.cluster
  // A client certificate or password there would be a right of its own, without an end.
  if (cluster === undefined || found.data?.users.some(({ user }) => user.exec === undefined))
    throw new GiveUp(
      `${clusterId} has users of its own: turn Entra on for it, or store a kubeconfig (nightcrier onboard).`,
    )
  return { server: cluster.server, authority: cluster['certificate-authority-data'] }
}
