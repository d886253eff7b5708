import { describe, expect, test } from 'vitest'
import type { Mute } from '../../../shared/incident/mute.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { launchWaiting } from '../../../shared/triage/launch-waiting.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, fault, message, type World, world } from './world.ts'

const mute = (w: World, seconds: number, match: Mute['match'] = { namespace: ['shop'] }) => {
  const until = new Date(w.clock.now().getTime() + seconds * 1000).toISOString()
  const one: Mute = { id: 'm1', match, until, reason: 'load test', source: 'asked' }
  w.mutes.push(one)
  return one
}
let count = 0
const tell = (w: World, ...faults: unknown[]) =>
  handleTriageMessage(w.deps)(message(...(faults.length === 0 ? [fault()] : faults)), {
    id: `m${++count}`,
    dequeueCount: 1,
  })
const reported = async (w: World) => {
  const { incidentId } = await w.only()
  const stored = (await w.deps.store.current(incidentId))!
  const changes = { reportedAt: w.clock.now().toISOString(), outcome: 'cause' }
  await w.deps.store.move(stored, 'reported', { at: w.clock.now(), note: 'done', changes })
  return incidentId
}

describe('what is muted', () => {
  test('is recorded and counted, gets no agent, and waits for one when the mute is over', async () => {
    const w = world()
    mute(w, 3_600)
    await tell(w)
    await tell(w, fault({ faultId: 'another-fault-id' }))
    expect(await w.only()).toMatchObject({ status: 'skipped', occurrences: 2, muted: { id: 'm1' } })
    expect((await w.only()).reason).toBe('Muted until 2026-01-12 10:41 UTC: load test')
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('skipped')
    w.clock.pass(3_601)
    await sweep(w.deps)()
    const { status, muted, steps } = await w.only()
    expect({ status, muted }).toEqual({ status: 'running', muted: undefined })
    expect(steps.map(({ note }) => note).join('; ')).toContain('The mute is over and it is still there')
  })
  test('and is over before the mute is: nobody ever hears of it', async () => {
    const w = world()
    mute(w, 7_200)
    await tell(w)
    await tell(w, fault({ resolved: true }))
    w.clock.pass(3_600)
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('resolved')
    expect(await w.slots()).toEqual([])
  })
  test('waits for an agent no more when the mute comes later', async () => {
    const w = world({ settings: { MAX_CONCURRENT_AGENTS: 1 } })
    await tell(w)
    await tell(w, fault({ faultId: 'x', resource: { ...fault().resource, name: 'api-6bf586c785-chf5m' } }))
    mute(w, 60, { name: ['api'] })
    await sweep(w.deps)()
    const states = (await w.all()).map(({ owner, status }) => `${owner.name} ${status}`).sort()
    expect(states).toEqual(['api skipped', 'web running'])
  })
  test('one that has its report is told again when the mute is over, once', async () => {
    const w = world()
    await tell(w)
    const id = await reported(w)
    mute(w, 600)
    await sweep(w.deps)()
    expect((await w.only()).muted).toMatchObject({ id: 'm1', reason: 'load test' })
    const before = w.notices.length
    w.clock.pass(601)
    await sweep(w.deps)()
    await sweep(w.deps)()
    const told = w.notices.slice(before).filter((one) => one.type === 'incident' && one.event === 'reported')
    expect(told).toMatchObject([{ incidentId: id }])
    expect(told[0]!.id).toContain(':unmuted-')
  })
  test('what changed meanwhile is investigated again', async () => {
    const w = world()
    await tell(w, fault({ mark: 'exit 1' }))
    await reported(w)
    mute(w, 600)
    await tell(w, fault({ mark: 'exit 137' }))
    expect((await w.only()).status).toBe('reported')
    w.clock.pass(601)
    await sweep(w.deps)()
    expect(await w.only()).toMatchObject({ status: 'running', fence: 2 })
  })
  test('a mute that is taken back, or made longer, counts at once', async () => {
    const w = world()
    mute(w, 3_600)
    await tell(w)
    w.mutes[0] = { ...w.mutes[0]!, until: '2026-01-12T12:00:00.000Z' }
    await sweep(w.deps)()
    expect((await w.only()).reason).toContain('12:00')
    w.mutes.length = 0
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('running')
  })
  test('one that a mute does not cover keeps no mark of it, whatever type its next faults have', async () => {
    const w = world()
    await tell(w)
    await reported(w)
    mute(w, 86_400, { class: ['OOMKilled'] })
    for (let pass = 0; pass < 3; pass++) {
      await tell(w, fault({ faultId: `oom-${pass}`, faultType: 'OOMKilled' }))
      expect((await w.only()).muted).toBeUndefined()
      await sweep(w.deps)()
    }
    expect(w.notices.filter(({ id }) => id.includes(':unmuted-'))).toEqual([])
  })
  test('one that got no agent for lack of room is told so when the mute is over, once', async () => {
    const w = world()
    await tell(w)
    const { incidentId } = await w.only()
    // As if it had waited in vain and been muted before that was told.
    const stored = (await w.deps.store.insert({
      ...(await w.only()),
      ...{ identity: 'f'.repeat(16), incidentId: `east.${'f'.repeat(16)}.1`, status: 'skipped', skip: 'queue-full' },
    }))!
    mute(w, 600)
    await sweep(w.deps)()
    expect((await w.deps.store.current(stored.incident.incidentId))!.incident.muted).toBeDefined()
    w.clock.pass(601)
    const before = w.notices.length
    await sweep(w.deps)()
    await sweep(w.deps)()
    const told = w.notices.slice(before).filter((one) => one.type === 'incident' && one.incidentId !== incidentId)
    expect(told).toMatchObject([{ event: 'skipped', id: expect.stringContaining(':unmuted-') }])
    expect((await w.deps.store.current(stored.incident.incidentId))!.incident.skip).toBe('queue-full')
  })
  test('gets no agent when the mute is over where triage was switched off meanwhile', async () => {
    for (const triage of [{ enabled: false }, { severity_threshold: 'critical' as const }]) {
      const w = world()
      mute(w, 600)
      await tell(w, fault({ severity: 'warning' }))
      w.known.set('east', cluster('east', triage))
      w.clock.pass(601)
      await sweep(w.deps)()
      const { status, skip, muted } = await w.only()
      expect({ status, muted }).toEqual({ status: 'skipped', muted: undefined })
      expect(skip).toBe(triage.severity_threshold === undefined ? 'triage-off' : 'below-threshold')
      expect(await w.slots()).toEqual([])
    }
  })
  test('what is investigated again after a mute is taken on by nobody yet, and remembers what was found', async () => {
    const w = world()
    await tell(w, fault({ mark: 'exit 1' }))
    const id = await reported(w)
    const acknowledged = { at: w.clock.now().toISOString(), by: 'ada', note: '' }
    await w.deps.store.update((await w.deps.store.current(id))!, { acknowledged, rootCause: 'Deployment/web oom' })
    mute(w, 600)
    await tell(w, fault({ mark: 'exit 137' }))
    w.clock.pass(601)
    await sweep(w.deps)()
    const { status, causeBefore, ...rest } = await w.only()
    expect([status, causeBefore, rest.acknowledged]).toEqual(['running', 'Deployment/web oom', undefined])
  })
  test('of more than a list holds at once the oldest are looked at, too', async () => {
    const w = world()
    await tell(w)
    const first = await w.only()
    const ids = Array.from({ length: 1_200 }, (_, at) => at.toString(16).padStart(16, '0'))
    for (const identity of ids) {
      const lastSeen = new Date(w.clock.now().getTime() - Number.parseInt(identity, 16) * 1000).toISOString()
      const incidentId = `east.${identity}.1`
      await w.deps.store.insert({ ...first, identity, incidentId, lastSeen, status: 'reported', fence: 1 })
    }
    mute(w, 600, { cluster: ['east'] })
    await sweep(w.deps)()
    const { items } = await w.deps.store.list({ open: true, muted: false }, 2_000)
    expect(items).toEqual([])
  })
  test('what is muted while it waits takes no slot before the sweep sends it away', async () => {
    const w = world({ settings: { MAX_CONCURRENT_AGENTS: 1 } })
    await tell(w)
    await tell(w, fault({ faultId: 'x', resource: { ...fault().resource, name: 'api-6bf586c785-chf5m' } }))
    mute(w, 600, { name: ['api'] })
    const { incidentId } = (await w.all()).find(({ status }) => status === 'running')!
    await w.deps.store.move((await w.deps.store.current(incidentId))!, 'failed', { at: w.clock.now(), note: 'x' })
    expect(await launchWaiting(w.deps)()).toEqual([])
  })
  test('whoever is at it is not told again, until it gets worse', async () => {
    const w = world()
    await tell(w, fault({ severity: 'warning', harm: '1 of 2 ready' }))
    const id = await reported(w)
    const acknowledged = { at: w.clock.now().toISOString(), by: 'ada', note: '' }
    await w.deps.store.update((await w.deps.store.current(id))!, { acknowledged })
    mute(w, 600)
    await sweep(w.deps)()
    w.clock.pass(601)
    const before = w.notices.length
    await sweep(w.deps)()
    expect(w.notices.slice(before)).toEqual([])
    const worse = { severity: 'critical', harm: '0 of 2 ready', receivedAt: w.clock.now().toISOString() }
    await tell(w, fault(worse))
    const { severity, ...rest } = await w.only()
    expect([severity, rest.acknowledged]).toEqual(['critical', undefined])
    expect(w.notices.at(-1)).toMatchObject({ event: 'reported', id: expect.stringContaining('critical') })
  })
})
