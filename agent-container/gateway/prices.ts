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

/**
 * By the model's name, as vendors, OpenRouter and Bedrock write it (`anthropic/claude-sonnet-4.5:beta`,
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0`); none for a name that is not in the table, such as a deployment's.
 */
export function priceOf(model: string): Price | undefined {
  const name = model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z]{2,6}\.)?(?:anthropic|openai|google)\./, '')
    .replace(/(?:@|:)[\w.-]*$/, '')
    .replace(/-v\d+$/, '')
    .replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest|preview(-[\d-]+)?)$/, '')
  const dashed = name.startsWith('claude') ? name.replaceAll('.', '-') : name
  return models[dashed] ?? models[name]
}
/** For a model without a price: a cap that holds is worth more than one that is exact. */
export const dearest: Price = Object.values(models).reduce((most, one) => (one.output > most.output ? one : most), {
  input: 0,
  output: 0,
})

export function costOf(price: Price, { input, cached, cacheWrite, output }: Tokens): number {
  const plain = Math.max(0, input - cached - cacheWrite)
  const sum =
    plain * price.input +
    cached * (price.cached ?? price.input) +
    cacheWrite * (price.cacheWrite ?? price.input) +
    output * price.output
  return sum / 1_000_000
}
