import { expect, onTestFinished, test } from 'vitest'
import { WAITING } from '../../../shared/artifacts/notice-places.ts'
import { Route } from '../../../shared/config/notifications.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { placeWorld } from './place-world.ts'

const at = '2026-01-12T09:41:08.000Z'
const HOUR = 3_600
const told = (receiver: { readonly received: readonly { readonly body: string }[] }) =>
  receiver.received.map(({ body }) => String(JSON.parse(body).type).split('.')[2])

async function world(routes: readonly Record<string, unknown>[]) {
  const [away, other] = [await startReceiver(() => 503), await startReceiver()]
  for (const one of [away, other]) onTestFinished(one.stop)
  const made = await placeWorld({
    addresses: { 'keyvault:away': away.url, 'keyvault:other': other.url },
    routes,
    first: incident({ status: 'reported', reportedAt: at }),
  })
  const waiting = async () => (await made.control.list({ partition: WAITING, limit: 10 })).length
  const setRoutes = (next: readonly Record<string, unknown>[]) => {
    made.world.routes = next.map((one) => Route.parse(one))
  }
  return { ...made, away, other, waiting, setRoutes }
}

test('what waited for a place that was given another name, or gave way to one, is told there, once', async () => {
  const { event, run, setRoutes, waiting, other, away } = await world([{ to: [{ webhook: 'keyvault:away' }] }])
  event('reported')
  await run(300)
  expect([told(other), await waiting()]).toEqual([[], 1])
  setRoutes([{ to: [{ webhook: 'keyvault:other' }] }])
  await run(HOUR)
  expect(told(other)).toEqual(['reported'])
  expect(await waiting()).toBe(0)
  const tries = away.received.length
  await run(24 * HOUR)
  expect([told(other), away.received.length]).toEqual([['reported'], tries])
})

test('who has heard it hears it no second time when another place is gone, and its end comes', async () => {
  const both = [{ to: [{ webhook: 'keyvault:away' }, { webhook: 'keyvault:other' }] }]
  const { event, run, move, setRoutes, waiting, other } = await world(both)
  event('reported')
  await run(300)
  setRoutes([{ to: [{ webhook: 'keyvault:other' }] }])
  await run(HOUR)
  expect([told(other), await waiting()]).toEqual([['reported'], 0])
  await move('resolved')
  event('resolved')
  await run(HOUR)
  expect(told(other)).toEqual(['reported', 'resolved'])
})

test('what is over by then is not told anywhere else', async () => {
  const { event, run, move, setRoutes, waiting, other } = await world([{ to: [{ webhook: 'keyvault:away' }] }])
  event('reported')
  await run(300)
  await move('resolved')
  event('resolved')
  setRoutes([{ to: [{ webhook: 'keyvault:other' }] }])
  await run(24 * HOUR)
  expect([told(other), await waiting()]).toEqual([[], 0])
})

test('when nobody is to be told any more nothing waits', async () => {
  const { event, run, setRoutes, waiting, queue } = await world([{ to: [{ webhook: 'keyvault:away' }] }])
  event('reported')
  await run(300)
  setRoutes([])
  await run(24 * HOUR)
  expect([await waiting(), queue.length]).toEqual([0, 0])
})

test('what is in quiet hours when its place is gone is told where the routes lead now', async () => {
  const quiet_hours = { from: '00:00', to: '23:59', timezone: 'UTC' }
  const { event, run, setRoutes, other, waiting } = await world([{ to: [{ webhook: 'keyvault:away' }], quiet_hours }])
  event('reported')
  await run(300)
  setRoutes([{ to: [{ webhook: 'keyvault:other' }] }])
  await run(24 * HOUR)
  expect([told(other), await waiting()]).toEqual([['reported'], 0])
})

test('a trouble that was over before its place gave way is not told in the next one', async () => {
  const { send, run, setRoutes, waiting, other, now } = await world([{ to: [{ webhook: 'keyvault:away' }] }])
  const since = new Date(now()).toISOString()
  const breaker = { what: 'the model m', failures: 5, since, reasons: [] }
  send({ type: 'degraded', id: 'degraded:the model m:1', ...breaker })
  await run(300)
  send({ type: 'recovered', id: 'recovered:the model m:1', ...breaker })
  await run(5)
  setRoutes([{ to: [{ webhook: 'keyvault:other' }] }])
  await run(24 * HOUR)
  expect([told(other), await waiting()]).toEqual([[], 0])
})
