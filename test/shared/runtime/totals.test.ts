import { expect, test } from 'vitest'
import { totals, totalsIn } from '../../../shared/runtime/totals.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('totals that many add to at once lose nothing', async () => {
  const control = memoryTable()
  const clock = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  const { add } = totals({ control, clock, random: () => 0.5 })
  await Promise.all(Array.from({ length: 20 }, () => add('east', { ended_completed: 1, seconds: 0.5 })))
  await add('east', { ended_failed: 1 })
  await add('west', { ended_failed: 1 })
  const [east, west] = control.rows().map(totalsIn)
  expect(east).toEqual({ ended_completed: 20, seconds: 10, ended_failed: 1 })
  expect(west).toEqual({ ended_failed: 1 })
})

test.each([
  ['insert', 'its answer lost'],
  ['replace', 'its answer lost'],
  ['insert', 'repeated by the library and then refused'],
  ['replace', 'repeated by the library and then refused'],
] as const)('an addition whose %s was applied and %s counts once', async (write, how) => {
  const control = memoryTable()
  const clock = { sleep: async () => {} }
  const deps = { clock, random: () => 0.5 }
  if (write === 'replace') await totals({ ...deps, control }).add('east', { posts: 1 })
  let lost = 0
  const applied = async (act: Promise<unknown>) => {
    await act
    if (lost++ > 0) return act as Promise<undefined>
    if (how === 'its answer lost') throw new Error('read ECONNRESET')
    return undefined
  }
  const { add } = totals({
    ...deps,
    control: {
      get: control.get,
      insert: (...given) => (write === 'insert' ? applied(control.insert(...given)) : control.insert(...given)),
      replace: (...given) => (write === 'replace' ? applied(control.replace(...given)) : control.replace(...given)),
    },
  })
  // What was not heard of is added again by whoever handles the message again, under the same mark.
  await add('east', { posts: 1 }, 'delivery-7').catch(() => add('east', { posts: 1 }, 'delivery-7'))
  await add('east', { posts: 1 }, 'delivery-7')
  expect(control.rows().map(totalsIn)).toEqual([{ posts: write === 'insert' ? 1 : 2 }])
})
