import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const root = join(import.meta.dirname, '../..')
const Mutants = z.array(
  z.strictObject({
    name: z.string(),
    file: z.string(),
    from: z.string().min(1),
    to: z.string(),
    tests: z.array(z.string()).min(1),
  }),
)
export type Mutant = z.infer<typeof Mutants>[number]

export const mutants: readonly Mutant[] = Mutants.parse(
  parse(readFileSync(join(import.meta.dirname, 'mutants.yaml'), 'utf8')),
)

/** Its file with the change in it; an error when what it changes is gone, or is there more than once. */
export function mutated({ name, file, from, to }: Mutant): string {
  const parts = readFileSync(join(root, file), 'utf8').split(from)
  if (parts.length !== 2)
    throw new Error(`${name}: ${file} has ${parts.length - 1} places with "${from}", and must have one.`)
  return parts.join(to)
}
