import { expect, test } from 'vitest'
import { inParts } from '../../../shared/runtime/parts.ts'

test('a part that fails stops none of the others, and is thrown in words at the end', async () => {
  const { part, end } = inParts('The minute')
  const done: string[] = []
  const failing = async () => {
    throw new Error('no container groups')
  }
  expect(await part('triage', failing)).toBeUndefined()
  await part('discovery', async () => done.push('discovery'))
  await part('digests', async () => done.push('digests'))
  expect(done).toEqual(['discovery', 'digests'])
  expect(end).toThrow('The minute could not do all: triage: no container groups')
})
