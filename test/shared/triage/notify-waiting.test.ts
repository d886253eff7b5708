import { expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { message, podFault, type World, world } from './world.ts'

const opened = (w: World) =>
  w.notices.flatMap((one) => (one.type === 'incident' && one.event === 'opened' ? [one.id] : []))
const told = (w: World) => w.notices.flatMap((one) => (one.type === 'incident' ? [one.event] : []))
async function full() {
  const w = world({ settings: { MAX_CONCURRENT_AGENTS: 1 } })
  const send = (name: string, changes = {}, id = name) =>
    handleTriageMessage(w.deps)(message(podFault(name, changes)), { id, dequeueCount: 1 })
  await send('web')
  return { w, send }
}

test('something critical that finds no free agent is told at its admission, once, and not what is less bad', async () => {
  const { w, send } = await full()
  expect(told(w)).toEqual(['started'])
  await send('api')
  await send('job', { severity: 'warning' })
  expect(opened(w)).toHaveLength(1)
  await sweep(w.deps)()
  await send('api', {}, 'again')
  w.clock.pass(60)
  await sweep(w.deps)()
  expect(opened(w)).toHaveLength(1)
})

test('one that cannot be noted keeps no other waiting, and is told again under the same name', async () => {
  const { w, send } = await full()
  const { deps } = w
  const broken = { ...deps, store: { ...deps.store, update: async () => Promise.reject(new Error('503')) } }
  await handleTriageMessage(broken)(message(podFault('api'), podFault('db')), { id: 'm', dequeueCount: 1 })
  expect(new Set(opened(w)).size).toBe(2)
  await send('more')
  expect(opened(w)).toHaveLength(5)
  expect(new Set(opened(w)).size).toBe(3)
})

test('one whose notice could not be sent is told by the next pass, though it was tried before', async () => {
  const { w, send } = await full()
  const { deps } = w
  await handleTriageMessage({ ...deps, notify: async () => Promise.reject(new Error('503')) })(
    message(podFault('api')),
    { id: 'api', dequeueCount: 1 },
  )
  expect(opened(w)).toEqual([])
  await send('job', { severity: 'warning' })
  expect(opened(w)).toHaveLength(1)
  await sweep(w.deps)()
  expect(opened(w)).toHaveLength(1)
})

test('one whose notice a mute kept back is told under the same name when the mute is over and it still waits', async () => {
  const { w, send } = await full()
  await send('api')
  const [before] = opened(w)
  const until = new Date(w.clock.now().getTime() + 60_000).toISOString()
  w.mutes.push({ id: 'm1', match: { name: ['api'] }, until, reason: 'test', source: 'asked' })
  await sweep(w.deps)()
  w.clock.pass(61)
  await sweep(w.deps)()
  expect(opened(w)).toEqual([before, before])
})
