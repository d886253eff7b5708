import { expect, test } from 'vitest'
import { atOnce } from '../../../shared/runtime/at-once.ts'

test('each once, so many at a time', async () => {
  const done: number[] = []
  let running = 0
  let most = 0
  await atOnce(3, [1, 2, 3, 4, 5, 6, 7], async (one) => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running -= 1
    done.push(one)
  })
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
})

test('the first failure ends it, when those that run have ended', async () => {
  const done: number[] = []
  const failing = atOnce(2, [1, 2, 3, 4], async (one) => {
    if (one === 1) throw new Error('no')
    await new Promise((resolve) => setImmediate(resolve))
    done.push(one)
  })
  await expect(failing).rejects.toThrow('no')
  expect(done).toEqual([2])
})
