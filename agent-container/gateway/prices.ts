import { z } from 'zod'
import table from './prices.json' with { type: 'json' }
import type { Tokens } from './usage.ts'

const Price = z.strictObject({
  input: z.number(),
  output: z.number(),
  /** Input that the vendor had at hand already, and input that it keeps for the next time; absent: as `input`. */
  cached: z.number().optional(),
  cacheWrite: z.number().optional(),
})
export type Price = z.infer<typeof Price>
const models = z.record(z.string(), Price).parse(table.models)

/** When the prices were looked up: a reader of a report can tell how old its sum is. */
export const pricesAsOf: string = table.asOf

/** By the model's name without the date of its edition; none for a name that is not in the table, such as a deployment's. */
export function priceOf(model: string): Price | undefined {
  const name = model.replace(/^.*\//, '').replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')
  return models[name]
}

export function costOf(price: Price, { input, cached, cacheWrite, output }: Tokens): number {
  const plain = Math.max(0, input - cached - cacheWrite)
  const sum =
    plain * price.input +
    cached * (price.cached ?? price.input) +
    cacheWrite * (price.cacheWrite ?? price.input) +
    output * price.output
  return sum / 1_000_000
}
