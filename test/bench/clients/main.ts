import process from 'node:process'
import { z } from 'zod'
import type { OpenClient } from './client.ts'

/** One measure of one client in this process: which, is said in the argument; the result is sent to the parent. */
export const ClientAsk = z.strictObject({
  measure: z.enum(['hold', 'flood', 'cycles', 'watch', 'pack', 'report']),
  client: z.enum(['floor', 'ours', 'stock']),
  fleet: z.object({ template: z.string(), control: z.string() }),
  clusters: z.number(),
  /** Of cycles. */
  count: z.number().default(0),
  /** A connection string. */
  storage: z.string().default(''),
})
export type ClientAsk = z.infer<typeof ClientAsk>

async function clientOf(ask: ClientAsk): Promise<OpenClient> {
  switch (ask.client) {
    case 'floor':
      return (await import('./floor.ts')).openFloor
    case 'ours':
      return (await import('./ours.ts')).openOurs
    case 'stock':
      return (await import('./stock.ts')).openStock
    default:
      return ask.client satisfies never
  }
}

async function measured(ask: ClientAsk): Promise<unknown> {
  const { fleet, clusters, count, storage } = ask
  switch (ask.measure) {
    case 'hold':
      return (await import('./hold.ts')).hold(fleet, await clientOf(ask), clusters)
    case 'flood':
      return (await import('./flood.ts')).flood(fleet, await clientOf(ask), clusters)
    case 'cycles':
      return (await import('./cycles.ts')).cycles(fleet, await clientOf(ask), clusters, count)
    case 'watch':
      return (await import('./watch.ts')).watch(fleet, clusters, storage)
    case 'pack':
      return (await import('./pack.ts')).pack(fleet, ask.client, clusters, storage)
    case 'report':
      return (await import('./report.ts')).report()
    default:
      return ask.measure satisfies never
  }
}

const result = await measured(ClientAsk.parse(JSON.parse(process.argv[2] ?? '')))
process.send?.(result, () => process.exit(0))
