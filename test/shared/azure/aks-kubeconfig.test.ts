import { expect, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { aksKubeconfig } from '../../../shared/azure/aks-kubeconfig.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { entra, tokenFor } from '../../fakes/entra.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'
import { type Answer, loopbackServer } from '../../fakes/loopback-server.ts'
import { startSimulator } from '../../simulator/simulator.ts'

const ORIGIN = 'https://management.azure.com'
const SERVER = '6dae42f8-4368-4678-94ff-3960e28e3630/.default'
const id = '/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/east'
const kubelogin = { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'kubelogin' } }
const authority = Buffer.from('an authority').toString('base64')

/** Azure's answer to whoever may use the cluster, with this kubeconfig in it. */
async function azure(kubeconfig: unknown, refusal?: Answer) {
  const service = await loopbackServer(({ method, path, query, headers }): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor(`${ORIGIN}/.default`)}`) return { status: 401 }
    if (method !== 'POST' || path !== `${id}/listClusterUserCredential` || query.get('format') !== 'exec')
      return { status: 404 }
    if (refusal !== undefined) return refusal
    const value = Buffer.from(stringify(kubeconfig)).toString('base64')
    return { status: 200, body: { kubeconfigs: [{ name: 'clusterUser', value }] } }
  })
  onTestFinished(service.stop)
  const credential = entra()
  return { credential, httpClient: loopbackHttpClient(ORIGIN, service.url) }
}
const kubeconfig = (server: string, user: unknown, ca = authority) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'east', cluster: { server, 'certificate-authority-data': ca } }],
  users: [{ name: 'clusterUser_rg_east', user }],
  contexts: [{ name: 'east', context: { cluster: 'east', user: 'clusterUser_rg_east' } }],
})

test('it names the server as Azure does, and holds a token of the app and nothing of a user', async () => {
  const place = await azure(kubeconfig('https://east.example:443', kubelogin))
  const made = parse(await aksKubeconfig(place, id))
  expect(made.clusters[0].cluster).toEqual({
    server: 'https://east.example:443',
    'certificate-authority-data': authority,
  })
  expect(made.users).toEqual([{ name: 'aks', user: { token: tokenFor(SERVER) } }])
  expect(place.credential.asked).toEqual([`${ORIGIN}/.default`, SERVER])
})

test('a cluster is read with it', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } }
  const simulator = await startSimulator({ objects: [pod] })
  onTestFinished(simulator.stop)
  const own = parse(simulator.kubeconfig)
  const ca = own.clusters[0].cluster['certificate-authority-data']
  const place = await azure(kubeconfig(own.clusters[0].cluster.server, kubelogin, ca))
  const credential = entra((scope) => (scope === SERVER ? own.users[0].user.token : tokenFor(scope)))
  const cluster = connectCluster(await aksKubeconfig({ ...place, credential }, id))
  onTestFinished(cluster.close)
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { limit: 10 })
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['web'])
})

test.each([
  [
    'users of its own',
    kubeconfig('https://east.example', { 'client-certificate-data': 'eA==' }),
    undefined,
    /users of its own/,
    true,
  ],
  ['a server without TLS', kubeconfig('http://east.example', kubelogin), undefined, /users of its own/, true],
  ['no such cluster', {}, { status: 404 }, /There is no AKS cluster/, true],
  ['no right yet', {}, { status: 403 }, /Azure Kubernetes Service Cluster User Role/, false],
  [
    'stopped, in Azure’s words',
    {},
    { status: 409, body: { error: { code: 'OperationNotAllowed', message: 'The cluster is stopped.' } } },
    /answered 409 .*: OperationNotAllowed: The cluster is stopped\.$/,
    false,
  ],
  ['a strange answer', {}, { status: 418 }, /answered 418/, false],
])('%s is told as that', async (_, given, refusal, words, forGood) => {
  const failure = await aksKubeconfig(await azure(given, refusal), id).catch((error: unknown) => error)
  expect(String(failure)).toMatch(words)
  expect(failure instanceof GiveUp).toBe(forGood)
})
