import { createHmac } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { webhook } from '../../../shared/notify/channels/webhook/webhook.ts'
import { wakePlace, wakeWaiting } from '../../../shared/notify/wake.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { startSlackApi } from '../../fakes/slack-api.ts'
import { incident } from '../report/sample.ts'
import { pagerDutyModel, placeWorld } from './place-world.ts'

const at = '2026-01-12T09:41:08.000Z'
const reported = (changes = {}) => incident({ status: 'reported', reportedAt: at, ...changes })
const numbered = (index: number) => {
  const identity = String(index).padStart(16, '0')
  return reported({ identity, incidentId: `east.${identity}.1` })
}

test('what gets critical after it was too little for a place pages there, once, and is closed', async () => {
  const model = pagerDutyModel()
  const receiver = await startReceiver(model.well)
  onTestFinished(receiver.stop)
  const { event, run, store, move } = await placeWorld({
    addresses: { 'keyvault:pd': `${receiver.url}/v2/enqueue` },
    routes: [{ severity_threshold: 'critical', to: [{ pagerduty: 'keyvault:pd' }] }],
    first: reported({ severity: 'warning' }),
  })
  event('reported')
  await run(60)
  expect(model.events).toEqual([])
  await store.update((await store.current(incident().incidentId))!, { severity: 'critical' })
  event('reported')
  await run(60)
  // Under the name of its rise: the first was not wanted, and is nobody's.
  expect(model.triggers()).toMatchObject([{ severity: 'critical' }])
  await move('resolved')
  event('resolved')
  await run(60)
  expect(model.open.size).toBe(0)
})

test('a receiver that was down for seven minutes gets a fresh time and signature under the same id', async () => {
  const key = 'a-signing-key-of-this-test'
  let now = () => 0
  const accepted: string[] = []
  const receiver = await startReceiver(({ headers, body }) => {
    const [id, stamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])]
    const mac = createHmac('sha256', key).update(`${id}.${stamp}.${body}`).digest('base64')
    if (Math.abs(now() / 1000 - Number(stamp)) > 300 || headers['webhook-signature'] !== `v1,${mac}`) return 401
    accepted.push(`${id} ${JSON.parse(body).time}`)
    return 200
  })
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:hook': receiver.url },
    routes: [{ to: [{ webhook: 'keyvault:hook' }] }],
    first: reported(),
  })
  now = world.now
  const clock = { ...world.deps.clock }
  Object.assign(world.deps, {
    open: async () => webhook({ url: receiver.url, signingKey: key }, { clock, timeoutMs: 500 }),
  })
  receiver.next(...Array.from({ length: 9 }, () => 503))
  world.event('reported')
  await world.run(3_600)
  expect(accepted).toEqual([`reported:${incident().incidentId}:1 ${at}`])
  expect(receiver.received.length).toBeLessThanOrEqual(10)
})

test('after six hours away a place hears what still matters, and nothing of what began and ended meanwhile', {
  timeout: 120_000,
}, async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.stop)
  let away = true
  const told: string[] = []
  const teams = await startReceiver(({ body }) => {
    if (away) return 503
    told.push(JSON.parse(body).attachments[0].content.fallbackText)
    return 202
  })
  onTestFinished(teams.stop)
  const { event, run, move, store, control } = await placeWorld({
    addresses: { 'keyvault:teams': teams.url },
    routes: [{ to: [{ teams: 'keyvault:teams' }] }],
  })
  const all = Array.from({ length: 12 }, (_, index) => numbered(index))
  for (const one of all) {
    await store.insert(one)
    event('reported', one.incidentId)
    // Apart, so that none is folded into another's message.
    await run(600)
  }
  for (const { incidentId } of all.slice(0, 9)) {
    await move('resolved', incidentId)
    event('resolved', incidentId)
  }
  await run(4 * 3_600)
  const asked = teams.received.length
  // Its breaker lets one try a minute through, and not one for each that waits.
  expect(asked).toBeLessThan(6 * 60 * 2)
  away = false
  await run(75)
  expect(told).toHaveLength(3)
  await run(7_200)
  expect(told).toHaveLength(3)
  expect(told.every((text) => !text.startsWith('Resolved'))).toBe(true)
  expect(await control.list({ partition: 'notices-waiting', limit: 10 })).toEqual([])
})

test('a key that is put right counts a minute later, though a refused one is asked about every few hours only', async () => {
  let key = 'wrong'
  const page = await startReceiver(() => (key === 'wrong' ? { status: 403, body: {} } : { status: 200, body: {} }))
  onTestFinished(page.stop)
  const { event, run, world } = await placeWorld({
    addresses: { 'keyvault:hook': `${page.url}/old` },
    routes: [{ to: [{ webhook: 'keyvault:hook' }] }],
    first: reported(),
  })
  event('reported')
  await run(8 * 3_600)
  const asked = page.received.length
  expect(asked).toBeLessThan(10)
  key = 'right'
  world.addresses['keyvault:hook'] = `${page.url}/new`
  await run(75)
  expect(page.received.slice(asked).map(({ path }) => path)).toEqual(['/new'])
})

test('what waits for quiet hours, and what a place asked time for, is not woken by another notice', async () => {
  const [now, row] = [Date.parse('2026-01-12T10:00:00Z'), { place: 'slack-1', since: '2026-01-12T09:00:00Z', why: 'x' }]
  const control = memoryTable()
  const until = new Date(now + 3_600_000).toISOString()
  const message = (id: string) =>
    JSON.stringify({ version: 1, id, at: row.since, type: 'incident', event: 'reported', incidentId: 'i' })
  for (const wakes of ['never', 'success', 'minutely'] as const)
    await control.insert('notices-waiting', `slack-1-${wakes}`, {
      ...row,
      until,
      wakes,
      turn: 0,
      message: message(wakes),
    })
  const other = { ...row, place: 'slack-1-other', until, wakes: 'success', turn: 0, message: message('other') }
  await control.insert('notices-waiting', 'slack-1-other-1', other)
  const [clock, log, sent] = [
    { now: () => new Date(now), sleep: async () => {} },
    createLog('fatal', () => {}),
    [] as string[],
  ]
  const limits = { threshold: 3, openMs: 60_000, longestMs: 900_000 }
  const states = breakers({ control, clock, log, random: () => 0.5, ...limits })
  const deps = { control, clock, log, breakers: states, again: async ({ id }: { id: string }) => void sent.push(id) }
  await states.failed('notices to slack-1', 'away')
  await states.failed('notices to slack-1-other', 'away')
  await wakeWaiting(deps)
  expect(sent).toEqual(['minutely'])
  await wakePlace(deps, 'slack-1')
  // Woken already, and not there a second time.
  expect(sent).toEqual(['minutely', 'success'])
})

const waitingSince = (place: string, since: string, changes: Record<string, unknown> = {}) => ({
  ...{ place, since, until: '2026-01-12T11:00:00.000Z', why: 'x', wakes: 'success', turn: 0 },
  message: JSON.stringify({ version: 1, id: place, at: since, type: 'incident', event: 'reported', incidentId: 'i' }),
  ...changes,
})
function sleeping(send: (id: string) => void = () => {}) {
  const control = memoryTable()
  const clock = { now: () => new Date('2026-01-12T10:00:00Z'), sleep: async () => {} }
  const [log, sent] = [createLog('fatal', () => {}), [] as string[]]
  const limits = { threshold: 3, openMs: 60_000, longestMs: 900_000 }
  const states = breakers({ control, clock, log, random: () => 0.5, ...limits })
  const again = async ({ id }: { id: string }) => {
    send(id)
    sent.push(id)
  }
  return { control, sent, deps: { control, clock, log, breakers: states, again } }
}

test('ten thousand that wait for one place keep nobody else, nor its own oldest, from being woken', async () => {
  const { control, sent, deps } = sleeping()
  const rows = 10_500
  for (let at = 0; at < rows; at++)
    await control.insert(
      'notices-waiting',
      `slack-0-${String(at).padStart(6, '0')}`,
      waitingSince('slack-0', new Date(Date.parse('2026-01-12T09:00:00Z') - at * 1000).toISOString(), {
        wakes: at < 6_000 ? 'never' : 'success',
      }),
    )
  await control.insert('notices-waiting', 'slack-1-1', waitingSince('slack-1', '2026-01-12T09:00:00.000Z'))
  await wakeWaiting(deps)
  expect(sent.filter((id) => id === 'slack-0')).toHaveLength(200)
  expect(sent.filter((id) => id === 'slack-1')).toHaveLength(1)
  const woken = control.rows().filter(({ fields }) => fields.turn === 1 && fields.place === 'slack-0')
  expect(woken[0]?.key).toBe(`slack-0-0${rows - 200}`)
  await wakePlace(deps, 'slack-0')
  expect(sent.filter((id) => id === 'slack-0')).toHaveLength(400)
})

test('one place that fails stops no other: a row that is none, a state that is none, a send that is refused', async () => {
  const { control, sent, deps } = sleeping((id) => {
    if (id === 'refused') throw new Error('the queue does not take it')
  })
  const since = '2026-01-12T09:00:00.000Z'
  const wait = (place: string, changes = {}) =>
    control.insert('notices-waiting', `${place}-1`, waitingSince(place, since, changes))
  await wait('a-torn', { message: '{"version":1,' })
  await wait('b-none', { since: 7 })
  await wait('refused')
  // One that cannot be sent does not keep the next of its own place either.
  await control.insert(
    'notices-waiting',
    'refused-2',
    waitingSince('refused', '2026-01-12T09:30:00.000Z', { message: waitingSince('second', since).message }),
  )
  await wait('state')
  await control.insert('places', 'state', { pauses: 'many' })
  await wait('well')
  await expect(wakeWaiting(deps)).rejects.toThrow(/refused: the queue does not take it; state: /)
  expect(sent).toEqual(['second', 'well'])
  await wakePlace(deps, 'a-torn')
  expect(sent).toHaveLength(2)
})

test('a bot’s held-back green of the first generation does not repaint the second', async () => {
  const slack = await startSlackApi()
  onTestFinished(slack.stop)
  const { event, move, run, store } = await placeWorld({
    addresses: { 'keyvault:bot': slack.apiUrl },
    routes: [{ to: [{ slack: 'keyvault:bot', channel: 'C1' }] }],
    first: reported(),
  })
  event('reported')
  await run(60)
  await move('resolved')
  slack.next({ status: 429, headers: { 'retry-after': '90' } })
  event('resolved')
  await run(10)
  const second = { incidentId: 'east.0123456789abcdef.2', generation: 2 }
  await store.openNextGeneration((await store.current(incident().incidentId))!, reported(second))
  event('reported', second.incidentId)
  await run(3_600)
  expect(
    slack
      .roots()
      .map(({ text }) => text.slice(0, 2))
      .sort(),
  ).toEqual(['🔴', '🟢'])
  await move('resolved', second.incidentId)
  event('resolved', second.incidentId)
  await run(60)
  expect(slack.roots().map(({ text }) => text.slice(0, 2))).toEqual(['🟢', '🟢'])
})

test('a place that asks for time for three hours without a word is asked few times, and nothing is lost', async () => {
  let busy = true
  const told: string[] = []
  const teams = await startReceiver(({ body }) => {
    if (busy) return { status: 429 }
    told.push(JSON.parse(body).attachments[0].content.fallbackText)
    return 202
  })
  onTestFinished(teams.stop)
  const { event, run, move, store } = await placeWorld({
    addresses: { 'keyvault:teams': teams.url },
    routes: [{ to: [{ teams: 'keyvault:teams' }] }],
  })
  const all = Array.from({ length: 5 }, (_, index) => numbered(index))
  for (const one of all) {
    await store.insert(one)
    event('reported', one.incidentId)
  }
  await run(1_800)
  for (const { incidentId } of all.slice(0, 3)) {
    await move('resolved', incidentId)
    event('resolved', incidentId)
  }
  await run(3 * 3_600 + 600 - 1_800)
  expect(teams.received.length).toBeLessThan(20 * 3)
  busy = false
  await run(1_000)
  expect(told).toHaveLength(2)
})
