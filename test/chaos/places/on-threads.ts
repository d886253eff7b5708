import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { PlacesMutant } from './mutants.ts'
import type { PlacesSummary } from './places-schedules.ts'

/** Schedules in a thread of their own; with a mutant: of the product as that has changed it. */
export async function onThread(first: number, count: number, mutant?: PlacesMutant): Promise<PlacesSummary> {
  const workerData = { first, count, ...(mutant === undefined ? {} : { mutant }) }
  const worker = new Worker(new URL('./places-worker.ts', import.meta.url), { workerData })
  const [summary] = await once(worker, 'message')
  return summary
}

/** How many schedules it took until the checker noticed it, and what it said; `undefined`: it did not. */
export async function caughtAfter(mutant: PlacesMutant, most: number) {
  const { failures } = await onThread(1, most, mutant)
  const caught = new RegExp(mutant.caught)
  const found = failures.find(({ violations }) => violations.some((one) => caught.test(one)))
  const said = found?.violations.find((one) => caught.test(one))
  return found === undefined || said === undefined ? undefined : { seed: found.seed, said }
}
