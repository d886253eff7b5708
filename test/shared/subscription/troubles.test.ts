import { expect, test } from 'vitest'
import { Fault } from '../../../shared/faults/fault.ts'
import { Troubles } from '../../../shared/subscription/troubles.ts'
import { aFault } from './supervised.ts'

const of = (resource: Readonly<Record<string, unknown>>, faultType = 'CrashLoop') =>
  Fault.parse({
    ...aFault(),
    cluster: 'east',
    receivedAt: '2026-01-12T09:00:00.000Z',
    source: 'notification',
    faultType,
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', ...resource },
  })

test('faces of one trouble are one, and another trouble of the same object is another', () => {
  const troubles = new Troubles()
  troubles.set(of({ uid: 'a' }, 'PodCrash'), 1)
  expect(troubles.get(of({ uid: 'a' }, 'CrashLoop'))).toBe(1)
  expect(troubles.get(of({ uid: 'a' }, 'ImagePull'))).toBeUndefined()
  expect(troubles.get(of({ uid: 'b' }, 'CrashLoop'))).toBeUndefined()
})

test.each([{}, { uid: '' }])('without a uid (%j) an object is known by kind, namespace and name', (unknown) => {
  const troubles = new Troubles()
  troubles.set(of(unknown), 1)
  expect(troubles.get(of(unknown))).toBe(1)
  expect(troubles.get(of({ ...unknown, namespace: 'bank' }))).toBeUndefined()
  expect(troubles.get(of({ ...unknown, kind: 'Node' }))).toBeUndefined()
  expect(troubles.get(of({ ...unknown, name: 'api' }))).toBeUndefined()
})

test('what is deleted or forgotten is gone, and nothing else', () => {
  const troubles = new Troubles()
  for (const [at, uid] of ['a', 'b', 'c'].entries()) troubles.set(of({ uid }), at)
  troubles.delete(of({ uid: 'a' }))
  troubles.delete(of({ uid: 'a' }))
  expect(troubles.forget(({ object }, value) => object === 'b' && value === 1)).toBe(1)
  expect(['a', 'b', 'c'].map((uid) => troubles.get(of({ uid })))).toEqual([undefined, undefined, 2])
})

test('a class goes with its last object, however many a server names', () => {
  const troubles = new Troubles()
  const fault = of({})
  for (let at = 0; at < 100; at++) {
    troubles.set({ ...fault, faultType: `Type${at}` }, at)
    if (at < 50) troubles.delete({ ...fault, faultType: `Type${at}` })
  }
  expect(troubles.classes).toBe(50)
  troubles.forget((_, value) => value < 99)
  expect(troubles.classes).toBe(1)
})

test('more than ten thousand are not kept, of however many classes', () => {
  const troubles = new Troubles()
  const fault = of({})
  const another = (at: number) => ({
    ...fault,
    faultType: `Type${at % 500}`,
    resource: { ...fault.resource, uid: `${at}` },
  })
  for (let at = 0; at < 10_000; at++) troubles.set(another(at), at)
  expect(troubles.get(another(0))).toBe(0)
  troubles.set(another(10_000), 10_000)
  expect(troubles.get(another(0))).toBeUndefined()
  expect(troubles.get(another(10_000))).toBe(10_000)
  expect(troubles.forget(() => true)).toBe(1)
})
