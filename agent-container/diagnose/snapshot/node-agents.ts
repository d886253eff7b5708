import { pods } from './kinds.ts'
import { isReady } from './services.ts'
import type { Pod } from './shapes.ts'
import { all, eventsOf, refOf, type Seen, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

const network = /cni|calico|cilium|flannel|weave|aws-node|azure|canal|kindnet|antrea|ovn|multus/
const disk = /csi|ebs|azuredisk|azurefile|efs|nfs|rook|ceph|longhorn|portworx|openebs/
/** The runtime asks the network's agent for a sandbox, the kubelet the disk's agent for a mount. */
const without =
  /plugin type="?[\w-]+"? failed|network is not ready|NetworkPluginNotReady|failed to (?:setup|set up) network|not found in the list of registered CSI drivers|failed to create newCsiDriverClient/i

/** Nodes on which this subject's pods cannot be set up for want of an agent. */
export const brokenGround = (snapshot: Snapshot, subject: Subject): readonly string[] => [
  ...notSetUp(snapshot, subject),
  ...(unrouted(snapshot, subject).length > 0 ? subject.pods.flatMap(({ data }) => data.spec.nodeName ?? []) : []),
]
const notSetUp = (snapshot: Snapshot, subject: Subject): readonly string[] =>
  subject.pods
    .filter((pod) => pod.data.status.phase === 'Pending')
    .filter((pod) => eventsOf(snapshot, refOf(pod)).some(({ message }) => without.test(message)))
    .flatMap((pod) => pod.data.spec.nodeName ?? [])

/** A policy drops, and a dead server refuses: that there is no way is the network's own answer. */
const noWay = /no route to host|EHOSTUNREACH|network is unreachable|ENETUNREACH|Host is unreachable/i
export const unrouted = (snapshot: Snapshot, { pods: own }: Pick<Subject, 'pods'>) =>
  snapshot.logs
    .filter((log) => own.some(({ namespace, name }) => log.namespace === namespace && log.pod === name))
    .flatMap((log) => log.lines.slice(-20).flatMap((line) => (noWay.test(line) ? [{ log, line }] : [])))

/** Pods of a DaemonSet on this node that set up networks or disks, and are not ready. */
export const agentPods = (snapshot: Snapshot, node: string): readonly Seen<Pod>[] =>
  all(snapshot, pods).filter(
    (pod) =>
      pod.data.spec.nodeName === node &&
      !isReady(pod) &&
      (network.test(pod.name) || disk.test(pod.name)) &&
      pod.object.metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true,
  )
