import { expect, onTestFinished, test } from 'vitest'
import { Route } from '../../../shared/config/notifications.ts'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { placeWorld } from './place-world.ts'

async function posted(answer: Parameters<typeof startReceiver>[0] = () => ({ status: 200, body: {} })) {
  const receiver = await startReceiver(answer)
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:hook': receiver.url },
    routes: [{ to: [{ webhook: 'keyvault:hook' }] }],
    first: incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' }),
  })
  const { control, clock, random } = world.deps
  const mute = (match: Parameters<ReturnType<typeof muteBook>['add']>[0]['match'], minutes: number) =>
    muteBook({ control, clock, random }).add({ match, until: new Date(world.now() + minutes * 60_000), reason: 'test' })
  return { ...world, receiver, mute }
}

test('a muted incident is told nowhere, and carries the mark that brings it back', async () => {
  const { event, run, receiver, mute, store } = await posted()
  await mute({ name: ['web'] }, 60)
  event('reported')
  await run(600)
  expect(receiver.received).toEqual([])
  const { muted, steps } = (await store.current(incident().incidentId))!.incident
  expect(muted).toMatchObject({ reason: 'test' })
  expect(steps.at(-1)?.note).toMatch(/^Muted until .*: test$/)
})

test('what was told before the mute is closed during it', async () => {
  const { event, move, run, receiver, mute } = await posted()
  event('reported')
  await run(60)
  await mute({ cluster: ['*'] }, 600)
  await move('resolved')
  event('resolved')
  await run(600)
  // A slow machine may make it post twice: the receiver dedups by its id.
  const types = new Set(receiver.received.map(({ body }) => JSON.parse(body).type))
  expect([...types]).toEqual([expect.stringContaining('reported'), expect.stringContaining('resolved')])
})

test('trouble with a cluster waits for the end of the mute of its cluster, and is not told when it is over by then', async () => {
  for (const back of [false, true]) {
    const { send, run, receiver, mute, now } = await posted()
    await mute({ cluster: ['east'] }, 30)
    const since = new Date(now()).toISOString()
    send({ id: `unreachable:east:${since}`, type: 'unreachable', cluster: 'east', since, error: 'no route to host' })
    await run(600)
    if (back) send({ id: `reachable:east:${since}`, type: 'reachable', cluster: 'east', since, until: since })
    expect(receiver.received).toEqual([])
    await run(1_800)
    expect(receiver.received).toHaveLength(back ? 0 : 1)
  }
})

test('trouble that a mute held for days is tried as long as any other, and not given up as old', async () => {
  let isAway = true
  const { send, run, receiver, mute, now, kept } = await posted(() => ({ status: isAway ? 503 : 200, body: {} }))
  await mute({ cluster: ['east'] }, 3 * 24 * 60)
  const since = new Date(now()).toISOString()
  send({ id: `unreachable:east:${since}`, type: 'unreachable', cluster: 'east', since, error: 'no route to host' })
  await run(3 * 86_400 + 3_600)
  expect(receiver.received.length).toBeGreaterThan(1)
  expect(kept).toEqual([])
  isAway = false
  await run(3_600)
  expect(JSON.parse(receiver.received.at(-1)!.body).type).toContain('unreachable')
})

test('quiet hours of days, one after another route, do not make it old either', async () => {
  let isAway = true
  const { send, run, receiver, now, kept, world } = await posted(() => ({ status: isAway ? 503 : 200, body: {} }))
  world.routes = [
    Route.parse({
      quiet_hours: { from: '00:00', to: '23:59', timezone: 'UTC' },
      to: [{ webhook: 'keyvault:hook' }],
    }),
  ]
  const since = new Date(now() - 86_400_000).toISOString()
  const at = since
  send({ id: `unreachable:east:${since}`, at, type: 'unreachable', cluster: 'east', since, error: 'no route' })
  await run(53_400)
  expect(receiver.received.length).toBeGreaterThan(0)
  expect(kept).toEqual([])
  isAway = false
  await run(7_200)
  expect(JSON.parse(receiver.received.at(-1)!.body).type).toContain('unreachable')
})

test('a mute that is taken back lets go what it held within a minute or so', async () => {
  const { send, run, receiver, mute, now, deps } = await posted()
  const { id } = await mute({ cluster: ['east'] }, 30 * 24 * 60)
  const since = new Date(now()).toISOString()
  send({ id: `unreachable:east:${since}`, type: 'unreachable', cluster: 'east', since, error: 'no route to host' })
  await run(3_600)
  expect(receiver.received).toEqual([])
  await muteBook(deps).remove(id)
  await run(90)
  expect(receiver.received).toHaveLength(1)
})

test('of a muted incident is not told either that its agent is gone', async () => {
  const { send, run, receiver, mute } = await posted()
  const { incidentId, cluster, namespace } = incident()
  const lost = (id: string) => send({ id, type: 'agent-lost', incidentId, cluster, reason: 'gone' })
  await mute({ namespace: [namespace!] }, 60)
  lost('lost:1')
  await run(600)
  expect(receiver.received).toEqual([])
  await run(4_000)
  lost('lost:2')
  await run(60)
  expect(receiver.received).toHaveLength(1)
})
