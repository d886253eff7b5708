import type { z } from 'zod'
import { clientProcess } from './client-process.ts'
import type { ClientAsk } from './clients/main.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** Half the distance between the least and the most, as a part of the middle: what noise did to a figure. */
export const spreadOf = (values: readonly number[]): number =>
  (Math.max(...values) - Math.min(...values)) / 2 / Math.abs(median(values))

type Figures = Readonly<Record<string, number>>
type Client = ClientAsk['client']

/**
 * One figure of all clients by its name: medians over runs in fresh processes. Clients take turns, so that what the
 * machine does beside meets them all, and `spread` is that of the ratio to the floor of the same turn.
 */
export async function medians<T extends Figures>(
  runs: number,
  clients: readonly Client[],
  shape: z.ZodType<T>,
  ask: Omit<ClientAsk, 'client'>,
) {
  const found = new Map<Client, T[]>()
  for (let run = 0; run < runs; run++)
    for (const client of clients)
      found.set(client, [...(found.get(client) ?? []), await clientProcess(shape, { ...ask, client })])
  const of = (client: Client, name: string) => (found.get(client) ?? []).map((one) => one[name] ?? Number.NaN)
  const middle = (values: readonly number[]) => (values.length === 0 ? undefined : median(values))
  return (name: string) => {
    const ours = of('ours', name)
    const floor = of('floor', name)
    return {
      value: median(ours),
      floor: middle(floor),
      peer: middle(of('stock', name)),
      spread:
        floor.length === 0 ? spreadOf(ours) : spreadOf(ours.map((value, at) => value / (floor[at] ?? Number.NaN))),
    }
  }
}
