import { z } from 'zod'
import type { KubeObject } from '../faults/kube-object.ts'
import type { Kind } from './cluster-api.ts'

const record = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The API server types its objects; what is checked is what everybody here relies on. */
function isObject(value: unknown): value is KubeObject {
  return (
    record(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    record(value.metadata) &&
    typeof value.metadata.name === 'string'
  )
}

/** Items of a list do not say their kind; the list's caller knows it. Undefined when it is no object at all. */
export function toObject(value: unknown, kind: Kind): KubeObject | undefined {
  if (!record(value)) return undefined
  const whole = { apiVersion: kind.apiVersion, kind: kind.kind, ...value }
  return isObject(whole) ? whole : undefined
}

export const ListAnswer = z.looseObject({
  metadata: z
    .looseObject({
      continue: z.string().optional(),
      resourceVersion: z.string().default(''),
      remainingItemCount: z.number().int().min(0).optional().catch(undefined),
    })
    .default({ resourceVersion: '' }),
  // Absent and null both occur for an empty list.
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
})
export const WatchLine = z.looseObject({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
})
export const Bookmark = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) })

export const Version = z.looseObject({ gitVersion: z.string() })
export const AccessReview = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) })
const strings = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
export const RulesReview = z.looseObject({
  status: z.looseObject({
    incomplete: z.boolean().default(false),
    resourceRules: z
      .array(z.looseObject({ verbs: strings, apiGroups: strings, resources: strings, resourceNames: strings }))
      .nullish()
      .transform((rules) => rules ?? []),
  }),
})
