import { expect, test } from 'vitest'
import { healthOf, kindModels } from '../../../shared/cluster/kinds.ts'
import type { Around } from '../../../shared/cluster/model.ts'

const now = new Date('2026-01-12T09:41:00Z')
const long = '2026-01-12T08:00:00Z'
const alone: Around = {
  now,
  get: () => ({ is: 'unknown', why: 'nothing else was read' }),
  list: () => ({ is: 'unknown', why: 'nothing else was read' }),
}
const custom = (conditions: readonly object[]) => ({
  apiVersion: 'example.com/v1',
  kind: 'Database',
  metadata: { name: 'db', namespace: 'shop', generation: 2, creationTimestamp: long },
  status: { observedGeneration: 2, conditions },
})

test('each kind stands in the list once', () => {
  const names = kindModels.map(({ group, kind }) => `${group}/${kind}`)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(15)
})

test('a kind that nobody wrote a file for is judged by its conditions; without any it is unknown, not well', () => {
  const ready = (status: string) => [{ type: 'Ready', status, reason: 'X', message: 'm', lastTransitionTime: long }]
  expect(healthOf(custom(ready('False')), alone).state).toBe('Failing')
  expect(healthOf(custom(ready('True')), alone).state).toBe('Healthy')
  expect(healthOf(custom([]), alone).state).toBe('Unknown')
})
