import type { KubeObject } from '../../shared/faults/kube-object.ts'
import { derivedId } from '../../shared/runtime/ids.ts'
import type { Chance } from './chance.ts'
import { BEGINNING } from './mortal.ts'

/** One trouble of one Deployment, which may go through several pods. */
export type Trouble = {
  readonly cluster: string
  readonly deployment: string
  readonly kind: 'crash' | 'image'
  /** In milliseconds of the world. */
  readonly from: number
  /** `undefined`: it stays. */
  readonly until: number | undefined
  readonly pods: readonly string[]
  /** The server says who owns the pod, or leaves it to the name. */
  readonly namesOwner: boolean
}

export function inventTroubles(chance: Chance, clusters: readonly string[], within: number): readonly Trouble[] {
  // More at once cost more than they find; some worlds have them.
  const count = chance.pick([1, 1, 1, 2, 3])
  return Array.from({ length: count }, (_, index) => {
    const deployment = `web${index}`
    const from = chance.between(0, within)
    return {
      cluster: chance.pick(clusters),
      deployment,
      kind: chance.pick(['crash', 'image'] as const),
      from,
      until: chance.happens(0.35) ? from + chance.between(2_000, within) : undefined,
      pods: Array.from({ length: chance.whole(1, 2) }, (_, pod) => `${deployment}-6bf586c785-chf5${'mnpq'[pod]}`),
      namesOwner: chance.happens(0.5),
    }
  })
}

const waiting = { crash: 'CrashLoopBackOff', image: 'ImagePullBackOff' }
const faultTypes = { crash: 'CrashLoop', image: 'ImagePull' }
export const uidOf = ({ cluster }: Trouble, pod: string): string => `uid-${cluster}-${pod}`

export const podOf = (trouble: Trouble, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    uid: uidOf(trouble, name),
    creationTimestamp: new Date(BEGINNING - 3_600_000).toISOString(),
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
  spec: { nodeName: 'n1', containers: [{ name: 'web', image: 'web:1' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'web', ready: false, restartCount: 7, state: { waiting: { reason: waiting[trouble.kind] } } },
    ],
  },
})

/** The notice the server sends of it. */
export const noticeOf = (trouble: Trouble, pod: string): Readonly<Record<string, unknown>> => ({
  cluster: trouble.cluster,
  faultId: derivedId(16, trouble.cluster, pod, trouble.kind),
  faultType: faultTypes[trouble.kind],
  severity: 'critical',
  resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: pod, uid: uidOf(trouble, pod) },
  context: 'told by the server',
  timestamp: new Date(BEGINNING + trouble.from).toISOString(),
  ...(trouble.namesOwner
    ? { owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: trouble.deployment } }
    : {}),
})
