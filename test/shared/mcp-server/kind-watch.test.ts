import { expect, onTestFinished, test } from 'vitest'
import { type KindState, watchKind } from '../../../shared/mcp-server/faults/kind-watch.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import { running, webPod } from './pods.ts'
import { pause, simulated, until } from './setup.ts'

async function watching(options: SimulatorOptions, kind = { apiVersion: 'v1', kind: 'Pod' }) {
  const { simulator, api } = await simulated(options)
  const ended = new AbortController()
  const states: KindState[] = []
  const lists: string[][] = []
  const changes: string[] = []
  const done = watchKind({
    api,
    kind,
    clock: systemClock,
    random: () => 0.5,
    signal: ended.signal,
    retryMs: 15,
    onState: (state) => states.push(state),
    onList: (objects) => lists.push(objects.map(({ metadata }) => metadata.name)),
    onChange: ({ type, object }) => changes.push(`${type} ${object.metadata.name}`),
  })
  onTestFinished(() => {
    ended.abort()
    return done
  })
  return { simulator, states, lists, changes, ended, done }
}
const pod = (name: string) => webPod(`uid-${name}`, running, { name })

test('it lists once, in pages, and then follows', async () => {
  const many = Array.from({ length: 1_200 }, (_, at) => pod(`p${at}`))
  const { simulator, lists, changes } = await watching({ objects: many })
  await until(() => simulator.calls.some(({ path }) => path.includes('watch=')) || lists.length > 0, 'the list')
  await pause(50)
  simulator.apply([pod('new')])
  await until(() => changes.length > 0, 'a change')
  expect(lists.map((list) => list.length)).toEqual([1_200])
  expect(changes).toEqual(['ADDED new'])
})

test('a version that has expired is a new list at once, and no failure', async () => {
  const { simulator, states, lists } = await watching({ objects: [pod('a')] })
  await until(() => lists.length === 1, 'the list')
  await pause(50)
  simulator.expireWatches()
  await until(() => lists.length === 2, 'the second list')
  expect(states.map(({ state }) => state)).not.toContain('failing')
})

test('a connection that is cut goes on from its version, without a new list', async () => {
  const { simulator, lists, changes, states } = await watching({ objects: [pod('a')] })
  await until(() => lists.length === 1, 'the list')
  await pause(50)
  simulator.drop()
  simulator.apply([pod('b')])
  await until(() => changes.length === 1, 'the change')
  expect(changes).toEqual(['ADDED b'])
  expect(lists).toHaveLength(1)
  expect(states.at(-1)?.state).toBe('watching')
})

test('a missing right and a missing kind are told as such, and not asked about in a hurry', async () => {
  const denied = await watching({ objects: [pod('a')], access: [{ verb: 'list', resource: 'pods' }] })
  const absent = await watching({ objects: [] }, { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' })
  await until(() => denied.states.length > 0 && absent.states.length > 0, 'both states')
  await pause(200)
  expect(denied.states).toMatchObject([{ state: 'denied', reason: expect.stringMatching(/403/) }])
  expect(absent.states).toMatchObject([{ state: 'absent' }])
})

test('a cluster that fails is asked ever less often', async () => {
  const { simulator, states, lists } = await watching({ objects: [pod('a')] })
  await until(() => lists.length === 1, 'the list')
  simulator.failNext(1_000, 500)
  simulator.drop()
  await pause(400)
  const failures = states.filter(({ state }) => state === 'failing').length
  expect(failures).toBeGreaterThan(2)
  expect(failures).toBeLessThan(8)
})

test('it ends when it is told to', async () => {
  const { ended, done, lists } = await watching({ objects: [pod('a')] })
  await until(() => lists.length === 1, 'the list')
  ended.abort()
  await done
})
