import { expect, test } from 'vitest'
import { sharedLinkKeys } from '../../../../shared/app/deps/link-keys.ts'
import { GiveUp } from '../../../../shared/runtime/errors.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'

const line = (id: string) => `${id}:${id.repeat(40)}`
const clock = { ms: 0, now: () => new Date(clock.ms), sleep: async () => {} }

test('keys from the vault are read anew each minute, and stay good while it does not answer', async () => {
  let text = line('a')
  let up = true
  const keys = sharedLinkKeys({
    reference: 'keyvault:links',
    secret: async () => {
      if (!up) throw new GiveUp('the vault does not answer')
      return { text }
    },
    blobs: memoryBlobs(),
    clock,
  })
  const ids = async () => (await keys()).map(({ id }) => id)
  expect(await ids()).toEqual(['a'])
  text = `${line('b')}\n${line('a')}`
  expect(await ids()).toEqual(['a'])
  clock.ms += 60_001
  expect(await ids()).toEqual(['b', 'a'])
  up = false
  clock.ms += 60_001
  expect(await ids()).toEqual(['b', 'a'])
})

test('without a vault all instances find the same key, made once', async () => {
  const blobs = memoryBlobs()
  const open = () => sharedLinkKeys({ reference: '', secret: async () => ({ text: '' }), blobs, clock })()
  const [first, second] = await Promise.all([open(), open()])
  expect(first).toEqual(second)
})
