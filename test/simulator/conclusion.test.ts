import { expect, test } from 'vitest'
import { concluded, type Part } from './conclusion.ts'

const part = (outcome: Part['outcome'], ...classes: string[]): Part => ({
  outcome,
  causes: classes.map((mechanism) => ({ kind: 'Deployment', namespace: 'shop', name: 'web', class: mechanism })),
  summary: outcome,
  folder: outcome,
})

test('a crash and the rollout that it stopped are one cause, by the surer name', () => {
  const whole = concluded([part('likely', 'ApplicationError'), part('cause', 'BadCommand')])
  expect(whole?.rootCauses.map((one) => one.class)).toEqual(['BadCommand'])
  expect([whole?.outcome, whole?.incidentDir]).toEqual(['cause', 'cause'])
})

test('two faults that one incident found in one object stay two', () => {
  expect(concluded([part('cause', 'BadCommand', 'MissingSecret')])?.rootCauses).toHaveLength(2)
})

test('without an incident there is nothing to conclude', () => {
  expect(concluded([])).toBeUndefined()
})
