import { expect, test } from 'vitest'
import type { Incident } from '../../../shared/incident/incident.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { joinCauses } from '../../../shared/report/join-causes.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from './sample.ts'

const claim = 'PersistentVolumeClaim/queue/data-broker-0 StorageClassNotFound'
const one = (identity: string, changes: Partial<Incident>): Incident => ({
  ...incident(),
  incidentId: `east.${identity}.1`,
  cluster: 'east',
  identity,
  namespace: 'queue',
  status: 'reported',
  outcome: 'cause',
  rootCause: claim,
  reportedAt: '2026-01-12T09:41:00.000Z',
  ...changes,
})
const elder = one('a'.repeat(16), {})
const younger = one('b'.repeat(16), { reportedAt: '2026-01-12T09:42:00.000Z', severity: 'critical' })

async function world(...incidents: readonly Incident[]) {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  for (const each of incidents) await store.insert(each)
  const deps = {
    store,
    clock: { now: () => new Date('2026-01-12T09:43:00Z'), sleep: async () => {} },
    random: () => 0.5,
    log: createLog('error', () => {}),
  }
  return {
    join: (about: Incident) => joinCauses(deps, about),
    of: async (about: Incident) => (await store.current(about.incidentId))?.incident,
  }
}

test('two verdicts on the same object and mechanism are one incident: the first stays, the other is its member', async () => {
  const w = await world({ ...elder, severity: 'warning' }, younger)
  expect(await w.join(elder)).toBe(false)
  expect(await w.join(younger)).toBe(true)
  expect(await w.of(younger)).toMatchObject({ status: 'skipped', mutedBy: elder.incidentId })
  expect(await w.of(elder)).toMatchObject({ memberKeys: [younger.identity], severity: 'critical', status: 'reported' })
})

test('another mechanism of the same object, and what is over, joins nothing', async () => {
  const other = { ...younger, rootCause: 'PersistentVolumeClaim/queue/data-broker-0 VolumeFull' }
  expect(await (await world(elder, other)).join(other)).toBe(false)
  const over = { ...elder, absentSince: '2026-01-12T09:42:30.000Z' }
  expect(await (await world(over, younger)).join(younger)).toBe(false)
})

test('what waits and hangs on the cause that was found needs no agent of its own', async () => {
  const { rootCause: _, outcome: __, ...unknown } = one('c'.repeat(16), {})
  const waiting: Incident = {
    ...unknown,
    status: 'queued',
    fence: 0,
    context: 'Pod cannot be scheduled: persistentvolumeclaim "data-broker-0" is not bound',
  }
  const unrelated = { ...waiting, identity: 'd'.repeat(16), incidentId: `east.${'d'.repeat(16)}.1`, context: 'exit 1' }
  const w = await world(elder, waiting, unrelated)
  await w.join(elder)
  expect(await w.of(waiting)).toMatchObject({ status: 'skipped', mutedBy: elder.incidentId })
  expect(await w.of(unrelated)).toMatchObject({ status: 'queued' })
})

test('one that was published by a slower clock takes over those that stand, and none is left with two', async () => {
  const w = await world(younger)
  expect(await w.join(younger)).toBe(false)
  const late = await world(elder, younger)
  expect(await late.join(elder)).toBe(false)
  expect(await late.of(younger)).toMatchObject({ status: 'skipped', mutedBy: elder.incidentId })
  expect(await late.of(elder)).toMatchObject({ status: 'reported', memberKeys: [younger.identity] })
})

test('a step that is repeated never makes the first the member of its member', async () => {
  const w = await world(elder, younger)
  const { reportedAt: _, ...copy } = elder
  expect(await w.join(copy)).toBe(false)
  expect(await w.join(younger)).toBe(true)
  expect(await w.of(elder)).toMatchObject({ status: 'reported' })
})

test('one that a look missed just before its report gives way all the same, and explains no other', async () => {
  const missed = { ...younger, absentSince: '2026-01-12T09:41:50.000Z' }
  const w = await world(elder, missed)
  expect(await w.join(missed)).toBe(true)
  expect(await w.of(missed)).toMatchObject({ status: 'skipped', mutedBy: elder.incidentId })
  const first = { ...elder, absentSince: '2026-01-12T09:40:50.000Z' }
  const other = await world(first, younger)
  expect(await other.join(first)).toBe(false)
  expect(await other.of(younger)).toMatchObject({ status: 'reported' })
})
