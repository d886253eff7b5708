import { expect, onTestFinished, test } from 'vitest'
import { aksKubeconfig } from '../../../shared/azure/aks-kubeconfig.ts'
import { blobService } from '../../../shared/azure/blobs.ts'
import { cloudOf } from '../../../shared/azure/cloud.ts'
import { aciContainerGroups } from '../../../shared/azure/container-groups.ts'
import { markedClusters } from '../../../shared/azure/discovery.ts'
import { queueService } from '../../../shared/azure/queues.ts'
import { tableClient } from '../../../shared/azure/tables.ts'
import { keyVault } from '../../../shared/azure/vault.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { startArm } from '../../fakes/arm.ts'
import { entra } from '../../fakes/entra.ts'
import { startKeyVault } from '../../fakes/key-vault.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'
import { loopbackServer } from '../../fakes/loopback-server.ts'

const container = {
  name: 'agent' as const,
  entry: 'agent.js',
  environment: {},
  mountsFiles: false,
  sealed: true,
  cpu: 1,
  memoryGb: 1,
}
const clouds = [
  ['AzureUSGovernment', 'https://management.usgovcloudapi.net', 'vault.usgovcloudapi.net', 'core.usgovcloudapi.net'],
  ['AzureChinaCloud', 'https://management.chinacloudapi.cn', 'vault.azure.cn', 'core.chinacloudapi.cn'],
] as const

test.each(clouds)(
  '%s: clusters are found and reached at its own manager, with a token for that',
  async (cloud, origin) => {
    const service = await loopbackServer(({ path }) =>
      path.endsWith('/resources')
        ? { status: 200, body: { totalRecords: 0, count: 0, resultTruncated: 'false', facets: [], data: [] } }
        : { status: 404 },
    )
    onTestFinished(service.stop)
    const credential = entra()
    const place = { credential, cloud, httpClient: loopbackHttpClient(origin, service.url) }
    expect(await markedClusters({ ...place, subscriptions: ['s'] })).toEqual([])
    await expect(aksKubeconfig(place, '/subscriptions/s/x')).rejects.toThrow(/no AKS cluster/)
    expect(new Set(credential.asked)).toEqual(new Set([`${origin}/.default`]))
  },
)

test.each(clouds)('%s: an agent is started there', async (cloud, origin) => {
  const arm = await startArm('0000-abcd', 'agents', origin)
  onTestFinished(arm.stop)
  const groups = aciContainerGroups({
    subscriptionId: '0000-abcd',
    resourceGroup: 'agents',
    location: 'there',
    image: 'registry.example.test/agent@sha256:00',
    credential: entra(),
    cloud,
    httpClient: loopbackHttpClient(origin, arm.url),
  })
  const spec = { name: 'triage-0a1b2c', tags: {}, files: {}, containers: [container] }
  expect(await groups.start(spec)).toBe('started')
  expect((await groups.list()).map(({ name }) => name)).toEqual(['triage-0a1b2c'])
})

test.each(clouds)('%s: its vault says which token it wants', async (_cloud, _origin, suffix) => {
  const service = await startKeyVault(`https://nightcrier-test.${suffix}`)
  onTestFinished(service.stop)
  service.set('mcp-east', 'the key')
  const credential = entra()
  const httpClient = loopbackHttpClient(service.origin, service.url)
  expect(await keyVault({ url: service.origin, credential, httpClient }).secret('mcp-east')).toBe('the key')
  expect(credential.asked).toEqual([`https://${suffix}/.default`])
})

test.each(clouds)(
  '%s: storage is where its connection string or its addresses say',
  (_cloud, _origin, _vault, suffix) => {
    const key = Buffer.from('nothing that opens anything').toString('base64')
    const byKey = {
      by: 'key' as const,
      connectionString: `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${key};EndpointSuffix=${suffix}`,
    }
    const byIdentity = {
      by: 'identity' as const,
      credential: entra(),
      blobUri: `https://shop.blob.${suffix}`,
      queueUri: `https://shop.queue.${suffix}`,
      tableUri: `https://shop.table.${suffix}`,
    }
    for (const place of [byKey, byIdentity]) {
      expect(blobService(place).url).toMatch(`https://shop.blob.${suffix}`)
      expect(queueService(place).url).toMatch(`https://shop.queue.${suffix}`)
      expect(tableClient(place, 'incidents').url).toMatch(`https://shop.table.${suffix}`)
    }
  },
)

test('the cloud is a setting, and a word of the surroundings; one that is none is refused', () => {
  const settings = (cloud: string) => readSettings({ AZURE_ENVIRONMENT: cloud, AzureWebJobsStorage: 'x' })
  expect(settings('').AZURE_ENVIRONMENT).toBe('AzureCloud')
  expect(settings('AzureUSGovernment').AZURE_ENVIRONMENT).toBe('AzureUSGovernment')
  expect(() => settings('AzureGermanCloud')).toThrow(/AZURE_ENVIRONMENT/)
  expect(cloudOf({})).toBe('AzureCloud')
  expect(cloudOf({ AZURE_ENVIRONMENT: 'AzureChinaCloud' })).toBe('AzureChinaCloud')
})
