import { describe, expect, test } from 'vitest'
import { bundleName } from '../../../shared/artifacts/layout.ts'
import { containerGroupName } from '../../../shared/incident/identity.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { fault, message, podFault, type World, world } from './world.ts'

async function running(change?: Parameters<typeof world>[0]) {
  const w = world(change)
  await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
  const { incidentId, fence } = await w.only()
  return { w, incidentId, group: containerGroupName(incidentId, fence) }
}
const report = async (w: World, incidentId: string, to: 'reported' | 'failed' = 'reported') => {
  const stored = (await w.deps.store.current(incidentId))!
  await w.deps.store.move(stored, to, { at: w.clock.now(), note: 'done', fence: stored.incident.fence })
}

describe('an incident that is over', () => {
  test('is forgotten when its report is, its generations too; what still lasts or is younger stays', async () => {
    const w = world({ settings: { INCIDENT_KEEP_DAYS: 100 } })
    const seen = async (name: string, uid: string) =>
      handleTriageMessage(w.deps)(
        message(fault({ faultId: uid.padStart(16, '0'), resource: { ...fault().resource, name, uid } })),
        { id: uid, dequeueCount: 1 },
      )
    const end = async (incidentId: string) => {
      await report(w, incidentId)
      const stored = (await w.deps.store.current(incidentId))!
      await w.deps.store.move(stored, 'resolved', { at: w.clock.now(), note: 'over' })
    }
    await seen('web-6bf586c785-chf5m', 'u1')
    const { incidentId } = await w.only()
    await end(incidentId)
    const stored = (await w.deps.store.current(incidentId))!
    const { incident } = stored
    const next = { ...incident, incidentId: incidentId.replace(/1$/, '2'), generation: 2, status: 'open' as const }
    await w.deps.store.openNextGeneration(stored, next)
    const once = async () => {
      await sweep({ ...w.deps, random: () => 0 })()
      return [await w.deps.store.byId(incidentId), await w.deps.store.byId(next.incidentId)].map(
        (one) => one?.generation,
      )
    }
    w.clock.pass(99 * 86_400)
    expect(await once()).toEqual([1, 2])
    // The first is over; the second was never resolved, however old.
    w.clock.pass(2 * 86_400)
    expect(await once()).toEqual([undefined, 2])
    const open = (await w.deps.store.current(next.incidentId))!
    await w.deps.store.move(open, 'skipped', { at: w.clock.now(), note: 'x' })
    await w.deps.store.move((await w.deps.store.current(next.incidentId))!, 'resolved', {
      at: w.clock.now(),
      note: 'over',
    })
    expect(await once()).toEqual([undefined, undefined])
    expect(w.incidents.rows()).toEqual([])
  })

  test('costs nothing in most sweeps', async () => {
    const w = world()
    let asked = 0
    const store = { ...w.deps.store, forget: async () => ++asked }
    for (let at = 0; at < 60; at++) await sweep({ ...w.deps, store, random: () => at / 60 })()
    expect(asked).toBe(1)
  })
})

describe('an agent', () => {
  test('in time is left alone, and running the sweep again changes nothing', async () => {
    const { w, group } = await running()
    w.groups.become(group, { state: 'running' })
    w.clock.pass(200)
    // The first look at each cluster's triage is kept.
    await sweep(w.deps)()
    const before = [w.incidents.rows(), w.control.rows()]
    await sweep(w.deps)()
    await sweep(w.deps)()
    expect([w.incidents.rows(), w.control.rows()]).toEqual(before)
    expect(w.results.messages).toEqual([])
    expect(await w.groups.list()).toHaveLength(1)
  })

  test('past its deadline is ended, and its incident gets a result', async () => {
    const { w, incidentId, group } = await running()
    w.groups.become(group, { state: 'running' })
    w.clock.pass(331)
    await sweep(w.deps)()
    await sweep(w.deps)()
    expect(await w.groups.list()).toEqual([])
    expect(w.sent()).toEqual([
      {
        version: 1,
        incidentId,
        fence: 1,
        ended: 'timeout',
        reason: 'The agent was still running 31 s after its deadline',
      },
    ])
    expect(await w.only()).toMatchObject({ status: 'running' })
  })

  test('that crashed is reported as failed with its exit code', async () => {
    const { w, group } = await running()
    w.groups.become(group, { state: 'failed', exitCode: 137 })
    w.clock.pass(61)
    await sweep(w.deps)()
    expect(w.sent()).toMatchObject([{ ended: 'failed', reason: 'The agent ended with exit code 137 and said nothing' }])
  })

  test('whose group is gone is reported as lost, and again when nobody took the first result up', async () => {
    const { w, group } = await running({ settings: { AGENT_TIMEOUT: 3_600 } })
    await w.groups.remove(group)
    w.clock.pass(61)
    await sweep(w.deps)()
    expect(w.sent()).toMatchObject([{ ended: 'lost' }])
    w.clock.pass(16 * 60)
    await sweep(w.deps)()
    expect(w.sent()).toMatchObject([{ ended: 'lost' }, { ended: 'lost' }])
  })

  test('whose message was lost is found by its bundle', async () => {
    const { w, incidentId, group } = await running()
    w.groups.become(group, { state: 'succeeded', exitCode: 0 })
    w.clock.pass(50)
    await w.bundles.write(bundleName(incidentId, 1), 'bundle')
    w.clock.pass(20)
    await sweep(w.deps)()
    expect(w.sent()).toEqual([])
    w.clock.pass(60)
    await sweep(w.deps)()
    expect(w.sent()).toMatchObject([
      { ended: 'completed', reason: expect.stringContaining('what it had found is there') },
    ])
  })

  test('that could not be started is started by the sweep, under the same name', async () => {
    const w = world()
    const broken = {
      ...w.deps,
      groups: {
        ...w.groups,
        start: async () => {
          throw new Error('500 from the resource manager')
        },
      },
    }
    await handleTriageMessage(broken)(message(fault()), { id: 'm1', dequeueCount: 1 })
    expect(await w.only()).toMatchObject({ status: 'running', failureReason: '500 from the resource manager' })
    w.clock.pass(61)
    await sweep(w.deps)()
    const incident = await w.only()
    expect(incident).toMatchObject({ status: 'running', fence: 1 })
    expect(incident.failureReason).toBeUndefined()
    expect(w.groups.started.map(({ name }) => name)).toEqual([containerGroupName(incident.incidentId, 1)])
  })

  test('that never could be started is told with the reason after its deadline', async () => {
    const w = world()
    const broken = {
      ...w.deps,
      groups: {
        ...w.groups,
        start: async () => {
          throw new Error('403 from the resource manager')
        },
      },
    }
    await handleTriageMessage(broken)(message(fault()), { id: 'm1', dequeueCount: 1 })
    w.clock.pass(61)
    await expect(sweep(broken)()).rejects.toThrow('watch agents: east.')
    w.clock.pass(300)
    await sweep(broken)()
    expect(w.sent()).toMatchObject([{ ended: 'not-started', reason: '403 from the resource manager' }])
  })
})

describe('container groups', () => {
  test('of incidents that are over go, with their slots, and the next incident starts', async () => {
    const { w, incidentId, group } = await running()
    await handleTriageMessage(w.deps)(message(podFault('api')), { id: 'm2', dequeueCount: 1 })
    expect(w.groups.started).toHaveLength(1)
    await report(w, incidentId)
    await sweep(w.deps)()
    const names = (await w.groups.list()).map(({ name }) => name)
    expect(names).toHaveLength(1)
    expect(names).not.toContain(group)
    expect((await w.slots()).map((holder) => holder.incidentId)).not.toContain(incidentId)
  })

  test('of an older fence or of nobody go; what is not ours stays', async () => {
    const { w, incidentId, group } = await running()
    const spec = w.groups.started[0]!
    const zombie = containerGroupName(incidentId, 0)
    await w.groups.start({ ...spec, name: zombie, tags: { ...spec.tags, fence: '0' } })
    await w.groups.start({ ...spec, name: containerGroupName('east.0123456789abcdef.9', 1), tags: {} })
    await w.groups.start({ ...spec, name: 'somebody-elses', tags: {} })
    await sweep(w.deps)()
    expect((await w.groups.list()).map(({ name }) => name).sort()).toEqual(['somebody-elses', group].sort())
  })
})

describe('time moves incidents on', () => {
  test('one that waits too long is skipped with the reason, and may try again when the rush is over', async () => {
    const { w } = await running({ settings: { QUEUE_WAIT_LIMIT_SECONDS: 100, AGENT_TIMEOUT: 3_600 } })
    await handleTriageMessage(w.deps)(message(podFault('api')), { id: 'm2', dequeueCount: 1 })
    const api = async () => (await w.all()).find(({ owner }) => owner.name === 'api')!
    w.clock.pass(99)
    await sweep(w.deps)()
    expect(await api()).toMatchObject({ status: 'queued' })
    w.clock.pass(2)
    await sweep(w.deps)()
    expect(await api()).toMatchObject({ status: 'skipped', reason: 'Overload: no agent was free for 100 s' })

    await handleTriageMessage(w.deps)(message(podFault('api', { receivedAt: '2026-01-12T09:42:40.000Z' })), {
      id: 'm3',
      dequeueCount: 1,
    })
    expect(await api()).toMatchObject({ status: 'skipped', occurrences: 2 })
    w.clock.pass(600)
    await handleTriageMessage(w.deps)(message(podFault('api', { receivedAt: '2026-01-12T09:52:40.000Z' })), {
      id: 'm4',
      dequeueCount: 1,
    })
    expect(await api()).toMatchObject({ status: 'queued', occurrences: 3 })
    await sweep(w.deps)()
    expect(await api()).toMatchObject({ status: 'queued' })
  })

  test('one that is absent for the quiet period is resolved, but not while it is being investigated', async () => {
    const { w, incidentId } = await running({ settings: { AGENT_TIMEOUT: 3_600 } })
    await handleTriageMessage(w.deps)(message(fault({ resolved: true })), { id: 'm2', dequeueCount: 1 })
    w.clock.pass(600)
    await sweep(w.deps)()
    expect(await w.only()).toMatchObject({ status: 'running' })
    await report(w, incidentId)
    await sweep(w.deps)()
    const resolved = await w.only()
    expect(resolved).toMatchObject({ status: 'resolved' })
    expect(resolved.steps.at(-1)!.note).toBe('Not seen since 2026-01-12T09:41:00.000Z')
    const rows = w.incidents.rows()
    await sweep(w.deps)()
    expect(w.incidents.rows()).toEqual(rows)
  })

  test('one that is absent for less stays', async () => {
    const { w, incidentId } = await running()
    await report(w, incidentId)
    await handleTriageMessage(w.deps)(message(fault({ resolved: true })), { id: 'm2', dequeueCount: 1 })
    w.clock.pass(599)
    await sweep(w.deps)()
    expect(await w.only()).toMatchObject({ status: 'reported' })
  })
})

test('a part that fails stops none of the others, and is named', async () => {
  const { w, incidentId } = await running()
  await handleTriageMessage(w.deps)(message(podFault('api')), { id: 'm2', dequeueCount: 1 })
  await report(w, incidentId)
  const broken = {
    ...w.deps,
    groups: {
      ...w.groups,
      list: async () => {
        throw new Error('429')
      },
    },
  }
  await expect(sweep(broken)()).rejects.toThrow('The sweep could not do all: list container groups: 429')
  expect(w.groups.started).toHaveLength(2)
})

describe('notices', () => {
  const told = (w: World) => w.notices.map(({ id }) => id.replace(/east\.[0-9a-f]{16}\.\d+/, 'incident'))

  test('tell that an agent is at work, that it was lost, and nothing twice under another name', async () => {
    const { w, group } = await running()
    w.groups.become(group, { state: 'failed', exitCode: 1 })
    w.clock.pass(61)
    await sweep(w.deps)()
    await sweep(w.deps)()
    expect(told(w)).toEqual(['started:incident:1', 'lost:incident:1'])
  })

  test('of an incident that is over, or got no agent, go out before its move: a crash in between loses none', async () => {
    const { w, incidentId } = await running()
    await report(w, incidentId)
    const stored = (await w.deps.store.current(incidentId))!
    await w.deps.store.update(stored, { absentSince: w.clock.now().toISOString() })
    w.clock.pass(601)
    const noMove = { ...w.deps.store, move: async () => Promise.reject(new Error('died')) }
    await expect(sweep({ ...w.deps, store: noMove })()).rejects.toThrow('died')
    expect(told(w)).toContain('resolved:incident:0')
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('resolved')
    expect(new Set(told(w)).size).toBe(2)
  })
})
