import { expect, onTestFinished, test } from 'vitest'
import { notifyDigests } from '../../../shared/notify/digest.ts'
import { fold, isTooMuch, notifyFolded } from '../../../shared/notify/fold.ts'
import { targetOf } from '../../../shared/notify/route/routing.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { placeWorld } from './place-world.ts'

async function hooked(route: Record<string, unknown> = {}, start?: string) {
  const receiver = await startReceiver(() => ({ status: 200, body: {} }))
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:hook': receiver.url },
    routes: [{ ...route, to: [{ webhook: 'keyvault:hook' }] }],
    ...(start === undefined ? {} : { start }),
  })
  const bodies = () => receiver.received.map(({ body }) => JSON.parse(body))
  const add = (at: number, changes: Record<string, unknown> = {}) => {
    const identity = at.toString(16).padStart(16, '0')
    const namespace = `team-${at % 60}`
    const incidentId = `east.${identity}.1`
    return world.store.insert(incident({ identity, incidentId, namespace, status: 'skipped', reason: 'x', ...changes }))
  }
  const notify = world.deps.again
  return { ...world, bodies, add, notify }
}

test('three hundred notices of one kind in a minute are ten, and one that counts the others', async () => {
  const { bodies, add, event, run, deps, notify } = await hooked()
  for (let at = 0; at < 300; at++) {
    await add(at)
    event('skipped', `east.${at.toString(16).padStart(16, '0')}.1`)
  }
  await run(20)
  expect(new Set(bodies().map(({ id }) => id)).size).toBe(10)
  await notifyFolded({ ...deps, notify })
  await run(100)
  await notifyFolded({ ...deps, notify })
  await run(10)
  const folded = bodies().filter(({ type }) => type.includes('folded'))
  expect(folded).toHaveLength(1)
  expect(JSON.stringify(folded[0])).toMatch(/And 290 more: skipped .*in 60 namespaces/)
  await notifyFolded({ ...deps, notify })
  await run(100)
  expect(bodies().filter(({ type }) => type.includes('folded'))).toHaveLength(1)
})

test('ends are never folded: what was told is closed', async () => {
  const { bodies, add, event, run, store } = await hooked()
  const ids = Array.from({ length: 10 }, (_, at) => `east.${at.toString(16).padStart(16, '0')}.1`)
  for (const [at, id] of ids.entries()) {
    await add(at)
    event('skipped', id)
  }
  await run(10)
  for (const id of [...ids, ...ids].slice(0, 10)) {
    await store.move((await store.current(id))!, 'resolved', { at: new Date('2026-01-12T10:00:00Z'), note: 'over' })
    event('resolved', id)
  }
  await run(20)
  expect(bodies().filter(({ type }) => type.includes('resolved'))).toHaveLength(10)
})

test('what waits for a place was counted at its first try: it is not folded when the place is back', async () => {
  let isAway = true
  const receiver = await startReceiver(() => ({ status: isAway ? 503 : 200, body: {} }))
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:hook': receiver.url },
    routes: [{ to: [{ webhook: 'keyvault:hook' }] }],
  })
  // Opens the breaker of the place.
  for (let at = 0; at < 3; at++)
    await world.deps.breakers.failed(`notices to ${targetOf({ webhook: 'keyvault:hook' }).key}`, 'gone', `${at}`)
  const told = async (from: number, count: number) => {
    for (let at = from; at < from + count; at++) {
      const identity = at.toString(16).padStart(16, '0')
      const incidentId = `east.${identity}.1`
      await world.store.insert(incident({ identity, incidentId, status: 'skipped', reason: 'x' }))
      world.event('skipped', incidentId)
    }
    await world.run(5)
  }
  await told(0, 8)
  await world.run(300)
  await told(20, 8)
  isAway = false
  await world.run(7_200)
  await notifyFolded({ ...world.deps, notify: world.deps.again })
  await world.run(60)
  const bodies = receiver.received.map(({ body }) => JSON.parse(body))
  expect(bodies.filter(({ type }) => type.includes('folded'))).toEqual([])
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(16)
})

test('a delivery of the same message counts no second time, neither told nor folded', async () => {
  const { add, deps } = await hooked()
  const notice = { kind: 'trouble', event: 'x', severity: 'warning', title: 'X', cluster: undefined } as const
  const asked = { ...notice, at: '', about: '', over: false, text: '', facts: [] }
  await add(1)
  for (let again = 0; again < 30; again++) expect(await isTooMuch(deps, 'hook', 'one', asked)).toBe(false)
  for (let at = 0; at < 9; at++) expect(await isTooMuch(deps, 'hook', `n${at}`, asked)).toBe(false)
  expect(await isTooMuch(deps, 'hook', 'eleven', asked)).toBe(true)
  await fold(deps, 'hook', 'eleven', asked)
  await deps.clock.sleep(70_000)
  await fold(deps, 'hook', 'eleven', asked)
  expect(await deps.control.list({ partition: 'folded', limit: 10 })).toHaveLength(1)
})

test('a digest goes to all places of its route, also where other routes lead to one of them alone', async () => {
  const [one, two] = [
    await startReceiver(() => ({ status: 200, body: {} })),
    await startReceiver(() => ({ status: 200, body: {} })),
  ]
  onTestFinished(one.stop)
  onTestFinished(two.stop)
  const digest = { at: '09:00', timezone: 'UTC' }
  const { deps, store, run } = await placeWorld({
    addresses: { 'keyvault:one': one.url, 'keyvault:two': two.url },
    routes: [
      { severity_threshold: 'critical', digest, to: [{ webhook: 'keyvault:one' }, { webhook: 'keyvault:two' }] },
      { to: [{ webhook: 'keyvault:one' }] },
    ],
    start: '2026-01-12T09:30:00Z',
  })
  await store.insert(incident({ severity: 'warning', lastSeen: '2026-01-12T09:00:00.000Z' }))
  await notifyDigests({ ...deps, notify: deps.again, store })
  await run(60)
  expect([one.received.length, two.received.length]).toEqual([1, 1])
})

test('a digest tells once a day, at its time, what stayed below the threshold or was muted', async () => {
  const digest = { at: '09:00', timezone: 'UTC' }
  const { bodies, add, run, deps, notify, store } = await hooked(
    { severity_threshold: 'critical', digest },
    '2026-01-12T08:30:00Z',
  )
  await add(1, { severity: 'warning', lastSeen: '2026-01-12T08:00:00.000Z' })
  await add(2, { severity: 'critical', skip: 'muted', lastSeen: '2026-01-12T08:00:00.000Z' })
  await add(3, { severity: 'critical', status: 'reported', lastSeen: '2026-01-12T08:00:00.000Z' })
  const pass = async (seconds: number) => {
    await notifyDigests({ ...deps, notify, store })
    await run(seconds)
  }
  await pass(1_900)
  expect(bodies()).toEqual([])
  await pass(60)
  await pass(60)
  expect(bodies()).toHaveLength(1)
  const text = JSON.stringify(bodies()[0])
  expect(text).toMatch(/Digest: 2 incidents were not told/)
  expect(text).toMatch(/Muted \(1\).*Not bad enough \(1\)/)
  await pass(86_400)
  await pass(60)
  expect(bodies()).toHaveLength(1)
})
