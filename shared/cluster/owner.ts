import type { ObjectRef } from '../faults/fault.ts'
import type { Context } from './context.ts'
import { kindOf, type View } from './view/view.ts'
import type { Metadata } from './view/view-parts.ts'

/** Deeper chains do not exist in Kubernetes; a cycle of forged references would. */
const MAX_DEPTH = 5

const at = (metadata: Metadata) => (metadata.namespace === undefined ? {} : { namespace: metadata.namespace })

export const refOf = (view: View): ObjectRef => ({
  apiVersion: view.apiVersion,
  kind: kindOf(view),
  name: view.metadata.name,
  ...at(view.metadata),
  ...(view.metadata.uid === undefined ? {} : { uid: view.metadata.uid }),
})

/** The top of the chain of controllers; a ReplicaSet that is not in sight still gives its Deployment away. */
export function ownerOf(view: View, { byUid }: Context): ObjectRef {
  let metadata = view.metadata
  let owner = refOf(view)
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const references = metadata.ownerReferences ?? []
    const controller = references.find((reference) => reference.controller === true) ?? references[0]
    // Static pods name their node as owner: the trouble is still the pod's.
    if (controller === undefined || controller.kind === 'Node') return owner
    const { apiVersion, kind, name, uid } = controller
    owner = { apiVersion, kind, name, ...at(view.metadata), uid }
    const seen = byUid(uid)
    if (seen === undefined) return deploymentOf(owner, metadata) ?? owner
    metadata = seen.metadata
  }
  return owner
}

/** Deployment controller v1.33: the ReplicaSet is named `<deployment>-<pod-template-hash>`. */
function deploymentOf(owner: ObjectRef, metadata: Metadata): ObjectRef | undefined {
  const hash = metadata.labels?.['pod-template-hash']
  if (owner.kind !== 'ReplicaSet' || !hash || !owner.name.endsWith(`-${hash}`)) return undefined
  const { uid: _, ...rest } = owner
  return { ...rest, kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) }
}
