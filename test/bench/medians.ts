import type { z } from 'zod'
import { clientProcess } from './client-process.ts'
import type { ClientAsk } from './clients/main.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

type Figures = Readonly<Record<string, number>>
type Client = ClientAsk['client']

/** The medians of each client's figures, each run in a fresh process; clients take turns, so that noise meets them all. */
export async function medians<T extends Figures>(
  runs: number,
  clients: readonly Client[],
  shape: z.ZodType<T>,
  ask: Omit<ClientAsk, 'client'>,
): Promise<ReadonlyMap<Client, Figures>> {
  const found = new Map<Client, T[]>()
  for (let run = 0; run < runs; run++)
    for (const client of clients)
      found.set(client, [...(found.get(client) ?? []), await clientProcess(shape, { ...ask, client })])
  return new Map([...found].map(([client, results]) => [client, mediansOf(results)]))
}

function mediansOf(results: readonly Figures[]): Figures {
  const names = Object.keys(results[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(results.map((one) => one[name] ?? Number.NaN))]))
}
