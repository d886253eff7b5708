import { createHash } from 'node:crypto'
import type { Loose, SimObject } from './objects.ts'

/** A uid that is the same in each run: derived from what the object is. */
export function uidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const key = (kind: string, namespace: string | undefined, name: string) => `${kind}/${namespace ?? ''}/${name}`
const keyOf = ({ kind, metadata }: SimObject) => key(kind, metadata.namespace, metadata.name)
type OwnerRef = { readonly kind: string; readonly name: string; readonly uid?: string }
const ownersOf = ({ metadata }: SimObject): readonly OwnerRef[] => metadata.ownerReferences ?? []

/**
 * Who writes a cluster down by hand leaves uids out, or writes them only where one object speaks of another. An object
 * gets the uid that others know it by, and others learn the uid that it has, so that owners are found by uid as always.
 */
export function linked(objects: readonly SimObject[]): SimObject[] {
  const known = new Map<string, string>()
  const learn = (at: string, uid: Loose) => {
    if (typeof uid === 'string' && uid !== '' && !known.has(at)) known.set(at, uid)
  }
  for (const object of objects) learn(keyOf(object), object.metadata.uid)
  for (const object of objects)
    for (const { kind, name, uid } of ownersOf(object))
      for (const namespace of [object.metadata.namespace, undefined]) learn(key(kind, namespace, name), uid)
  // A kubelet calls its node by name where a uid belongs.
  for (const { involvedObject: about } of objects)
    if (about?.name !== undefined && about.kind !== 'Node')
      learn(key(about.kind, about.namespace, about.name), about.uid)
  for (const object of objects)
    learn(keyOf(object), uidOf(object.apiVersion, object.kind, object.metadata.namespace ?? '', object.metadata.name))

  const texts = (words: Loose) =>
    words === undefined || words === null
      ? undefined
      : Object.fromEntries(Object.entries(words).map(([name, value]) => [name, String(value)]))
  return objects.map((object) => {
    const { metadata, involvedObject: about } = object
    const owners = ownersOf(object).map((owner) => {
      const found =
        known.get(key(owner.kind, metadata.namespace, owner.name)) ?? known.get(key(owner.kind, '', owner.name))
      return { ...owner, uid: owner.uid ?? found ?? uidOf(owner.kind, owner.name) }
    })
    const [labels, annotations] = [texts(metadata.labels), texts(metadata.annotations)]
    const aboutUid = about?.uid ?? known.get(key(about?.kind, about?.namespace, about?.name))
    return {
      ...object,
      ...(about === undefined || aboutUid === undefined ? {} : { involvedObject: { ...about, uid: aboutUid } }),
      metadata: {
        ...metadata,
        uid: metadata.uid ?? known.get(keyOf(object)) ?? '',
        ...(owners.length === 0 ? {} : { ownerReferences: owners }),
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
      },
    }
  })
}
