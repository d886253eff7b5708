import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ObjectName } from '../model.ts'

/** Somebody changed an object: which fields they own, and when they last wrote them. */
export type Change = {
  readonly object: ObjectName
  readonly by: string
  readonly at: string
  /** `spec.template.spec.nodeSelector.disk`, at most so many as are read by people. */
  readonly fields: readonly string[]
}

const Entry = z.looseObject({
  manager: z.string().catch(''),
  operation: z.string().catch(''),
  time: z.string().optional(),
  subresource: z.string().optional(),
  fieldsV1: z.unknown(),
})
const Managed = z.looseObject({ managedFields: z.array(Entry).catch([]) })
const MAX_FIELDS = 40

/**
 * The cluster's own change log: every object says who wrote which of its fields and when. Status is left out: controllers
 * write it all the time. The newest first.
 */
export function changesOf(object: KubeObject): readonly Change[] {
  const { kind, metadata } = object
  const entries = Managed.safeParse(metadata).data?.managedFields ?? []
  return entries
    .flatMap(({ manager, time, subresource, fieldsV1 }) => {
      const fields = pathsOf(fieldsV1, '').filter(
        (path) => !/^(status|metadata\.(annotations|resourceVersion))(\.|$)/.test(path),
      )
      return time === undefined || subresource === 'status' || fields.length === 0
        ? []
        : [
            {
              object: { kind, namespace: metadata.namespace ?? '', name: metadata.name },
              by: manager,
              at: time,
              fields: fields.slice(0, MAX_FIELDS),
            },
          ]
    })
    .toSorted((a, b) => b.at.localeCompare(a.at))
}

/** `f:spec`, `k:{"name":"web"}`, `v:"x"`: structured merge diff v4. */
function pathsOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).filter(([key]) => key !== '.')
  if (inner.length === 0) return path === '' ? [] : [path]
  return inner.flatMap(([key, below]) => pathsOf(below, join(path, key)))
}
function join(path: string, key: string): string {
  if (key.startsWith('f:')) return path === '' ? key.slice(2) : `${path}.${key.slice(2)}`
  const name = /"name":"([^"]+)"/.exec(key)?.[1]
  return `${path}[${name ?? key.slice(2)}]`
}
