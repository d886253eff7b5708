import { anyWorkload, nodes, pods } from '../snapshot/kinds.ts'
import { quantity } from '../snapshot/quantity.ts'
import { all, refOf, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import type { Draft, Find } from './link.ts'

/** A taint in the scheduler's words: the nodes that bear it, unless somebody meant them to. */
export const byTaint: Find = (snapshot, { text, kind }) => {
  if (kind === 'log') return []
  const keys = [...text.matchAll(/untolerated taint\(?s?\)? \{([^}:]+)/g)].map(([, key = '']) => key.trim())
  return keys.flatMap((key) =>
    all(snapshot, nodes)
      .filter(({ data }) => data.spec.taints.some((taint) => taint.key === key))
      .slice(0, 3)
      .map((node): Draft => {
        // What Kubernetes and clouds set themselves goes when its reason goes; what people set is meant.
        const byItself = /^node\.(?:kubernetes|cloudprovider\.kubernetes)\.io\//.test(key) && !/control-plane/.test(key)
        return {
          object: refOf(node),
          how: 'word',
          word: key,
          strength: byItself ? 1 : 0.5,
          relation: `bears the taint ${key}`,
          verified: byItself && key !== 'node.kubernetes.io/unschedulable',
        }
      }),
  )
}

/** A device that is too scarce: nodes that should offer it, by their labels, and do not. */
export const byDevice: Find = (snapshot, { text }) => {
  const devices = [...text.matchAll(/Insufficient ([a-z0-9.-]+\/[a-z0-9.-]+)/gi)].map(([, name = '']) => name)
  return [...new Set(devices)].flatMap((device) => {
    const vendor = device.split('.')[0] ?? device
    const offering = all(snapshot, nodes).filter((node) => offers(node.data.status.allocatable, device))
    return all(snapshot, nodes)
      .filter((node) => !offers(node.data.status.allocatable, device))
      .filter((node) =>
        tagged(node).some((tag) => tag.includes(vendor) || offering.some((one) => tagged(one).includes(tag))),
      )
      .slice(0, 3)
      .map(
        (node): Draft => ({
          object: refOf(node),
          how: 'word',
          word: device,
          strength: 1,
          relation: `offers no ${device}, though its labels say that it should`,
          verified: offering.length > 0,
        }),
      )
  })
}
/** What people and clouds call a sort of machine; every node has the others. */
const tagged = ({ raw }: Seen): readonly string[] =>
  Object.entries(raw.metadata.labels ?? {}).flatMap(([key, value]) =>
    /arch|\/os$|hostname|topology|zone|region|role|kubernetes\.io\/(?!instance)/.test(key) ? [] : [`${key}=${value}`],
  )
const offers = (allocatable: Readonly<Record<string, string>>, device: string): boolean =>
  quantity(allocatable[device] ?? '0') > 0

/** A driver or device named by the kubelet or a controller: the DaemonSet that brings it, and has no pod on this node. */
export const byAgent: Find = (snapshot, { text, kind, subject }) => {
  if (kind === 'log') return []
  const words = [...text.matchAll(/(?<![\w./@-])([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)].map(([, word = '']) => word)
  const placed = subject.pods.flatMap(({ data }) => data.spec.nodeName ?? [])
  return snapshot.objects
    .filter((seen) => seen.kind === 'DaemonSet')
    .flatMap((seen): readonly Draft[] => {
      const written = JSON.stringify(seen.raw.spec ?? {})
      const word = words.find((one) => written.includes(one) || bearsName(seen.name, one))
      if (word === undefined) return []
      const lacking = placed.find((node) => listedOn(snapshot, node) && !runsOn(snapshot, seen.name, node))
      return [
        {
          object: refOf(seen),
          how: 'word',
          word,
          strength: lacking === undefined ? 0.6 : 1,
          relation:
            lacking === undefined
              ? `brings ${word}`
              : `brings ${word}, and has no pod on node ${lacking}${kept(snapshot, seen, lacking)}`,
          verified: lacking !== undefined,
        },
      ]
    })
}
/** `ebs.csi.aws.com` and `ebs-csi-node`. */
const bearsName = (name: string, word: string): boolean => {
  const parts = word
    .split('.')
    .filter((part) => !/^(com|io|k8s|org|net|dev|aws|azure|gke|cloud|kubernetes)$/.test(part))
  return parts.length > 0 && parts.every((part) => name.includes(part)) && parts.join('').length > 4
}
const listedOn = (snapshot: Snapshot, node: string): boolean =>
  snapshot.lists.some(({ kind, text }) => kind === 'Pod' && text.includes(`spec.nodeName=${node}`))
const runsOn = (snapshot: Snapshot, set: string, node: string): boolean =>
  all(snapshot, pods).some(
    (pod) =>
      pod.data.spec.nodeName === node && pod.object.metadata.ownerReferences?.some(({ name }) => name === set) === true,
  )
/** Which taint of the node the set does not tolerate. */
function kept(snapshot: Snapshot, set: Seen, node: string): string {
  const taints = all(snapshot, nodes).find(({ name }) => name === node)?.data.spec.taints ?? []
  const tolerated = anyWorkload.of(set)?.data.spec.template?.spec.tolerations ?? []
  const strange = taints.find(
    ({ key }) => !tolerated.some((one) => one.key === key || (one.key === undefined && one.operator === 'Exists')),
  )
  return strange === undefined ? '' : `: it does not tolerate the taint ${strange.key} there`
}
