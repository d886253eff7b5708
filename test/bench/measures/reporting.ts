import { z } from 'zod'
import { clientProcess } from '../client-process.ts'
import { median } from '../medians.ts'
import { type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const Figures = z.object({ seconds: z.number() })
const nowhere = { template: '', control: '' }

/** The whole app, each time anew: from a fault to its report, by rules alone. */
export async function reporting({ runs, say }: Plan): Promise<readonly Row[]> {
  say('from a fault to its report')
  const found: number[] = []
  for (let run = 0; run < runs; run++) {
    const ask = { measure: 'report', client: 'stock', fleet: nowhere, clusters: 1, count: 0, storage: '' } as const
    found.push((await clientProcess(Figures, ask)).seconds)
  }
  return [row('from a fault to its report, rules alone', 's', { value: median(found) }, { atMost: 5 })]
}
