import { expect, onTestFinished, test } from 'vitest'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { startSlackApi } from '../../fakes/slack-api.ts'
import { incident } from '../report/sample.ts'
import { pagerDutyModel, placeWorld } from './place-world.ts'

const at = '2026-01-12T09:41:08.000Z'
const reported = (changes = {}) => incident({ status: 'reported', reportedAt: at, ...changes })
const second = { incidentId: 'east.0123456789abcdef.2', generation: 2 }

async function paged(options: Partial<Parameters<typeof placeWorld>[0]> = {}) {
  const model = pagerDutyModel()
  const receiver = await startReceiver(model.well)
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:pd': `${receiver.url}/v2/enqueue` },
    routes: [{ to: [{ pagerduty: 'keyvault:pd' }] }],
    first: reported(),
    ...options,
  })
  return { ...world, model, receiver }
}

test('what ends before it could be told is never told: no page that nobody closes', async () => {
  const { event, move, run, receiver, model, kept } = await paged()
  receiver.next(503, 503, 503)
  event('reported')
  await run(5)
  event('resolved', undefined, 2)
  await move('resolved')
  await run(3_600)
  expect({ triggers: model.triggers().length, open: model.open.size, kept }).toEqual({ triggers: 0, open: 0, kept: [] })
})

test('a trigger whose answer was lost is resolved: the place may have it', async () => {
  const { event, move, run, receiver, model } = await paged()
  receiver.next(504)
  event('reported')
  await run(5)
  await move('resolved')
  event('resolved')
  await run(3_600)
  expect(model.events.map(({ action }) => action)).toEqual(['resolve'])
})

test('in quiet hours what ends before their end is told nobody; what goes on is told, and closed', async () => {
  const quiet = { from: '09:00', to: '10:00', timezone: 'UTC' }
  for (const resolvedAfter of [60, 3_000]) {
    const { event, move, run, model } = await paged({
      routes: [{ quiet_hours: quiet, to: [{ pagerduty: 'keyvault:pd' }] }],
    })
    event('reported')
    await run(resolvedAfter)
    await move('resolved')
    event('resolved')
    await run(7_200)
    expect(model.open.size).toBe(0)
    expect(model.events.map(({ action }) => action)).toEqual(resolvedAfter === 60 ? [] : ['trigger', 'resolve'])
  }
})

test('a late end of one generation does nothing to the next', async () => {
  const { event, move, run, receiver, model, store } = await paged()
  event('reported')
  await run(60)
  receiver.next(503, 503, 503)
  await move('resolved')
  event('resolved')
  await run(5)
  const stored = (await store.current(incident().incidentId))!
  await store.openNextGeneration(stored, reported(second))
  event('reported', second.incidentId)
  await run(3_600)
  expect([...model.open]).toEqual([second.incidentId])
  await move('resolved', second.incidentId)
  event('resolved', second.incidentId)
  await run(60)
  expect(model.open.size).toBe(0)
})

test('what was paged is closed although it is below the threshold by then, and its route, secret or cluster is gone', async () => {
  for (const change of ['threshold', 'route', 'secret'] as const) {
    const { event, move, run, model, world, receiver } = await paged()
    event('reported')
    await run(60)
    expect(model.open.size).toBe(1)
    if (change === 'threshold') world.routes = [{ ...world.routes[0]!, match: { cluster: ['other'] } }]
    if (change === 'route') world.routes = []
    if (change === 'secret') {
      world.addresses = { 'keyvault:renamed': `${receiver.url}/v2/enqueue` }
      world.routes = [{ ...world.routes[0]!, to: [{ pagerduty: 'keyvault:renamed' }] }]
    }
    await move('resolved')
    event('resolved')
    await run(60)
    expect({ change, open: model.open.size }).toEqual({ change, open: 0 })
  }
})

test('one page for one fault, whatever follows: started, reported, reported again after a person closed it', async () => {
  const { event, move, run, model, receiver } = await paged({ first: incident({ status: 'running' }) })
  event('started')
  await run(30)
  expect(model.triggers()).toMatchObject([{ severity: 'critical' }])
  model.open.clear()
  await move('reported')
  event('reported')
  event('started')
  await run(30)
  expect(model.triggers()).toHaveLength(1)
  expect(receiver.received.map(({ path }) => path)).toEqual(['/v2/enqueue', '/v2/change/enqueue'])
})

test('something critical that waits for an agent pages at once, and the rest of its life adds no page', async () => {
  const { event, move, run, model, store, receiver, now } = await paged({ first: incident({ status: 'queued' }) })
  event('opened')
  await run(1)
  expect(model.triggers()).toMatchObject([{ severity: 'critical' }])
  const stored = (await store.current(incident().incidentId))!
  await store.move(stored, 'running', { at: new Date(now()), note: 'x', changes: { fence: 2 } })
  event('started')
  await move('reported')
  event('reported')
  await run(30)
  await move('resolved')
  event('resolved')
  await run(30)
  expect(model.events.map(({ action }) => action)).toEqual(['trigger', 'resolve'])
  expect(receiver.received.filter(({ path }) => path.includes('change'))).toHaveLength(1)
})

test('with page: after-report nobody is woken before there is one', async () => {
  const { event, move, run, model } = await paged({
    first: incident({ status: 'running' }),
    routes: [{ to: [{ pagerduty: 'keyvault:pd', page: 'after-report' }] }],
  })
  event('started')
  await run(30)
  expect(model.triggers()).toEqual([])
  await move('reported')
  event('reported')
  await run(30)
  expect(model.triggers()).toHaveLength(1)
})

test('own troubles have own keys, and the end of one closes that one', async () => {
  const { send, run, model } = await paged()
  const since = '2026-01-12T09:31:08.000Z'
  const lost = (cluster: string, at = since) => ({
    ...{ type: 'unreachable', id: `unreachable:${cluster}:${at}`, cluster, since: at, error: 'no' },
  })
  const degraded = (what: string) => ({
    ...{ type: 'degraded', id: `degraded:${what}:1`, what, failures: 3, since, reasons: [] },
  })
  for (const one of [lost('a'), lost('b'), lost('a-b'), degraded('the model x'), degraded('notices to y')]) send(one)
  await run(60)
  expect(model.open.size).toBe(5)
  send({ type: 'reachable', id: `reachable:a:${since}`, cluster: 'a', since, until: at })
  await run(60)
  expect(model.open.size).toBe(4)
  expect([...model.open].some((key) => key.startsWith('cluster a since'))).toBe(false)
  for (const key of model.open) expect(key.length).toBeLessThanOrEqual(255)
})

test('a trouble that is over while it waited for its place is not told there any more', async () => {
  const { send, run, receiver, model } = await paged()
  const since = '2026-01-12T09:31:08.000Z'
  receiver.next(503, 503, 503)
  send({ type: 'unreachable', id: 'unreachable:a', cluster: 'a', since, error: 'no' })
  await run(5)
  send({ type: 'reachable', id: 'reachable:a', cluster: 'a', since, until: at })
  await run(7_200)
  expect(model.events).toEqual([])
})

test('a refusal after a try whose answer was lost forgets nothing: the end is told', async () => {
  const { event, move, run, receiver, model } = await paged()
  // Taken, and its answer lost; then down, and so nothing is known of the first.
  receiver.next({ status: 504 }, 503, 503, 503)
  event('reported')
  await run(60)
  await move('resolved')
  event('resolved')
  await run(3_600)
  expect(model.events.map(({ action }) => action)).toEqual(['resolve'])
})

test('once somebody has begun to tell the end, no begin is told any more', async () => {
  const { send, run, receiver, model } = await paged()
  const since = '2026-01-12T09:31:08.000Z'
  receiver.next(504)
  send({ type: 'unreachable', id: 'unreachable:a', cluster: 'a', since, error: 'no' })
  await run(5)
  receiver.next(504)
  send({ type: 'reachable', id: 'reachable:a', cluster: 'a', since, until: at })
  await run(3_600)
  expect(model.events.map(({ action }) => action)).toEqual(['resolve'])
})

test('the bot’s message ends green, whatever was late, in the channel where it stands', async () => {
  const slack = await startSlackApi()
  onTestFinished(slack.stop)
  const { event, move, run, world } = await placeWorld({
    addresses: { 'keyvault:bot': slack.apiUrl },
    routes: [{ to: [{ slack: 'keyvault:bot', channel: 'C1' }] }],
    first: incident({ status: 'running' }),
  })
  event('started')
  await run(10)
  await move('reported')
  slack.next({ status: 307, headers: { location: 'https://login.example/' } })
  event('reported')
  await run(5)
  world.routes = [{ ...world.routes[0]!, to: [{ slack: 'keyvault:bot', channel: 'C2' }] }]
  await move('resolved')
  event('resolved')
  await run(7_200)
  expect(slack.roots().map(({ text }) => text.slice(0, 11))).toEqual([expect.stringContaining('Resolved')])
})

test('a slow place delays no other', async () => {
  const { event, run, model, world, receiver } = await paged()
  const slow = await startReceiver()
  onTestFinished(slow.stop)
  slow.next('silent')
  world.addresses['keyvault:slow'] = slow.url
  world.routes = [{ ...world.routes[0]!, to: [{ teams: 'keyvault:slow' }, { pagerduty: 'keyvault:pd' }] }]
  event('reported')
  const began = performance.now()
  const done = run(1)
  while (model.open.size === 0 && performance.now() - began < 5_000) await new Promise((go) => setTimeout(go, 5))
  expect(receiver.received).toHaveLength(1)
  expect(performance.now() - began).toBeLessThan(450)
  await done
})

test('an end that meets its begin just as that sets out waits for what becomes of it, and closes it', async () => {
  const model = pagerDutyModel()
  const page = await startReceiver(model.well)
  onTestFinished(page.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:page': page.url },
    routes: [{ to: [{ pagerduty: 'keyvault:page' }] }],
  })
  const since = '2026-01-12T09:30:00.000Z'
  const common = { version: 1, at: since, cluster: 'east', since } as const
  const begin = { ...common, id: `unreachable:${since}`, type: 'unreachable', error: 'no route', reasons: [] } as const
  const end = { ...common, id: `reachable:${since}`, type: 'reachable', until: '2026-01-12T09:41:00.000Z' } as const
  // Another process tells the begin between the first and the second time that the end looks at the line.
  let begun = false
  const control = {
    ...world.control,
    get: async (partition: string, key: string) => {
      const row = await world.control.get(partition, key)
      if (partition === 'notices' && !begun) {
        begun = true
        await handleNotice(world.deps)(begin)
      }
      return row
    },
  }
  await handleNotice({ ...world.deps, control })(end)
  await world.run(60)
  expect(model.events.map(({ action }) => action)).toEqual(['trigger', 'resolve'])
  expect([...model.open]).toEqual([])
})
