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
  expect(removed.sort()).toEqual([name('b'), name('c')])
})

test('twenty that can never be removed do not hold up the rest for ever', async () => {
  const w = world()
  const listed = Array.from({ length: 30 }, (_, n) => ({
    name: `triage-${n.toString(16).padStart(20, '0')}-1`,
    state: 'succeeded' as const,
    tags: {},
  }))
  const removed = new Set<string>()
  const remove = async (group: string) => {
    if (listed.slice(0, 20).some(({ name }) => name === group)) throw new Error('ScopeLocked')
    removed.add(group)
  }
  const groups = { ...w.deps.groups, remove }
  for (let minute = 0; minute < 30; minute++) {
    await removeGroups({ ...w.deps, groups })(listed.filter(({ name }) => !removed.has(name))).catch(() => undefined)
    w.clock.pass(60)
  }
  expect(removed.size).toBe(10)
})
