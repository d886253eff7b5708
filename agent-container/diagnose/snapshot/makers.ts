import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { badConditions } from './conditions.ts'
import { isCustomKind } from './custom-kinds.ts'
import { anyConditioned } from './kinds.ts'
import type { Condition } from './shapes.ts'
import { type Seen, type Snapshot, seek } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** What kinds are called that write such an object in place of people. */
const writers: Readonly<Record<string, RegExp>> = {
  Secret: /Secret|Certificate|OnePasswordItem/,
  ConfigMap: /ConfigMap|^Bundle$/,
  PersistentVolumeClaim: /^(DataVolume|ReplicationDestination)$/,
}
/** Those read what they bear in their name, or make it for somebody else. */
const readers = /^Push|Request$|Generator$|Store$/
export const writesKind = (apiVersion: string, kind: string, written: string): boolean =>
  isCustomKind(apiVersion) && writers[written]?.test(kind) === true && !readers.test(kind)

/** Below these fields stands what is written: `target.name`, `secretObjects[].secretName`, `output.secret.name`. */
const outputs = /^(target|destination|output|secretObjects|managedSecretReference|managedKubeSecretReferences)$/
/** As deep as they nest: `spec.output.secret.name`. */
const DEPTH = 5

/** Whether an object of somebody's own kind says that it writes this one: by a field, or by its own name where it has none. */
export function writes(seen: Seen, { kind, namespace, name }: Culprit): boolean {
  if (!writesKind(seen.apiVersion, seen.kind, kind)) return false
  if (seen.namespace !== namespace && seen.namespace !== '') return false
  const named = namesIn(seen.raw.spec, false, DEPTH)
  return named.length > 0 ? named.includes(name) : seen.name === name
}
function namesIn(value: unknown, output: boolean, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  if (Array.isArray(value)) return value.flatMap((one) => namesIn(one, output, depth))
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner === 'string')
      return /^(secretName|configMapName)$/.test(key) || (output && key === 'name') ? [inner] : []
    // What is referred to is read, and not written; what a template is made of is no name of it.
    return /(?<!managedSecret|managedKubeSecret)(Ref|Reference|Refs)$|^(template|templateFrom|transformation|labels|annotations)$/.test(
      key,
    )
      ? []
      : namesIn(inner, output || outputs.test(key), depth - 1)
  })
}
export const writersOf = (snapshot: Snapshot, ref: Culprit): readonly Seen[] =>
  snapshot.objects.filter((seen) => writes(seen, ref))

/** Who made the workload, and would make what it needs, too: `seen` where that was read, `bad` where it says that it fails. */
export type Above = { readonly owner: Culprit; readonly seen: Seen | undefined; readonly bad: Condition | undefined }

/**
 * The object of somebody's own kind above a workload that names a missing one. Undefined when it is well, or names that
 * object itself: then people write it.
 */
export function makerAbove(snapshot: Snapshot, subject: Subject, ref: Culprit): Above | undefined {
  const own = subject.seen
  if (own === undefined) return undefined
  const reference = own.object.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const owner = isCustomKind(own.apiVersion)
    ? { kind: own.kind, namespace: own.namespace, name: own.name }
    : reference !== undefined && isCustomKind(reference.apiVersion)
      ? { kind: reference.kind, namespace: own.namespace, name: reference.name }
      : undefined
  if (owner === undefined) return undefined
  const seen = seek(snapshot, owner)
  if (seen === undefined) return { owner, seen, bad: undefined }
  if (JSON.stringify(seen.raw.spec ?? {}).includes(`"${ref.name}"`)) return undefined
  const said = badConditions(seen).filter(({ message = '' }) => message !== '')
  const bad = said.find(({ type }) => type !== 'Ready') ?? said[0]
  const silent = (anyConditioned.of(seen)?.data.status.conditions ?? []).length === 0
  return bad !== undefined || silent ? { owner, seen, bad } : undefined
}
