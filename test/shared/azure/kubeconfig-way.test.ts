import { expect, onTestFinished, test } from 'vitest'
import { aciContainerGroups } from '../../../shared/azure/container-groups.ts'
import { storeSecret } from '../../../shared/azure/store-secret.ts'
import { keyVault } from '../../../shared/azure/vault.ts'
import { Cluster } from '../../../shared/config/cluster.ts'
import { readSecret } from '../../../shared/config/secret-ref.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { groupSpec } from '../../../shared/triage/agent-spec.ts'
import { startArm } from '../../fakes/arm.ts'
import { entra } from '../../fakes/entra.ts'
import { startKeyVault } from '../../fakes/key-vault.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { incident } from '../incident/sample.ts'

const SUBSCRIPTION = '00000000-0000-0000-0000-00000000abcd'

test('a kubeconfig goes from the vault into the broker’s secret volume and nowhere else, and a rotated one follows without a deployment', async () => {
  const [vaultService, arm, simulator] = await Promise.all([
    startKeyVault(),
    startArm(SUBSCRIPTION, 'agents'),
    startSimulator({ objects: [], port: 0 }),
  ])
  onTestFinished(async () => {
    await Promise.all([vaultService.stop(), arm.stop(), simulator.stop()])
  })
  const httpClient = loopbackHttpClient(vaultService.origin, vaultService.url)
  const person = { url: vaultService.origin, credential: entra(), httpClient }
  let now = new Date('2026-01-12T09:41:00Z')
  const vault = keyVault({ ...person, clock: { now: () => now, sleep: async () => {} } })
  const groups = aciContainerGroups({
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'agents',
    location: 'westeurope',
    image: 'registry.example.test/agent@sha256:00',
    credential: entra(),
    httpClient: loopbackHttpClient(arm.origin, arm.url),
  })
  const cluster = Cluster.parse({
    name: 'east',
    mcp: { endpoint: 'https://mcp.east.example/mcp' },
    triage: { enabled: true, kubeconfig: 'keyvault:kubeconfig-east' },
  })
  /** What the launch does, from the reference in clusters.yaml on. */
  const launched = async (fence: number) => {
    const { text } = await readSecret({ vault })(cluster.triage.kubeconfig!)
    const spec = groupSpec(readSettings({ AGENT_MODEL_PROVIDER: 'anthropic', AGENT_MODEL: 'm' }), {
      incident: incident({ fence }),
      deadline: '2026-01-12T09:46:00.000Z',
      cluster,
      kubeconfig: text,
      permissions: undefined,
      model: { provider: 'anthropic', model: 'm', keyFile: 'model-key' },
      modelKey: 'the-key',
      upload: { bundle: 'https://st.example/b', results: 'https://st.example/r' },
      token: 'token-of-this-incident',
      brokerPort: 8700,
    })
    await groups.start(spec)
    return arm.groups.get(spec.name)!.body.properties
  }
  const decoded = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString('utf8')

  await storeSecret(person, 'kubeconfig-east', simulator.kubeconfig)
  const { containers, volumes } = await launched(0)
  const inVolume = decoded(volumes?.[0]?.secret.kubeconfig)
  const api = connectCluster(inVolume)
  onTestFinished(api.close)
  expect(await api.canI('get', 'pods')).toBe(true)

  expect(containers.map(({ name, properties }) => [name, properties.volumeMounts?.length ?? 0])).toEqual([
    ['broker', 1],
    ['agent', 0],
  ])
  const elsewhere = JSON.stringify({ containers, tags: arm.groups.values().next().value!.body.tags })
  expect(elsewhere).not.toContain(simulator.token)
  expect(elsewhere).not.toContain('the-key')

  await storeSecret(person, 'kubeconfig-east', `${simulator.kubeconfig}# rotated\n`)
  now = new Date(now.getTime() + 60_000)
  expect(decoded((await launched(1)).volumes?.[0]?.secret.kubeconfig)).toContain('# rotated')
})
