import { expect, onTestFinished, test } from 'vitest'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { pagerDutyModel, placeWorld } from './place-world.ts'

const minutes = (count: number) => count * 60_000

test('a page that leaves a process after it stood still, and after the end was told, is ended once more', async () => {
  const model = pagerDutyModel()
  const receiver = await startReceiver(model.well)
  onTestFinished(receiver.stop)
  const world = await placeWorld({
    addresses: { 'keyvault:pd': `${receiver.url}/v2/enqueue` },
    routes: [{ to: [{ pagerduty: 'keyvault:pd' }] }],
    first: incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' }),
  })
  // Between its last look and its post the process stands still for five minutes.
  let wake = () => {}
  const still = new Promise<void>((resolve) => {
    wake = resolve
  })
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const zombie = handleNotice({
    ...world.deps,
    open: async (target) => {
      const notifier = await world.deps.open(target)
      return {
        ...notifier,
        send: async (...given) => {
          arrive()
          await still
          return notifier.send(...given)
        },
      }
    },
  })
  const at = new Date(world.now()).toISOString()
  const { incidentId } = incident()
  const late = zombie({
    version: 1,
    type: 'incident',
    event: 'reported',
    id: `reported:${incidentId}:1`,
    at,
    incidentId,
  })
  await arrived
  await world.run(minutes(5) / 1000)
  await world.move('resolved')
  world.event('resolved')
  await world.run(60)
  expect(model.events.map(({ action }) => action)).toEqual(['resolve'])
  wake()
  await late
  expect([...model.open]).toEqual([incidentId])
  await world.run(60)
  expect(model.events.map(({ action }) => action)).toEqual(['resolve', 'trigger', 'resolve'])
  expect(model.open.size).toBe(0)
})
