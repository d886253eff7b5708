import type { Context } from './context.ts'
import { condition, onDeadNode } from './context.ts'
import { isLooping } from './kinds/pod/containers.ts'
import type { Harm } from './sign.ts'
import type { View } from './view/view.ts'
import type { PodView } from './view/view-pod.ts'

/** How many replicas a workload wants, and how many serve now. */
export type Share = { readonly ready: number; readonly desired: number }

/** Chains of controllers are no longer. */
const MAX_DEPTH = 5

const isReady = (pod: PodView): boolean => condition(pod.status?.conditions, 'Ready')?.status === 'True'

/** Whether a pod serves: one between two crashes is ready for moments, and does not. */
export const serves = (pod: PodView, context: Context): boolean =>
  !pod.metadata.deletionTimestamp &&
  isReady(pod) &&
  !onDeadNode(pod, context) &&
  !(pod.status?.containerStatuses ?? []).some((status) => isLooping(status, context.now))

/** Of a workload, counted by its pods where they are seen, else as its status says; undefined for all others. */
export function shareOf(view: View, context: Context): Share | undefined {
  const known = shares.get(context) ?? new Map<View, Share | undefined>()
  shares.set(context, known)
  // A workload with a thousand faulty pods is counted once.
  if (!known.has(view)) known.set(view, countShare(view, context))
  return known.get(view)
}
const shares = new WeakMap<Context, Map<View, Share | undefined>>()

function countShare(view: View, context: Context): Share | undefined {
  switch (view.kind) {
    case 'Deployment': {
      const sets = context
        .inNamespace('ReplicaSet', view.metadata.namespace)
        .filter((set) => set.metadata.ownerReferences?.some(({ uid }) => uid === view.metadata.uid))
      const pods = sets.flatMap((set) => context.podsOf(set.metadata.uid))
      return counted(view.spec?.replicas ?? 1, statedBy(view.status), pods, context)
    }
    case 'ReplicaSet':
    case 'StatefulSet':
      return counted(view.spec?.replicas ?? 1, statedBy(view.status), context.podsOf(view.metadata.uid), context)
    case 'DaemonSet': {
      const { desiredNumberScheduled, numberReady } = view.status ?? {}
      if (typeof desiredNumberScheduled !== 'number') return undefined
      return counted(desiredNumberScheduled, numberReady, context.podsOf(view.metadata.uid), context)
    }
    case 'Pod':
      return { desired: 1, ready: serves(view, context) ? 1 : 0 }
    default:
      return undefined
  }
}

/** None is written as nothing, once there is a status. */
const statedBy = (status: { readonly readyReplicas?: number | null | undefined } | null | undefined) =>
  status ? (status.readyReplicas ?? 0) : undefined

function counted(
  desired: number,
  stated: number | null | undefined,
  pods: readonly PodView[],
  context: Context,
): Share | undefined {
  const living = pods.filter((pod) => !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Failed')
  const ready = living.filter((pod) => serves(pod, context)).length
  // Whoever shows fewer pods than its controller knows of is seen in part: then the controller's own number holds.
  if (living.length === 0)
    return typeof stated === 'number' ? { desired, ready: stated } : pods.length > 0 ? { desired, ready } : undefined
  // A controller writes its number a moment later than the pods write theirs.
  if (living.length >= desired) return { desired, ready }
  const between = living.filter((pod) => isReady(pod) && !serves(pod, context)).length
  return { desired, ready: Math.max(ready, (stated ?? 0) - between) }
}

/** Whether all that a workload wants is there and serves. */
export const isWhole = (view: View | undefined, context: Context): boolean => {
  const share = view === undefined ? undefined : shareOf(view, context)
  return share !== undefined && share.ready >= share.desired
}

/** The workload above a pod or a set, as far up as it can be seen. */
export function workloadOf(view: View, context: Context): View {
  let top = view
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const references = top.metadata.ownerReferences ?? []
    const owner = references.find(({ controller }) => controller === true) ?? references[0]
    const seen = owner === undefined || owner.kind === 'Node' ? undefined : context.byUid(owner.uid)
    if (seen === undefined || seen.kind === 'Custom') return top
    top = seen
  }
  return top
}

/** How bad it is, by what serves: nothing, a part, or all. A workload that tells nothing of itself is worth a warning. */
export function harmTo(view: View, context: Context): Harm {
  const top = workloadOf(view, context)
  if (top.kind === 'Job' || top.kind === 'CronJob') return { severity: 'warning', words: 'a run did not succeed' }
  const share = shareOf(top, context)
  if (share === undefined) return { severity: 'warning', words: 'what is unavailable is not known' }
  const words = `${share.ready} of ${share.desired} ready`
  return { severity: share.ready === 0 && share.desired > 0 ? 'critical' : 'warning', words }
}
