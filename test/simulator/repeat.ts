import { z } from 'zod'
import { type SimObject, unfold } from './objects.ts'

/** A storm is a million lines; more would only be slow. */
const most = z.number().int().min(1).max(200_000)
/**
 * `repeat.yaml`: what stands in a scenario very often and is written down once. `{n}` counts from 0; `{c}` as well, and
 * begins anew after `cycle`. Lines come before those that the log has already.
 */
export const Repeat = z.strictObject({
  objects: z.array(z.strictObject({ times: most, cycle: most.default(1), template: z.unknown() })).default([]),
  logs: z
    .array(z.strictObject({ log: z.string(), times: most, cycle: most.default(1), line: z.string().max(400) }))
    .default([]),
})
type Repeat = z.infer<typeof Repeat>

const filled = (text: string, n: number, cycle: number): string =>
  text.replaceAll('{n}', String(n)).replaceAll('{c}', String(n % cycle))

export const repeatedObjects = (repeat: Repeat, path: string): SimObject[] =>
  repeat.objects.flatMap(({ times, cycle, template }) => {
    const text = JSON.stringify(template)
    return Array.from({ length: times }, (_, n) => unfold(JSON.parse(filled(text, n, cycle)), path)).flat()
  })

export const repeatedLines = (repeat: Repeat, log: string): string =>
  repeat.logs
    .filter((one) => one.log === log)
    .map(({ times, cycle, line }) => Array.from({ length: times }, (_, n) => `${filled(line, n, cycle)}\n`).join(''))
    .join('')
