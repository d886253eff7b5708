import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'

const number = z.number()
const weather = z.object({
  ...{ error: number, lost: number, crash: number, pause: number, pauseMs: number, skewMs: number, latencyMs: number },
})
const { first, count, mutant } = z
  .object({
    first: z.number(),
    count: z.number(),
    mutant: z
      .object({ file: z.string(), from: z.string(), to: z.string(), caught: z.string(), weather: weather.optional() })
      .optional(),
  })
  .parse(workerData)

if (mutant !== undefined) {
  const changed = new URL(`../../../${mutant.file}`, import.meta.url)
  if (readFileSync(changed, 'utf8').split(mutant.from).length !== 2)
    throw new Error(`${mutant.file} has not exactly once: ${mutant.from}`)
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      if (url !== changed.href) return loaded
      return { ...loaded, source: String(loaded.source).replace(mutant.from, () => mutant.to) }
    },
  })
}
const { placesSchedules } = await import('./places-schedules.ts')
const how = mutant === undefined ? {} : { waitFor: new RegExp(mutant.caught), weather: mutant.weather }
parentPort?.postMessage(await placesSchedules(first, count, how))
