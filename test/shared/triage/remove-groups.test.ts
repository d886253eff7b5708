import { expect, test } from 'vitest'
import { removeGroups } from '../../../shared/triage/remove-groups.ts'
import { world } from './world.ts'

test('a group that cannot be removed stops none behind it, and is named', async () => {
  const w = world()
  const name = (digit: string) => `triage-${digit.repeat(20)}-1`
  const listed = ['a', 'b', 'c'].map((digit) => ({ name: name(digit), state: 'succeeded' as const, tags: {} }))
  const removed: string[] = []
  const groups = {
    ...w.deps.groups,
    remove: async (group: string) => {
      if (group === name('a')) throw new Error('ScopeLocked')
      removed.push(group)
    },
  }
  await expect(removeGroups({ ...w.deps, groups })(listed)).rejects.toThrow(`${name('a')}: ScopeLocked`)
  expect(removed).toEqual([name('b'), name('c')])
})
