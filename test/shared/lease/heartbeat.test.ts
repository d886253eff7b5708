import { expect, test } from 'vitest'
import { heartbeat } from '../../../shared/lease/heartbeat.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('those with a fresh beat share the work; one that leaves, or falls silent, does not', async () => {
  let ms = Date.parse('2026-01-12T09:00:00Z')
  const control = memoryTable()
  const clock = { now: () => new Date(ms) }
  const of = (name: string) => heartbeat({ clock, control, name, owner: `${name}.x`, staleMs: 72_000 })
  const [one, two, three] = [of('supervisor-1'), of('supervisor-2'), of('supervisor-3')]
  expect(await one.live()).toBe(1)
  await one.beat()
  await two.beat()
  await three.beat()
  expect(await one.live()).toBe(3)
  await three.leave()
  expect(await one.live()).toBe(2)
  ms += 80_000
  await one.beat()
  expect(await one.live()).toBe(1)
  expect(await two.live()).toBe(2)
  expect(control.rows().map(({ partition, key }) => `${partition}/${key}`)).toEqual([
    'supervisors/supervisor-1',
    'supervisors/supervisor-2',
    'supervisors/supervisor-3',
  ])
})
