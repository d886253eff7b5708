import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { scenariosFolder } from './sets.ts'

/** `families.yaml`: a family of mechanisms and the names of the scenarios that belong to it; `kind/*` takes them all. */
const families = z
  .record(z.string(), z.array(z.string()))
  .parse(parse(readFileSync(join(scenariosFolder, 'families.yaml'), 'utf8')))
const familyByName = new Map(
  Object.entries(families).flatMap(([family, names]) => names.map((name) => [name, family] as const)),
)

export const familyOf = (set: string, scenario: string): string =>
  familyByName.get(scenario) ??
  familyByName.get(`${scenario.split('/')[0]}/*`) ??
  familyByName.get(`${set}/*`) ??
  'other'
