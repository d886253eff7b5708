import { expect, test } from 'vitest'
import { heartbeat } from '../../../shared/lease/heartbeat.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('those with a fresh beat share the work; one that leaves, or falls silent, does not', async () => {
  let ms = Date.parse('2026-01-12T09:00:00Z')
  const control = memoryTable()
  const clock = { now: () => new Date(ms) }
  const of = (name: string) =>
    heartbeat({ clock, control, name, owner: `${name}.x`, staleMs: 72_000, patrolSeconds: 0 })
  const [one, two, three] = [of('supervisor-1'), of('supervisor-2'), of('supervisor-3')]
  expect(await one.among()).toEqual({ supervisors: 1, rank: 0, leaving: [] })
  expect(await one.beat()).toBe(false)
  await two.beat()
  await three.beat()
  expect(await three.among()).toEqual({ supervisors: 3, rank: 2, leaving: [] })
  await three.leave()
  expect(await two.among()).toEqual({ supervisors: 2, rank: 1, leaving: ['supervisor-3'] })
  expect(await three.beat()).toBe(true)
  await three.leave()
  ms += 80_000
  expect(await one.beat()).toBe(false)
  expect(await one.among()).toEqual({ supervisors: 1, rank: 0, leaving: [] })
  expect(await two.among()).toEqual({ supervisors: 2, rank: 1, leaving: [] })
  expect(control.rows().map(({ partition, key }) => `${partition}/${key}`)).toEqual([
    'supervisors/supervisor-1',
    'supervisors/supervisor-2',
    'supervisors/supervisor-3',
  ])
})
