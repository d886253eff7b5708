import type { KubeObject } from '../../shared/faults/kube-object.ts'
import { derivedId } from '../../shared/runtime/ids.ts'
import type { Chance } from './chance.ts'
import { BEGINNING } from './mortal.ts'

/** One trouble of one Deployment, which may go through several pods; or of a node, or of a ReplicaSet without pods. */
export type Trouble = {
  readonly cluster: string
  /** The top owner: what an incident of this trouble is about. */
  readonly deployment: string
  /** The class of its faults. */
  readonly kind: 'crash' | 'image' | 'node' | 'create'
  /** In milliseconds of the world. */
  readonly from: number
  /** `undefined`: it stays. */
  readonly until: number | undefined
  /** Names of the objects that show it. */
  readonly pods: readonly string[]
  readonly node: string
  /** The server says who owns the pod, or leaves it to the name. */
  readonly namesOwner: boolean
}

export function inventTroubles(
  chance: Chance,
  clusters: readonly string[],
  within: number,
  least = 1,
): readonly Trouble[] {
  // More at once cost more than they find; some worlds have them.
  const count = Math.max(least, chance.pick([1, 1, 1, 2, 3]))
  const only = least > 1 ? chance.pick(clusters) : undefined
  return Array.from({ length: count }, (_, index) => {
    const deployment = `web${index}`
    const from = chance.between(0, within)
    return {
      cluster: only ?? chance.pick(clusters),
      deployment,
      kind: chance.pick(['crash', 'image'] as const),
      from,
      until: chance.happens(0.35) ? from + chance.between(2_000, within) : undefined,
      pods: Array.from({ length: chance.whole(1, 2) }, (_, pod) => `${deployment}-6bf586c785-chf5${'mnpq'[pod]}`),
      node: 'n1',
      namesOwner: chance.happens(0.5),
    }
  })
}

/** What has one cause and shows in many objects. `storm`: its cause is not among the faults. */
export type Disaster = 'node' | 'quota' | 'storm'
const SIZES = { node: 4, quota: 3, storm: 22 }

export function inventDisaster(chance: Chance, kind: Disaster, cluster: string, within: number): readonly Trouble[] {
  const from = chance.between(0, within / 2)
  const common = { cluster, until: undefined, namesOwner: true }
  const each = Array.from({ length: SIZES[kind] }, (_, index): Trouble => {
    const at = { ...common, from: from + chance.between(0, within / 2), deployment: `${kind}${index}` }
    return kind === 'quota'
      ? { ...at, kind: 'create', pods: [`${kind}${index}-6bf586c785`], node: '' }
      : { ...at, kind: 'crash', pods: [`${kind}${index}-6bf586c785-chf5m`], node: kind === 'node' ? 'n2' : `m${index}` }
  })
  const node: Trouble = { ...common, from, deployment: 'n2', kind: 'node', pods: ['n2'], node: 'n2' }
  return kind === 'node' ? [node, ...each] : each
}

const waiting = { crash: 'CrashLoopBackOff', image: 'ImagePullBackOff' }
const faultTypes = { crash: 'CrashLoop', image: 'ImagePull', node: 'NodeUnhealthy', create: 'ReplicaSetCreateFailure' }
const QUOTA = 'pods "x" is forbidden: exceeded quota: compute, requested: cpu=1, used: cpu=4, limited: cpu=4'
const long = new Date(BEGINNING - 3_600_000).toISOString()
export const uidOf = ({ cluster }: Trouble, pod: string): string => `uid-${cluster}-${pod}`

/** The object that shows it. */
export function objectOf(trouble: Trouble, name: string): KubeObject {
  const { kind } = trouble
  const metadata = { name, uid: uidOf(trouble, name), creationTimestamp: long }
  if (kind === 'node') {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', lastTransitionTime: long }]
    return { apiVersion: 'v1', kind: 'Node', metadata, status: { conditions } }
  }
  if (kind === 'create') {
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: QUOTA }
    const status = { conditions: [{ ...failure, lastTransitionTime: long }] }
    return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { ...metadata, namespace: 'shop' }, status }
  }
  return podOf(trouble, name, waiting[kind])
}

const podOf = (trouble: Trouble, name: string, reason: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    uid: uidOf(trouble, name),
    creationTimestamp: long,
    labels: { 'pod-template-hash': '6bf586c785' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `${trouble.deployment}-6bf586c785`,
        uid: 'rs',
        controller: true,
      },
    ],
  },
  spec: { nodeName: trouble.node, containers: [{ name: 'web', image: 'web:1' }] },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'web', ready: false, restartCount: 7, state: { waiting: { reason } } }],
  },
})

const resourceOf = ({ kind }: Trouble) => {
  if (kind === 'node') return { apiVersion: 'v1', kind: 'Node' }
  const namespace = 'shop'
  return kind === 'create'
    ? { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }
    : { apiVersion: 'v1', kind: 'Pod', namespace }
}

/** The notice the server sends of it. */
export const noticeOf = (trouble: Trouble, pod: string): Readonly<Record<string, unknown>> => ({
  cluster: trouble.cluster,
  faultId: derivedId(16, trouble.cluster, pod, trouble.kind),
  faultType: faultTypes[trouble.kind],
  severity: 'critical',
  resource: { ...resourceOf(trouble), name: pod, uid: uidOf(trouble, pod) },
  context: trouble.kind === 'create' ? QUOTA : 'told by the server',
  timestamp: new Date(BEGINNING + trouble.from).toISOString(),
  ...(trouble.namesOwner && trouble.node !== '' ? { node: trouble.node } : {}),
  ...(trouble.namesOwner && trouble.kind !== 'node'
    ? { owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: trouble.deployment } }
    : {}),
})
