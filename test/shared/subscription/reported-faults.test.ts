import { expect, test } from 'vitest'
import { Fault } from '../../../shared/faults/fault.ts'
import { SeenFaults } from '../../../shared/subscription/seen-faults.ts'
import { aFault } from './supervised.ts'

const fault = aFault()
const at = (changes: Readonly<Record<string, unknown>> = {}) =>
  Fault.parse({
    ...fault,
    cluster: 'east',
    labels: {},
    receivedAt: '2026-01-12T09:00:00.000Z',
    source: 'reconcile',
    ...changes,
  })

test('what has ended since a look began is not told by it again, and by the next look is', () => {
  const told = new SeenFaults()
  told.note(at(), 1_000)
  expect(told.has(at())).toBe(true)
  told.note(at({ resolved: true }), 2_000)
  expect(told.has(at())).toBe(false)
  expect(told.hasEndedSince(at(), 1_500)).toBe(true)
  expect(told.hasEndedSince(at(), 2_500)).toBe(false)
})

test('what is there again after its end has not ended', () => {
  const told = new SeenFaults()
  told.note(at({ resolved: true }), 2_000)
  told.note(at(), 2_200)
  expect(told.hasEndedSince(at(), 1_500)).toBe(false)
  expect(told.has(at())).toBe(true)
})

test('a look that sees it worse or otherwise than the last one says so, once', () => {
  const told = new SeenFaults()
  const seen = (changes = {}) => told.isOther([at(changes)]).size > 0
  expect([seen(), seen(), seen({ severity: 'info' }), seen({ severity: 'info' }), seen({ mark: 'exit 137' })]).toEqual([
    ...[false, false, true, false, true],
  ])
  told.settle([], 3_000)
  expect(seen()).toBe(false)
})

test('several containers of one pod are one trouble: other only when one of them is, and in any order', () => {
  const told = new SeenFaults()
  const look = (...containers: readonly string[]) => {
    const faults = containers.map((container) => at({ container }))
    return told.isOther(faults).size
  }
  expect([look('web', 'proxy'), look('web', 'proxy'), look('proxy', 'web')]).toEqual([0, 0, 0])
  expect([look('web', 'cache'), look('web', 'cache'), look('web'), look('web')]).toEqual([2, 0, 1, 0])
})

test('an end is forgotten with the next whole look', () => {
  const told = new SeenFaults()
  told.note(at({ resolved: true }), 2_000)
  told.settle([], 3_000)
  expect(told.hasEndedSince(at(), 0)).toBe(false)
})
