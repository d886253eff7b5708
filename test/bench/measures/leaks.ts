import { z } from 'zod'
import { startFleet } from '../fleet.ts'
import { medians } from '../medians.ts'
import { type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const Figures = z.object({ heapKBEach: z.number(), handles: z.number() })
const CLUSTERS = 10

/** What is left of subscriptions that were opened and closed. Once is enough: it is a slope over many. */
export async function leaks({ cycles, say }: Plan): Promise<readonly Row[]> {
  say(`${cycles} times opened and closed`)
  await using fleet = await startFleet('http')
  const { template, control } = fleet
  const ask = {
    measure: 'cycles',
    fleet: { template, control },
    clusters: CLUSTERS,
    count: cycles,
    storage: '',
  } as const
  const found = await medians(1, ['ours', 'floor'], Figures, ask)
  const heap = { value: found('heapKBEach').value }
  const handles = { value: found('handles').value }
  return [
    row(`heap left of each of ${cycles} subscriptions`, 'KB', heap, { atMost: 0.2 }),
    row('handles left', '', handles, { atMost: 0 }),
  ]
}
