import { expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, fault, message, podFault, world } from './world.ts'

/** Three incidents in east, one in west; east leaves. */
async function left(how: { readonly removed: boolean }) {
  const w = world({ clusters: [cluster('east', { enabled: false }), cluster('west', { enabled: false })] })
  const faults = [...['a', 'b', 'c'].map((name) => podFault(name)), fault({ cluster: 'west' })]
  await handleTriageMessage(w.deps)(message(...faults), { id: 'm1', dequeueCount: 1 })
  const row = { status: 'disconnected', statusSince: w.clock.now().toISOString(), ...how, enabled: how.removed }
  await w.clusterRows.insert('clusters', 'east', row)
  await w.clusterRows.insert('clusters', 'west', { status: 'active' })
  w.known.delete('east')
  const open = async () => (await w.all()).flatMap((one) => (one.status === 'resolved' ? [] : [one.cluster]))
  return { w, open, row }
}

test.each([
  { removed: true, words: 'No longer watched: its cluster is not in the configuration any more' },
  { removed: false, words: 'No longer watched: its cluster is switched off' },
])('a cluster that leaves ($removed) takes its open incidents with it, each told once', async ({ removed, words }) => {
  const { w, open } = await left({ removed })
  w.clock.pass(100)
  await sweep(w.deps)()
  expect(await open()).toHaveLength(4)
  w.clock.pass(30)
  await sweep(w.deps)()
  await sweep(w.deps)()
  expect(await open()).toEqual(['west'])
  const ended = (await w.all()).filter((one) => one.status === 'resolved')
  expect(ended.map(({ steps }) => steps.at(-1)!.note)).toEqual([words, words, words])
  const told = w.notices.filter((one) => one.type === 'incident' && one.event === 'resolved')
  expect(new Set(told.map(({ id }) => id)).size).toBe(3)
  expect(told).toHaveLength(3)
})

test('one that is configured again by then keeps its incidents, whatever its row says', async () => {
  const { w, open } = await left({ removed: true })
  w.known.set('east', cluster('east', { enabled: false }))
  w.clock.pass(200)
  await sweep(w.deps)()
  expect(await open()).toHaveLength(4)
})

test('one that is being investigated waits for its report, and is closed then', async () => {
  const w = world()
  await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
  const { incidentId } = await w.only()
  await w.clusterRows.insert('clusters', 'east', { statusSince: w.clock.now().toISOString(), removed: true })
  w.known.delete('east')
  w.clock.pass(130)
  await sweep(w.deps)()
  expect((await w.only()).status).toBe('running')
  const stored = (await w.deps.store.current(incidentId))!
  await w.deps.store.move(stored, 'reported', { at: w.clock.now(), note: 'done', fence: stored.incident.fence })
  await sweep(w.deps)()
  expect((await w.only()).status).toBe('resolved')
})

test('after it has nothing open, a cluster that left costs no request for its incidents', async () => {
  const { w, row } = await left({ removed: true })
  w.clock.pass(130)
  for (let pass = 0; pass < 2; pass++) await sweep(w.deps)()
  let lists = 0
  const counting = {
    ...w.deps.store,
    list: async (...input: Parameters<typeof w.deps.store.list>) => {
      if (input[0].cluster === 'east') lists += 1
      return w.deps.store.list(...input)
    },
  }
  await sweep({ ...w.deps, store: counting })()
  expect(lists).toBe(0)
  // Here again, and gone again.
  w.clock.pass(10)
  const now = (await w.clusterRows.get('clusters', 'east'))!
  await w.clusterRows.replace(now, { ...row, statusSince: w.clock.now().toISOString() })
  w.clock.pass(130)
  await sweep({ ...w.deps, store: counting })()
  expect(lists).toBe(1)
})
