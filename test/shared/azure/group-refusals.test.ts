import { afterEach, beforeEach, expect, test } from 'vitest'
import { aciContainerGroups } from '../../../shared/azure/container-groups.ts'
import type { ContainerSpec, GroupSpec } from '../../../shared/runtime/container-groups.ts'
import { type ArmFake, startArm } from '../../fakes/arm.ts'
import { entra } from '../../fakes/entra.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'

const SUBSCRIPTION = '00000000-0000-0000-0000-00000000abcd'
const broker: ContainerSpec = {
  ...{ name: 'broker', entry: 'broker.js', mountsFiles: true, sealed: false, cpu: 0.5, memoryGb: 1 },
  environment: { NIGHTCRIER_BROKER_PORT: '8700' },
}
const spec: GroupSpec = {
  name: 'triage-0a1b2c',
  tags: { cluster: 'east' },
  files: { 'job.json': '{"version":1}', kubeconfig: 'kubeconfig-text', 'model-key': 'the-key' },
  containers: [broker],
}

let arm: ArmFake
beforeEach(async () => {
  arm = await startArm(SUBSCRIPTION, 'agents')
})
afterEach(() => arm.stop())
const groups = (filesIn?: 'environment') =>
  aciContainerGroups({
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'agents',
    location: 'westeurope',
    image: 'registry.example.test/agent@sha256:00',
    credential: entra(),
    httpClient: loopbackHttpClient(arm.origin, arm.url),
    ...(filesIn === undefined ? {} : { filesIn }),
  })
const puts = () => arm.seen.filter(({ method }) => method === 'PUT')

test('a variable that is empty is left out, since Azure refuses the group for it', async () => {
  const environment = { NIGHTCRIER_BROKER_PORT: '8700', EMPTY: '' }
  expect(await groups().start({ ...spec, containers: [{ ...broker, environment }] })).toBe('started')
  const [sent] = arm.groups.get(spec.name)!.body.properties.containers
  expect(sent!.properties.environmentVariables.map(({ name }) => name)).toEqual([
    'NIGHTCRIER_BROKER_PORT',
    'NIGHTCRIER_FILES',
  ])
})

test('files can go as secure values of the broker alone, and then there is no volume', async () => {
  const agent: ContainerSpec = { ...broker, name: 'agent', entry: 'agent.js', mountsFiles: false }
  await groups('environment').start({ ...spec, containers: [broker, agent] })
  const { containers, volumes } = arm.groups.get(spec.name)!.body.properties
  expect(volumes).toBeUndefined()
  const [first, second] = containers.map(({ properties }) => properties)
  expect(first!.volumeMounts).toBeUndefined()
  expect(Object.fromEntries(first!.environmentVariables.map(({ name, secureValue }) => [name, secureValue]))).toEqual({
    NIGHTCRIER_BROKER_PORT: '8700',
    NIGHTCRIER_FILES: 'environment',
    NIGHTCRIER_FILE_JOB_JSON: '{"version":1}',
    NIGHTCRIER_FILE_KUBECONFIG: 'kubeconfig-text',
    NIGHTCRIER_FILE_MODEL_KEY: 'the-key',
  })
  expect(JSON.stringify(second)).not.toMatch(/kubeconfig-text|the-key/)
  const large = { ...spec, name: 'triage-large', files: { 'job.json': 'x'.repeat(131_072) } }
  await expect(groups('environment').start(large)).rejects.toThrow(/job\.json has over 128 KiB.*AGENT_FILES to volume/)
})

test('a message that comes twice starts nothing twice, also when the first has ended', async () => {
  await groups().start(spec)
  arm.become(spec.name, 'Succeeded', [0])
  expect(await groups().start(spec)).toBe('already-there')
  expect(puts()).toHaveLength(1)
  expect(await groups().get(spec.name)).toMatchObject({ state: 'succeeded', exitCode: 0 })
})

test('one of other sizes that is there already is there, and no failure', async () => {
  await groups().start(spec)
  const larger = { ...spec, containers: [{ ...broker, cpu: 2 }] }
  expect(await groups().start(larger, { first: true })).toBe('already-there')
})

const terminated = (exitCode: number) => ({
  currentState: { state: 'Terminated', exitCode, finishTime: '2026-01-12T09:41:00Z', detailStatus: 'Completed' },
})
test.each<[string, string, unknown, unknown]>([
  ['Running, all in it over', 'Running', terminated(0), { state: 'succeeded', exitCode: 0 }],
  ['Running, all in it over and not well', 'Running', terminated(1), { state: 'failed', exitCode: 1 }],
  ['Pending, all in it over', 'Pending', terminated(0), { state: 'succeeded', exitCode: 0 }],
  ['Failed without a word', 'Failed', undefined, { state: 'failed', reason: 'Azure ended it without a reason' }],
  ['Node Stopped', 'Node Stopped', undefined, { state: 'pending', reason: 'Azure calls it Node Stopped' }],
  ['Unhealthy', 'Unhealthy', undefined, { state: 'running' }],
  [
    'a command that cannot be started',
    'Running',
    { restartCount: 3, currentState: { state: 'Waiting', detailStatus: 'CrashLoopBackOff: no such file' } },
    { state: 'failed', reason: 'Azure has tried 3 times to start it. CrashLoopBackOff: no such file' },
  ],
])('a group that is %s', async (_what, state, instanceView, expected) => {
  await groups().start(spec)
  arm.become(spec.name, state)
  if (instanceView !== undefined) arm.show(spec.name, instanceView)
  const found = await groups().get(spec.name)
  expect(found).toEqual({ name: spec.name, tags: spec.tags, ...(expected as object) })
})
