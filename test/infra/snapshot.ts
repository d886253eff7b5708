import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../infra/azure')

const Resource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  location: z.string().optional(),
  scope: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  sku: z.looseObject({ name: z.string() }).optional(),
  identity: z.looseObject({ userAssignedIdentities: z.record(z.string(), z.unknown()) }).optional(),
  zones: z.array(z.string()).optional(),
  properties: z.looseObject({}).default({}),
})
export type Resource = z.infer<typeof Resource>
const Snapshot = z.looseObject({
  predictedResources: z.array(Resource),
  diagnostics: z.array(z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
})
export type Snapshot = z.infer<typeof Snapshot>

/** What Azure Resource Manager would be asked for, written by `infra/bicep.sh --write`. */
export const readSnapshot = (name: 'main' | 'network'): Snapshot =>
  Snapshot.parse(JSON.parse(readFileSync(join(folder, `${name}.snapshot.json`), 'utf8')))

export const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter((one) => one.type === type)

/** A rule says what Azure would refuse, one sentence each; nothing when it would not. */
export type Rule = (resources: readonly Resource[]) => readonly string[]
