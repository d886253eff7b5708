import { describe, expect, test } from 'vitest'
import { identityOf } from '../../../shared/incident/identity.ts'
import { STALE } from '../../../shared/runtime/contend.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, fault, message, podFault, type World, world } from './world.ts'

const node = (name = 'n1', changes: Record<string, unknown> = {}) =>
  fault({
    faultId: `node-${name}`,
    faultType: 'NodeUnhealthy',
    resource: { apiVersion: 'v1', kind: 'Node', name },
    context: 'Node became unhealthy: Ready=Unknown',
    node: name,
    ...changes,
  })
const deployment = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name })
const rollout = (name: string) =>
  fault({ faultId: `rollout-${name}`, faultType: 'DeploymentFailure', resource: deployment(name), context: 'stuck' })
const quota = (name: string, context = 'exceeded quota: compute, requested: pods=1, used: pods=10') =>
  fault({
    faultId: `create-${name}`,
    faultType: 'ReplicaSetCreateFailure',
    resource: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: `${name}-6bf586c785` },
    context: `ReplicaSet cannot create pods: ${context}`,
  })
const looked = (w: World, ...found: readonly Parameters<typeof identityOf>[0][]) => ({
  version: 1,
  type: 'observed',
  cluster: 'east',
  observedAt: w.clock.now().toISOString(),
  keys: found.map((one) => identityOf(one).key),
})
let delivered = 0
const tell = (w: World, ...faults: readonly unknown[]) =>
  handleTriageMessage(w.deps)(message(...faults), { id: `t${++delivered}`, dequeueCount: 1 })
const observe = (w: World, ...found: Parameters<typeof identityOf>[0][]) =>
  handleTriageMessage(w.deps)(looked(w, ...found), { id: `o${++delivered}`, dequeueCount: 1 })
const named = async (w: World) =>
  (await w.all()).map(({ owner, status }) => `${owner.kind}/${owner.name} ${status}`).sort()

/** Faults of pods of as many Deployments, in messages of a hundred, as the supervisor packs them. */
async function storm(w: World, count: number, changes: (index: number) => Record<string, unknown>): Promise<void> {
  const all = Array.from({ length: count }, (_, index) => podFault(`app${index}`, changes(index)))
  for (let from = 0; from < count; from += 100) await tell(w, ...all.slice(from, from + 100))
}

describe('a node that is not ready', () => {
  test('explains its pods: one incident, which lists them', async () => {
    const w = world()
    await tell(w, podFault('web', { node: 'n1' }), node(), podFault('api', { node: 'n1' }))
    expect(await w.only()).toMatchObject({ owner: { kind: 'Node', name: 'n1' }, occurrences: 3, status: 'running' })
    expect((await w.only()).members.map(({ name }) => name)).toEqual(['web-6bf586c785-chf5m', 'api-6bf586c785-chf5m'])
  })

  test('explains nothing on other nodes, or in other clusters', async () => {
    const w = world()
    await tell(w, node(), podFault('web', { node: 'n2' }), podFault('api', { node: 'n1', cluster: 'west' }))
    expect(await w.all()).toHaveLength(3)
  })

  test('takes what still waits for an agent, and leaves alone what runs', async () => {
    const w = world()
    await tell(w, podFault('first', { node: 'n1' }))
    await tell(w, podFault('second', { node: 'n1' }))
    await tell(w, node())
    expect(await named(w)).toEqual(['Deployment/first running', 'Deployment/second skipped', 'Node/n1 queued'])
    const muted = (await w.all()).find(({ status }) => status === 'skipped')
    expect(muted?.mutedBy).toBe((await w.all()).find(({ owner }) => owner.kind === 'Node')?.incidentId)
  })

  test.each(['its answer lost', 'repeated by the library and then refused'])(
    'what waits is listed by its cause, when its move was applied and %s',
    async (how) => {
      const w = world()
      await tell(w, podFault('first', { node: 'n1' }))
      await tell(w, podFault('second', { node: 'n1' }))
      let lost = 0
      const deps = {
        ...w.deps,
        store: {
          ...w.deps.store,
          move: async (...given: Parameters<typeof w.deps.store.move>) => {
            const moved = await w.deps.store.move(...given)
            if (given[1] !== 'skipped' || lost++ > 0) return moved
            if (how === 'its answer lost') throw new Error('read ECONNRESET')
            return STALE
          },
        },
      }
      const body = message(node())
      // The queue delivers again what failed.
      for (const dequeueCount of [1, 2])
        await handleTriageMessage(deps)(body, { id: 'n', dequeueCount }).catch((error: unknown) =>
          expect(String(error)).toMatch(/ECONNRESET|again/),
        )
      expect(lost).toBeGreaterThan(0)
      const cause = (await w.all()).find(({ owner }) => owner.kind === 'Node')
      const waited = (await w.all()).find(({ owner }) => owner.name === 'second')
      expect(waited).toMatchObject({ status: 'skipped', mutedBy: cause?.incidentId })
      expect(cause?.memberKeys).toContain(waited?.identity)
      expect(cause?.members.map(({ name }) => name)).toContain('second-6bf586c785-chf5m')
    },
  )

  test('a pod whose fault stays when the node is back surfaces, and gets its agent', async () => {
    const w = world()
    const pod = podFault('web', { node: 'n1', source: 'reconcile' })
    await tell(w, podFault('early', { cluster: 'west' }), node(), pod)
    w.clock.pass(60)
    await observe(w, pod)
    await tell(w, pod)
    expect(await named(w)).toContain('Deployment/web queued')
  })

  test('that is below the threshold silences nothing that is above it', async () => {
    const w = world({ clusters: [cluster('east', { severity_threshold: 'critical' })] })
    await tell(w, node('n1', { severity: 'warning' }), podFault('web', { node: 'n1' }))
    await tell(w, podFault('api', { node: 'n1' }))
    expect(await named(w)).toEqual(expect.arrayContaining(['Deployment/api queued', 'Node/n1 skipped']))
  })

  test('and the same message again changes nothing', async () => {
    const w = world()
    const body = message(node(), podFault('web', { node: 'n1' }))
    await handleTriageMessage(w.deps)(body, { id: 'm1', dequeueCount: 1 })
    const before = await w.only()
    await handleTriageMessage(w.deps)(body, { id: 'm1', dequeueCount: 2 })
    expect(await w.only()).toMatchObject({ occurrences: before.occurrences, members: before.members })
  })
})

describe('one owner', () => {
  test.each([
    ['told together', [[podFault('web'), rollout('web')]]],
    ['crash first', [[podFault('web')], [rollout('web')]]],
    ['rollout first', [[rollout('web')], [podFault('web')]]],
  ])('with a crash and a rollout that is stuck is one incident: %s', async (_, messages) => {
    const w = world()
    for (const faults of messages) await tell(w, ...faults)
    expect(await w.only()).toMatchObject({ owner: { name: 'web' }, occurrences: 2 })
  })

  test('through thirty pods is one incident with thirty occurrences', async () => {
    const w = world()
    const suffix = 'bcdfghjklmnpqrstvwxz2456789'
    for (let pod = 0; pod < 30; pod++) {
      const name = `web-6bf586c785-${suffix[pod % 27]}hf${suffix[Math.floor(pod / 27)]}m`
      await tell(w, fault({ faultId: `f${pod}`, resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name } }))
    }
    expect(await w.only()).toMatchObject({ occurrences: 30 })
    expect((await w.only()).members).toHaveLength(30)
  })
})

test('a quota explains every ReplicaSet that it keeps from its pods, and no other refusal', async () => {
  const w = world()
  await tell(w, quota('web'), quota('api'), quota('db', 'admission webhook "x" denied the request'))
  expect(await named(w)).toHaveLength(2)
})

test('of two that explain each other and began at once one gives way, and what it explained with it', async () => {
  const w = world()
  w.groups.full = true
  await Promise.all([tell(w, quota('web')), tell(w, quota('api'))])
  await tell(w, quota('db'))
  const all = (await w.deps.store.list({ cluster: 'east' }, 10)).items.map(({ incident }) => incident)
  expect(all.map(({ status }) => status).sort()).toEqual(['queued', 'skipped'])
  const stays = all.find(({ status }) => status === 'queued')!
  expect(stays.members.map(({ name }) => name.split('-')[0]).sort()).toEqual(['api', 'db', 'web'])
})

describe('a storm', () => {
  test('of five hundred pods of one node that is not ready is one incident', async () => {
    const w = world()
    await tell(w, node())
    await storm(w, 500, () => ({ node: 'n1' }))
    expect(await w.only()).toMatchObject({ owner: { kind: 'Node', name: 'n1' }, occurrences: 501 })
    expect((await w.only()).members).toHaveLength(500)
  })

  test('of five hundred pods of one node of which nothing is said is one incident of that node', async () => {
    const w = world()
    await storm(w, 500, () => ({ node: 'n1' }))
    expect(await w.only()).toMatchObject({
      owner: { kind: 'Node', name: 'n1' },
      faultType: 'FaultStorm',
      status: 'running',
    })
    await tell(w, node())
    expect(await w.all()).toHaveLength(1)
  })

  test('of one class in one namespace is one incident of the namespace', async () => {
    const w = world()
    await storm(w, 60, (index) => ({ node: `n${index}`, faultType: 'ImagePull' }))
    expect(await w.only()).toMatchObject({ owner: { kind: 'Namespace', name: 'shop' }, faultClass: 'storm-image' })
  })

  test('that comes drop by drop takes in those that wait', async () => {
    const w = world({ settings: { CLUSTER_QUEUE_SIZE: 100 } })
    for (let index = 0; index < 40; index++) await tell(w, podFault(`app${index}`, { node: 'n1' }))
    const all = await w.all()
    expect(all.filter(({ status }) => status === 'running' || status === 'queued').length).toBeLessThanOrEqual(2)
    expect(all.find(({ owner }) => owner.kind === 'Node')?.memberKeys?.length).toBeGreaterThanOrEqual(38)
  })

  test('of a few is none', async () => {
    const w = world()
    await storm(w, 10, () => ({ node: 'n1' }))
    expect(await w.all()).toHaveLength(10)
  })

  test('lasts as long as any of its members, and then resolves', async () => {
    const w = world()
    await storm(w, 100, () => ({ node: 'n1' }))
    w.clock.pass(60)
    await observe(w, podFault('app7'))
    expect((await w.only()).absentSince).toBeUndefined()
    await observe(w)
    expect((await w.only()).absentSince).toBeDefined()
    const { incidentId, fence } = await w.only()
    const stored = await w.deps.store.current(incidentId)
    await w.deps.store.move(stored!, 'reported', { at: w.clock.now(), note: 'done', fence })
    w.clock.pass(700)
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('resolved')
  })
})

test('one image that fails in several clusters within minutes: their incidents name each other', async () => {
  const w = world()
  const image = 'registry.example/web:2'
  for (const name of ['east', 'west', 'north'])
    await tell(w, podFault('web', { cluster: name, image, faultType: 'ImagePull' }))
  const all = await w.all()
  for (const { incidentId, related } of all)
    expect([...related].sort()).toEqual(
      all
        .map((one) => one.incidentId)
        .filter((id) => id !== incidentId)
        .sort(),
    )
  w.clock.pass(3_600)
  await tell(w, podFault('late', { image, faultType: 'ImagePull' }))
  expect((await w.all()).find(({ owner }) => owner.name === 'late')?.related).toEqual([])
})
