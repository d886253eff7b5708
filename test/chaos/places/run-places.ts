import { availableParallelism } from 'node:os'
import { placesMutants } from './mutants.ts'
import { caughtAfter, onThread } from './on-threads.ts'
import { placesSchedules, placesTogether } from './places-schedules.ts'
import { simulatePlaces } from './simulate-places.ts'

export type PlacesFlags = { readonly schedules: number; readonly seed: number; readonly json: boolean }

/** Too few for a thread to be worth its start. */
const FEW = 200
const MUTANT_SCHEDULES = 1_000

/** Schedules of places that fail; answers whether all held. */
export async function runPlaces({ schedules: count, seed: first, json }: PlacesFlags): Promise<boolean> {
  const replay = (seed: number) => `npm run chaos -- --places --schedules 1 --seed ${seed}`
  const startedAt = Date.now()
  if (count === 1) console.error((await simulatePlaces(first, { record: true })).history.join('\n'))
  const threads = Math.min(availableParallelism(), Math.ceil(count / FEW))
  const part = Math.ceil(count / threads)
  const { failures, sum } =
    threads <= 1
      ? await placesSchedules(first, count)
      : placesTogether(
          await Promise.all(
            Array.from({ length: threads }, (_, index) =>
              onThread(first + index * part, Math.min(part, count - index * part)),
            ),
          ),
        )
  const seconds = (Date.now() - startedAt) / 1000
  if (json)
    console.log(
      JSON.stringify({ schedules: count, seed: first, violations: failures.length, failures, ...sum, seconds }),
    )
  else {
    for (const { seed, violations } of failures.slice(0, 10))
      console.log(`seed ${seed}: ${violations.join('; ')}\n  ${replay(seed)}`)
    console.log(
      `${count} schedules of places from seed ${first}: ${failures.length} with violations; ${sum.happened} happenings, ` +
        `${sum.incidents} incidents, ${sum.told} notices taken, ${sum.kept} kept aside, ${seconds.toFixed(1)} s`,
    )
  }
  return failures.length === 0
}

/** The order without one safeguard after the other; answers whether each was noticed. */
export async function runPlacesMutants(): Promise<boolean> {
  let missed = 0
  for (const mutant of placesMutants) {
    const caught = await caughtAfter(mutant, MUTANT_SCHEDULES)
    if (caught === undefined) missed += 1
    console.log(`${caught === undefined ? 'SURVIVED' : `seed ${String(caught.seed).padStart(4)}`}  ${mutant.what}`)
    if (caught !== undefined) console.log(`           ${caught.said}`)
  }
  console.log(`${placesMutants.length - missed} of ${placesMutants.length} caught`)
  return missed === 0
}
