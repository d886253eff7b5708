import { expect, test } from 'vitest'
import { contend } from '../../../shared/runtime/contend.ts'

const waits: number[] = []
const deps = { clock: { sleep: async (milliseconds: number) => void waits.push(milliseconds) }, random: () => 1 }

test('a write is tried until nobody was faster', async () => {
  let tries = 0
  const act = async () => (++tries < 5 ? ('stale' as const) : `written at try ${tries}`)
  expect(await contend(deps, 'The row', act)).toBe('written at try 5')
})

test('a row that stays contended is left for later, after a bounded number of growing waits', async () => {
  waits.length = 0
  await expect(contend(deps, 'The row', async () => 'stale' as const)).rejects.toThrow(
    'The row was written by others 32 times in a row; it is tried again later',
  )
  expect(waits.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 320, 400])
  expect(waits.reduce((sum, one) => sum + one)).toBeLessThan(12_000)
})
