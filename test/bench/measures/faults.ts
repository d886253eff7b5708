import { z } from 'zod'
import { startFleet } from '../fleet.ts'
import { medians } from '../medians.ts'
import { type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const Figures = z.record(z.string(), z.number())
/** The outbox is one for all clusters: how many there are matters little. */
const PACKING = 100

/** How many faults one core takes: checked and buffered, and into the queue. */
export async function faults({ clusters, runs, short, say }: Plan): Promise<readonly Row[]> {
  await using fleet = await startFleet('http')
  const { template, control, queue } = fleet
  const ask = { fleet: { template, control }, count: 0, storage: queue }
  const rows: Row[] = []
  for (const count of clusters) {
    say(`faults from ${count} clusters`)
    const all = short ? (['floor', 'ours'] as const) : (['floor', 'ours', 'stock'] as const)
    const figures = await medians(runs, all, Figures, { ...ask, measure: 'flood', clusters: count })
    const name = `faults checked and buffered, ${count} clusters`
    rows.push(row(name, '/s per core', figures('perCoreSecond'), { atLeastOfFloor: 0.6 }))
  }
  say('faults into the queue')
  const packing = { ...ask, measure: 'pack', clusters: PACKING } as const
  const packed = await medians(runs, short ? ['ours'] : ['ours', 'stock'], Figures, packing)
  rows.push(row('faults into the queue', '/s per core', packed('perCoreSecond'), { atLeast: 10_000 }))
  return rows
}
