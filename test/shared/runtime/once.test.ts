import { expect, test } from 'vitest'
import { once } from '../../../shared/runtime/once.ts'

test('callers at the same time share one making, and later ones what it made', async () => {
  let made = 0
  const get = once(async () => ++made)
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  expect(await get()).toBe(1)
})

test('a making that failed is tried again by the next call', async () => {
  let tries = 0
  const get = once(async () => {
    tries++
    if (tries === 1) throw new Error('not yet')
    return tries
  })
  await expect(get()).rejects.toThrow('not yet')
  expect(await get()).toBe(2)
})
