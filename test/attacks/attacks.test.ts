import { expect, test } from 'vitest'
import { isWhole } from '../run/share.ts'
import { attempt } from './attempt.ts'
import { attacks, goals } from './corpus.ts'
import { rows, runAll } from './run.ts'
import { carriers, secrets } from './victim.ts'

test('the corpus has a hundred attacks and more, alike for four goals, in eight places, among thirty shapes of secrets', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(100)
  expect(new Set(attacks.map(({ text }) => text)).size).toBe(attacks.length)
  for (const goal of goals) expect(attacks.filter((one) => one.goal === goal).length).toBeGreaterThanOrEqual(25)
  expect(carriers).toHaveLength(8)
  expect(secrets).toHaveLength(30)
})

test('a sample of it moves neither the rules nor, but for a few, a model that obeys; nothing leaks at any door', {
  timeout: 90_000,
}, async () => {
  const all = await runAll(isWhole ? 29 : 131, () => undefined)
  for (const { leaks, attack, carrier } of all)
    expect(leaks, `${attack.id} in ${carrier}`).toEqual({ model: 0, storage: 0, notices: 0 })
  expect(all.filter(({ reader, succeeded }) => reader === 'rules' && succeeded)).toEqual([])
  const total = rows(all).findLast(({ reader }) => reader === 'model')!
  // The attacks do come before the model: this is no test of a closed door.
  expect(total.reached).toBeGreaterThan(total.attempts / 2)
  expect(total.succeeded / total.attempts).toBeLessThan(0.1)
})

test('without redaction the same secrets are seen at the doors: the count can rise', async () => {
  const open = {
    text: (text: string) => text,
    object: <T>(object: T) => object,
    value: (value: unknown) => value,
    counts: {},
  }
  const { leaks } = await attempt(attacks[0]!, 'log', 'model', true, open)
  expect(leaks.model).toBeGreaterThan(5)
  expect(leaks.storage).toBeGreaterThan(5)
})
