import { describe, expect, test } from 'vitest'
import { identityOf } from '../../../shared/incident/identity.ts'
import { joinCauses } from '../../../shared/report/join-causes.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { launchWaiting } from '../../../shared/triage/launch-waiting.ts'
import { fault, message, podFault, type World, world } from './world.ts'

let count = 0
const tell = (w: World, ...faults: unknown[]) =>
  handleTriageMessage(w.deps)(message(...faults), { id: `one-cause-${++count}`, dequeueCount: 1 })
const in60 = (at: number) => ({
  resource: { apiVersion: 'v1', kind: 'Pod', namespace: `team-${at % 60}`, name: `app${at}-6bf586c785-chf5m` },
  receivedAt: '2026-01-12T09:41:00.000Z',
})
const standing = async (w: World) => (await w.all()).filter(({ skip }) => skip !== 'explained')
/** The verdict of the one that is at work, as the report stage writes it. */
async function reported(w: World, rootCause: string) {
  const incident = (await w.all()).find(({ status }) => status === 'running')!
  const at = w.clock.now()
  const changes = { rootCause, outcome: 'cause', reportedAt: at.toISOString(), reportedFence: incident.fence }
  const stored = (await w.deps.store.current(incident.incidentId))!
  const moved = await w.deps.store.move(stored, 'reported', { at, note: 'reported', changes })
  if (typeof moved === 'string') throw new Error(moved)
  await joinCauses(w.deps, moved.incident)
  await launchWaiting(w.deps)()
}
const patient = { settings: { SAME_CAUSE_WAIT_SECONDS: 30, MAX_CONCURRENT_AGENTS_PER_CLUSTER: 5 } }

describe('one cause is one incident', () => {
  test('evictions of one node: the others wait for the verdict, and are its members', async () => {
    const w = world(patient)
    await tell(
      w,
      ...Array.from({ length: 7 }, (_, at) => podFault(`app${at}`, { faultType: 'PodEvicted', node: 'n1' })),
    )
    expect((await w.all()).filter(({ status }) => status === 'running')).toHaveLength(1)
    await reported(w, 'Node/n1 NodeDiskPressure')
    const left = await standing(w)
    expect(left).toHaveLength(1)
    expect(left[0]!.memberKeys).toHaveLength(6)
    expect(w.groups.started).toHaveLength(1)
  })
  test('and under a node whose pressure is known none has one of its own', async () => {
    const w = world()
    const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' }
    await tell(w, fault({ faultId: 'node', faultType: 'NodePressure', resource: node, node: 'n1' }))
    await tell(
      w,
      ...Array.from({ length: 7 }, (_, at) => podFault(`app${at}`, { faultType: 'PodEvicted', node: 'n1' })),
    )
    expect(await w.only()).toMatchObject({ owner: node, members: { length: 7 } })
  })
  test('a webhook that refuses all: whoever it refuses is a member', async () => {
    const w = world()
    const context = 'failed calling webhook "policy.example.com": connect: connection refused'
    const refused = (at: number) => podFault(`app${at}`, { ...in60(at), faultType: 'WebhookFailure', context })
    await tell(w, refused(0))
    await tell(w, ...Array.from({ length: 12 }, (_, at) => refused(at + 1)))
    const { faultClass, memberKeys } = await w.only()
    expect([faultClass, memberKeys?.length]).toEqual(['webhook', 12])
  })
  test('an expired certificate and its clients: by name, and by a verdict that names the same', async () => {
    const w = world(patient)
    const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: 'shop', name: 'shop-tls' }
    await tell(w, fault({ faultId: 'cert', faultType: 'CertificateExpired', resource: certificate }))
    w.clock.pass(1)
    await tell(w, podFault('web', { context: 'x509: certificate shop-tls has expired' }), podFault('api'))
    expect((await w.all()).filter(({ status }) => status === 'running')).toHaveLength(1)
    await reported(w, 'Certificate/shop/shop-tls CertificateExpired')
    w.clock.pass(5)
    // The one that does not say the name is looked at, and its verdict says the same.
    await reported(w, 'Certificate/shop/shop-tls CertificateExpired')
    const left = await standing(w)
    expect(left.map(({ owner }) => owner.kind)).toEqual(['Certificate'])
    expect(left[0]!.memberKeys).toHaveLength(2)
  })
  test('an outage of DNS over 60 namespaces, however it shows', async () => {
    const w = world({ settings: { CLUSTER_QUEUE_SIZE: 200, GLOBAL_QUEUE_SIZE: 200 } })
    const shows = ['CrashLoop', 'ProbeFailure', 'InitFailure', 'CrashLoop', 'CrashLoop']
    const all = Array.from({ length: 300 }, (_, at) => podFault(`app${at}`, { ...in60(at), faultType: shows[at % 5] }))
    await tell(w, ...all.slice(0, 7))
    await tell(w, ...all.slice(7, 150))
    await tell(w, ...all.slice(150))
    const left = (await standing(w)).filter(({ status }) => status !== 'running')
    const wide = (await w.all()).find(({ owner }) => owner.kind === 'Cluster')!
    expect(wide).toMatchObject({ faultType: 'FaultStorm', owner: { name: 'east' } })
    // One was at work when the others came: its agent goes on.
    expect(left.map(({ owner }) => owner.kind)).toEqual(['Cluster'])
    expect(wide.memberKeys!.length).toBeGreaterThanOrEqual(298)
    // Its own trouble, an hour later, is its own.
    await tell(w, podFault('later', { receivedAt: '2026-01-12T11:00:00.000Z' }))
    expect((await w.all()).some(({ owner }) => owner.name === 'later')).toBe(true)
  })
})

test('what runs on a node that does not answer is not over: unknown is not gone', async () => {
  const w = world({ settings: { MAX_CONCURRENT_AGENTS: 1 } })
  const stuck = podFault('stuck', { node: 'n1', faultType: 'ProbeFailure' })
  await tell(w, stuck)
  w.clock.pass(300)
  const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' }
  const down = fault({
    faultId: 'node',
    faultType: 'NodeUnhealthy',
    resource: node,
    node: 'n1',
    receivedAt: w.clock.now().toISOString(),
  })
  await tell(w, down)
  w.clock.pass(60)
  const look = (...faults: (typeof down)[]) =>
    handleTriageMessage(w.deps)(
      {
        ...{ version: 1, type: 'observed', cluster: 'east', observedAt: w.clock.now().toISOString() },
        keys: faults.map((one) => identityOf(one).key),
      },
      { id: `look-${++count}`, dequeueCount: 1 },
    )
  await look(down)
  const of = async (name: string) => (await w.all()).find(({ owner }) => owner.name === name)!
  expect((await of('stuck')).absentSince).toBeUndefined()
  await look()
  expect((await of('stuck')).absentSince).toBeDefined()
})
