import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aciContainerGroups } from '../../../shared/azure/container-groups.ts'
import type { GroupSpec } from '../../../shared/runtime/container-groups.ts'
import { RetryLater } from '../../../shared/runtime/errors.ts'
import { type ArmFake, startArm } from '../../fakes/arm.ts'
import { entra } from '../../fakes/entra.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'

const SUBSCRIPTION = '00000000-0000-0000-0000-00000000abcd'
const SECRET = 'kubeconfig-text-that-nobody-may-see'
const spec: GroupSpec = {
  name: 'triage-0a1b2c',
  tags: { incident: '0a1b2c', cluster: 'east' },
  files: { 'job.json': '{"version":1}', kubeconfig: SECRET },
  containers: [
    {
      name: 'broker',
      entry: 'broker.js',
      environment: { LEVEL: SECRET },
      mountsFiles: true,
      sealed: false,
      cpu: 0.5,
      memoryGb: 1,
    },
    {
      name: 'agent',
      entry: 'agent.js',
      environment: { TOKEN: 'agent-token' },
      mountsFiles: false,
      sealed: true,
      cpu: 1,
      memoryGb: 1.5,
    },
  ],
}

let arm: ArmFake
beforeEach(async () => {
  arm = await startArm(SUBSCRIPTION, 'agents')
})
afterEach(() => arm.stop())

const groups = (
  place: { subnetId?: string; registryIdentity?: string; dnsServers?: readonly string[] } = {},
  credential = entra(),
) =>
  aciContainerGroups({
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'agents',
    location: 'westeurope',
    image: 'registry.example.test/agent@sha256:00',
    credential,
    httpClient: loopbackHttpClient(arm.origin, arm.url),
    ...place,
  })
const refuse = (status: number, code: string, message: string, headers = {}) => {
  arm.refusal = { status, headers, body: { error: { code, message } } }
}

test('a group is started with one PUT and not waited for', async () => {
  const credential = entra()
  expect(await groups({}, credential).start(spec)).toBe('started')
  expect(arm.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  expect(arm.seen.length).toBeLessThanOrEqual(3)
  expect(await groups().get(spec.name)).toEqual({ name: spec.name, state: 'pending', tags: spec.tags })
  expect(new Set(credential.asked)).toEqual(new Set(['https://management.azure.com/.default']))
})

test('the files arrive in a secret volume that only the broker mounts, and nothing restarts or is reachable', async () => {
  await groups().start(spec)
  const { properties, ...rest } = arm.groups.get(spec.name)!.body
  const files = Object.entries(properties.volumes![0]!.secret)
  expect(Object.fromEntries(files.map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]))).toEqual(
    spec.files,
  )
  const [broker, agent] = properties.containers.map((one) => one.properties)
  expect(broker!.volumeMounts).toEqual([{ name: 'files', mountPath: '/run/nightcrier', readOnly: true }])
  expect(agent!.volumeMounts).toBeUndefined()
  expect(broker!.command).toEqual(['node', '/app/broker.js'])
  expect(broker!.environmentVariables).toContainEqual({ name: 'NIGHTCRIER_FILES', secureValue: '/run/nightcrier' })
  expect(agent!.environmentVariables).toEqual([{ name: 'TOKEN', secureValue: 'agent-token' }])
  expect(properties).toMatchObject({ osType: 'Linux', restartPolicy: 'Never' })
  expect(properties).not.toHaveProperty('ipAddress')
  expect(rest).toEqual({ location: 'westeurope', tags: spec.tags })
})

test('nothing secret stands in plain in what is sent', async () => {
  await groups().start(spec)
  const sent = arm.seen.find(({ method }) => method === 'PUT')!.body
  const plain = JSON.parse(sent, (key, value) => (key === 'secureValue' || key === 'secret' ? undefined : value))
  expect(sent).toContain(SECRET)
  expect(JSON.stringify(plain)).not.toMatch(/kubeconfig-text|agent-token/)
})

test('a subnet and an identity that pulls the image are used when given', async () => {
  const identity = '/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/pull'
  await groups({ subnetId: '/subnets/agents', registryIdentity: identity }).start(spec)
  const { properties, identity: attached } = arm.groups.get(spec.name)!.body
  expect(properties.subnetIds).toEqual([{ id: '/subnets/agents' }])
  expect(properties.imageRegistryCredentials).toEqual([{ server: 'registry.example.test', identity }])
  expect(attached).toEqual({ type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } })
})

test('starting it again finds the first one and touches nothing', async () => {
  await groups().start(spec)
  arm.become(spec.name, 'Running')
  expect(await groups().start(spec)).toBe('already-there')
  expect(arm.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  expect((await groups().get(spec.name))?.state).toBe('running')
})

test('one that nobody can have started is not looked for: one request in all', async () => {
  expect(await groups().start(spec, { first: true })).toBe('started')
  expect(arm.seen.map(({ method }) => method)).toEqual(['PUT'])
})

test.each([
  [409, 'ContainerGroupQuotaReached', "container group quota 'StandardCores' exceeded in region 'westeurope'"],
  [409, 'ServiceUnavailable', 'The requested resource is not available in the location at this moment.'],
  [429, 'TooManyRequests', 'Rate limit reached.'],
  [409, 'SubnetIsFull', 'The subnet has no free address.'],
  [409, 'RegistryErrorResponse', 'An error response is received from the docker registry.'],
])('%i %s means no capacity, said at once', async (status, code, message) => {
  refuse(status, code, message, { 'retry-after': '600' })
  const before = performance.now()
  expect(await groups().start(spec)).toBe('no-capacity')
  expect(performance.now() - before).toBeLessThan(8_000)
})

test('a group of this name that is just being removed is tried again later', async () => {
  refuse(409, 'ContainerGroupTransitioning', 'The container group is still transitioning, please retry later.')
  await expect(groups().start(spec)).rejects.toBeInstanceOf(RetryLater)
})

test('another refusal is thrown with its code, without the request that holds the secrets', async () => {
  refuse(400, 'InaccessibleImage', 'The image in container group is not accessible.')
  const error = await groups()
    .start(spec)
    .catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('InaccessibleImage')
  const base64 = Buffer.from(SECRET).toString('base64')
  const whole = inspect(error, { depth: 20, showHidden: true, maxStringLength: null })
  expect(whole).not.toMatch(new RegExp(`${SECRET}|${base64}`))
})

test('a token for somebody else is refused', async () => {
  const stranger = entra(() => 'token-for-another-service')
  await expect(groups({}, stranger).start(spec)).rejects.toThrow(/401 InvalidAuthenticationToken/)
  expect(arm.groups.size).toBe(0)
})

test('a list goes over all pages and tells how each group fares and ended', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await groups().start({ ...spec, name })
  arm.become('a', 'Running')
  arm.become('b', 'Succeeded', [0, 0])
  arm.become('c', 'Failed', [0, 137])
  arm.become('d', 'Stopped')
  const found = await groups().list()
  expect(found.map(({ name, state, exitCode }) => [name, state, exitCode])).toEqual([
    ['a', 'running', undefined],
    ['b', 'succeeded', 0],
    ['c', 'failed', 137],
    ['d', 'stopped', undefined],
    ['e', 'pending', undefined],
  ])
  expect(found[0]?.tags).toEqual(spec.tags)
})

test('logs are the last 64 KiB, and empty when there are none yet or no group', async () => {
  await groups().start(spec)
  expect(await groups().logs(spec.name, 'broker')).toBe('')
  arm.say(spec.name, 'broker', null)
  expect(await groups().logs(spec.name, 'broker')).toBe('')
  arm.say(spec.name, 'broker', `${'x'.repeat(70_000)}the end`)
  const text = await groups().logs(spec.name, 'broker')
  expect(text).toHaveLength(64 * 1024)
  expect(text.endsWith('the end')).toBe(true)
  expect(await groups().logs('nobody', 'broker')).toBe('')
})

test('what was accepted is done, though nobody may look how it goes', async () => {
  arm.operationsForbidden = true
  expect(await groups().start(spec)).toBe('started')
  await groups().remove(spec.name)
  expect(arm.groups.size).toBe(0)
  // A removal that is refused is told all the same.
  const stranger = entra(() => 'token-for-another-service')
  await expect(groups({}, stranger).remove(spec.name)).rejects.toThrow(/remove container group/)
})

test.each([
  [409, 'MissingSubscriptionRegistration', /az provider register --namespace Microsoft\.ContainerInstance/],
  [400, 'InaccessibleImage', /AcrPull/],
  [403, 'RequestDisallowedByPolicy', /A policy of the subscription forbids it, not a missing role/],
  [403, 'LinkedAuthorizationFailed', /infra\/azure\/modules\/access\.bicep/],
])('a refusal %i %s says what to do', async (status, code, remedy) => {
  refuse(status, code, 'said by Azure')
  await expect(groups().start(spec)).rejects.toThrow(remedy)
})

test('agents ask the name servers that are given, in a network alone', async () => {
  const subnetId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/agents'
  await groups({ subnetId, dnsServers: ['10.0.0.5'] }).start({ ...spec, name: 'in' })
  await groups({ dnsServers: ['10.0.0.5'] }).start({ ...spec, name: 'out' })
  expect(arm.groups.get('in')!.body.properties.dnsConfig).toEqual({ nameServers: ['10.0.0.5'] })
  expect(arm.groups.get('out')!.body.properties.dnsConfig).toBeUndefined()
})

test('removing ends the group, and again is no error', async () => {
  await groups().start(spec)
  await groups().remove(spec.name)
  expect(await groups().get(spec.name)).toBeUndefined()
  await groups().remove(spec.name)
})

test('a name that Azure would refuse never leaves the house', async () => {
  await expect(groups().start({ ...spec, name: '../other' })).rejects.toThrow('not a name for a container group')
  await expect(groups().get('-x')).rejects.toThrow('not a name for a container group')
  expect(arm.seen).toEqual([])
})

test('a start whose answer is lost is looked for, and sent once', async () => {
  const { sendRequest } = loopbackHttpClient(arm.origin, arm.url)
  const place = { subscriptionId: SUBSCRIPTION, resourceGroup: 'agents', location: 'westeurope', credential: entra() }
  const lossy = {
    sendRequest: async (request: Parameters<typeof sendRequest>[0]) => {
      const answer = await sendRequest(request)
      if (request.method === 'PUT') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
      return answer
    },
  }
  const started = aciContainerGroups({ ...place, image: 'registry.example.test/agent@sha256:00', httpClient: lossy })
  expect(await started.start(spec, { first: true })).toBe('started')
  expect(arm.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1)
})
