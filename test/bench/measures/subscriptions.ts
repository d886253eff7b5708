import { z } from 'zod'
import { WEIGHED_FROM } from '../clients/hold.ts'
import { type Scheme, startFleet } from '../fleet.ts'
import { medians } from '../medians.ts'
import { type Goal, type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const Figures = z.record(z.string(), z.number())

/** What a subscription costs: to open, to hold, to open again when the server has lost it. */
export async function subscriptions({ clusters, runs, short, say }: Plan): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const scheme of ['http', 'https'] as const)
    for (const count of clusters) {
      say(`${count} subscriptions over ${scheme}`)
      await using fleet = await startFleet(scheme)
      const { template, control } = fleet
      const ask = { measure: 'hold', fleet: { template, control }, clusters: count, count: 0, storage: '' } as const
      const figures = await medians(runs, short ? ['floor', 'ours'] : ['floor', 'ours', 'stock'], Figures, ask)
      const add = (what: string, unit: string, name: string, goal?: Goal) => {
        rows.push(row(`${what}, ${scheme}, ${count} clusters`, unit, figures(name), goal))
      }
      const large = count >= WEIGHED_FROM
      // Over plain HTTP there is next to nothing else to wait for than the SDK's own work.
      const speed = large && scheme === 'https' ? { atMostOfFloor: 1.4 } : undefined
      add('connect and subscribe', 'ms', 'openMs', speed)
      add('processor per subscription', 'ms', 'openCpuMsEach')
      add('heap per subscription', 'KB', 'heapKBEach')
      if (large) add('memory per subscription', 'KB', 'rssKBEach', memoryGoal(scheme))
      add('memory of the process', 'MB', 'processMB')
      add('subscribe again after all are lost', 'ms', 'againMs', speed)
      add('processor per new subscription', 'ms', 'againCpuMsEach')
    }
  return rows
}

/** Without TLS the floor holds so little that every object of the SDK's client shows: there the limit counts. */
const memoryGoal = (scheme: Scheme): Goal => (scheme === 'https' ? { atMost: 150, atMostOfFloor: 1.3 } : { atMost: 40 })
