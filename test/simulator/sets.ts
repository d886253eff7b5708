import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Expect, readScenario, type Scenario } from './scenario.ts'

const share = z.number().min(0).max(1)
const count = z.number().min(0)
const SetRules = z.strictObject({
  mechanism: z.enum(['words', 'class']),
  quietMeansNoIncident: z.boolean().default(false),
  /** Do not come out as they should yet. Only ever shorter: what is taken out is held from then on. */
  misses: z.array(z.string()).default([]),
  least: z.strictObject({ heard: share.optional(), right: share, firstThree: share.optional(), mechanism: share }),
  most: z.strictObject({
    falseCertain: count,
    causesOnControls: count,
    woken: count.optional(),
    reads: count,
    seconds: count,
  }),
})
export type SetRules = z.infer<typeof SetRules>

export const scenariosFolder = new URL('../scenarios/', import.meta.url).pathname
export const sets: ReadonlyMap<string, SetRules> = new Map(
  Object.entries(z.record(z.string(), SetRules).parse(parse(readFileSync(join(scenariosFolder, 'sets.yaml'), 'utf8')))),
)

export type Placed = { readonly set: string; readonly name: string; readonly folder: string }

/** Every scenario of a set by its path in it: `pvc/missing-storage-class`. */
export function scenariosOf(set: string): readonly Placed[] {
  const root = join(scenariosFolder, set)
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('cluster.yaml'))
    .map((path) => join(root, path, '..'))
  return found.map((folder) => ({ set, name: relative(root, folder), folder })).toSorted(byName)
}
const byName = (a: Placed, b: Placed) => (a.name < b.name ? -1 : 1)

export const allScenarios = (): readonly Placed[] => [...sets.keys()].flatMap(scenariosOf)

/** A scenario with its name in its set; one outside all sets has its folder's. */
export function readPlaced(folder: string): Scenario & { readonly set: string } {
  const path = relative(scenariosFolder, folder)
  const [set = '', ...rest] = path.split('/')
  if (path.startsWith('..') || !sets.has(set) || rest.length === 0) return { ...readScenario(folder), set: '' }
  const read = { ...readScenario(folder, rest.join('/')), set }
  return read.expect === undefined ? read : { ...read, expect: withRules(read.expect, sets.get(set)) }
}

/** A set says for all of its scenarios what each of them need not. */
function withRules(expect: Expect, rules: SetRules | undefined): Expect {
  const free = <T extends object>(cause: T): T =>
    rules?.mechanism === 'words' ? { ...cause, class: undefined } : cause
  return {
    ...expect,
    ...(expect.rootCause ? { rootCause: free(expect.rootCause) } : {}),
    ...(expect.rootCauses === undefined ? {} : { rootCauses: expect.rootCauses.map(free) }),
    ...(rules?.quietMeansNoIncident && expect.rootCause === null ? { incident: 'none' as const } : {}),
  }
}
