import { expect, test } from 'vitest'
import { sharedCursorKey } from '../../../../shared/app/deps/cursor-key.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'

test('all instances sign with one key, whoever comes first, and it outlives them', async () => {
  const blobs = memoryBlobs()
  const keys = await Promise.all(Array.from({ length: 5 }, () => sharedCursorKey(blobs)()))
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]?.length).toBeGreaterThan(60)
  expect(await sharedCursorKey(blobs)()).toBe(keys[0])
})

test('storage that is away for a moment is asked again', async () => {
  const blobs = memoryBlobs()
  let away = true
  const key = sharedCursorKey({
    write: blobs.write,
    read: async (name, max) => {
      if (away) throw new Error('away')
      return blobs.read(name, max)
    },
  })
  await expect(key()).rejects.toThrow('away')
  away = false
  expect(await key()).toMatch(/\w{8}-/)
})
