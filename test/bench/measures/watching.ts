import { z } from 'zod'
import { startAzurite } from '../../../infra/local/azurite.ts'
import { ensureStorage } from '../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { clientProcess } from '../client-process.ts'
import { startFleet } from '../fleet.ts'
import { median } from '../medians.ts'
import { type Goal, type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const Figures = z.record(z.string(), z.number())

/** The whole watch over HTTPS, with leases and looks, onto Azurite; each run has a storage of its own. */
export async function watching({ clusters, runs, say }: Plan): Promise<readonly Row[]> {
  const rows: Row[] = []
  await using fleet = await startFleet('https')
  const { template, control } = fleet
  for (const count of clusters) {
    say(`the whole watch of ${count} clusters`)
    const found: Readonly<Record<string, number>>[] = []
    for (let run = 0; run < runs; run++) {
      await using stack = new AsyncDisposableStack()
      const azurite = await startAzurite()
      stack.defer(azurite.stop)
      await ensureStorage(readSettings({ AzureWebJobsStorage: azurite.connectionString }))
      const ask = { measure: 'watch', client: 'ours', fleet: { template, control }, clusters: count, count: 0 } as const
      found.push(await clientProcess(Figures, { ...ask, storage: azurite.connectionString }))
    }
    const add = (what: string, unit: string, name: string, goal?: Goal) => {
      const value = median(found.map((one) => one[name] ?? Number.NaN))
      rows.push(row(`${what}, ${count} clusters`, unit, { value }, goal))
    }
    add('whole watch: until all are subscribed to', 'ms', 'openMs')
    add('whole watch: memory of the process', 'MB', 'processMB', count === 1_000 ? { atMost: 256 } : undefined)
    add('whole watch: memory per cluster', 'KB', 'rssKBEach')
    add('whole watch: heap per cluster', 'KB', 'heapKBEach')
    add('whole watch: processor at one fault a second each', 'cores', 'cpuPart')
    add('fault to queue, p50', 'ms', 'p50Ms')
    add('fault to queue, p99', 'ms', 'p99Ms', { atMost: 250 })
    add('storage transactions per fault, into the queue', '', 'messagesPerFault')
    add('until a burst of 10,000 faults is in the queue', 'ms', 'burstMs')
    add('whole watch: until all are subscribed to again', 'ms', 'againMs')
  }
  return rows
}
