import { expect, onTestFinished, test } from 'vitest'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { placeWorld } from './place-world.ts'

async function posted() {
  const receiver = await startReceiver(() => ({ status: 200, body: {} }))
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
