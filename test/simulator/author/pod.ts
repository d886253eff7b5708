import type { Loose, SimObject } from '../objects.ts'
import { type Author, metadata, ownedBy } from './picture.ts'

/** A container as a template spells it; the fields the API defaults are added here. */
export type Container = {
  readonly name: string
  readonly image: string
  readonly [field: string]: Loose
}
export type PodTemplate = {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly containers: readonly Container[]
  readonly spec?: Loose
}

export function podSpec(template: PodTemplate): Loose {
  return {
    containers: template.containers.map((container) => ({
      ...container,
      ...probesOf(container),
      imagePullPolicy: container.imagePullPolicy ?? 'IfNotPresent',
      resources: container.resources ?? {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })),
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...template.spec,
  }
}

const probesOf = (container: Container): Loose =>
  Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe']
      .filter((name) => container[name] !== undefined)
      .map((name) => [
        name,
        { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1, ...container[name] },
      ]),
  )

/** What differs from a pod that has run well since its start. */
export type PodState = {
  readonly phase?: string
  readonly ready?: boolean
  /** Minutes before the picture, of the start of what runs now. */
  readonly started?: number
  readonly restarts?: number
  readonly state?: Loose
  readonly lastState?: Loose
  /** Set when a deletion was asked for this many minutes ago. */
  readonly deleted?: number
  /** Since when it is not ready. */
  readonly notReadySince?: number
  readonly conditions?: Loose
  /** An image that could not be pulled has no id. */
  readonly imageId?: string
  /** What the scheduler says of a pod that has no node. */
  readonly unscheduled?: string
  /** Fields of the status of single containers, by name. */
  readonly containers?: Readonly<Record<string, Loose>>
  /** Fields beside those above, or in their place. */
  readonly status?: Loose
}

const mount = (name: string) => ({
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  name,
  readOnly: true,
})
const tolerations = ['not-ready', 'unreachable'].map((what) => ({
  effect: 'NoExecute',
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  tolerationSeconds: 300,
}))

export function pod(
  author: Author,
  at: { name: string; namespace: string; node: string; created: number; owner: SimObject | undefined },
  template: PodTemplate,
  state: PodState = {},
): SimObject {
  const { name, namespace, node, created, owner } = at
  const spec = podSpec(template)
  const token = `kube-api-access-${author.suffix(5, 'token', name)}`
  const ready = state.ready ?? true
  const started = state.started ?? created - 0.05
  const meta = metadata(author, 'Pod', name, namespace, created, {
    annotations: template.annotations,
    labels: template.labels,
    ...(owner === undefined ? {} : { ownerReferences: ownedBy(owner) }),
  })
  const gone =
    state.deleted === undefined
      ? {}
      : { deletionGracePeriodSeconds: 30, deletionTimestamp: author.ago(state.deleted - 0.5) }
  const condition = (type: string, isTrue: boolean, since: number, extra: Loose = {}) => ({
    lastProbeTime: null,
    lastTransitionTime: author.ago(since),
    ...(isTrue ? {} : extra),
    status: isTrue ? 'True' : 'False',
    type,
  })
  const unready = {
    message: `containers with unready status: [${template.containers.map((one) => one.name).join(' ')}]`,
    reason: 'ContainersNotReady',
  }
  const mounted = (container: Loose) => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), mount(token)],
  })
  const since = ready ? started : (state.notReadySince ?? created - 0.05)
  const placed = state.unscheduled === undefined
  const refused = condition('PodScheduled', false, created, { message: state.unscheduled, reason: 'Unschedulable' })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta, ...gone },
    spec: {
      ...spec,
      containers: spec.containers.map(mounted),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(mounted) }),
      enableServiceLinks: true,
      ...(placed ? { nodeName: node } : {}),
      preemptionPolicy: 'PreemptLowerPriority',
      priority: spec.priority ?? 0,
      serviceAccount: spec.serviceAccountName ?? 'default',
      serviceAccountName: spec.serviceAccountName ?? 'default',
      tolerations: [...(spec.tolerations ?? []), ...tolerations],
      volumes: [
        ...(spec.volumes ?? []),
        {
          name: token,
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
            ],
          },
        },
      ],
    },
    status: placed
      ? {
          conditions: state.conditions ?? [
            condition('PodReadyToStartContainers', true, created - 0.05),
            condition('Initialized', true, created),
            condition('Ready', ready, since, unready),
            condition('ContainersReady', ready, since, unready),
            condition('PodScheduled', true, created),
          ],
          containerStatuses: template.containers.map(({ name: called, image }) => {
            const digest = author.uid('image', image).replaceAll('-', '').repeat(2)
            const running = { running: { startedAt: author.ago(started) } }
            return {
              ...(state.imageId === ''
                ? {}
                : { containerID: `containerd://${author.uid('id', name, called).replaceAll('-', '').repeat(2)}` }),
              image,
              imageID: state.imageId ?? `${image.replace(/:[^:/]*$/, '')}@sha256:${digest}`,
              lastState: state.lastState ?? {},
              name: called,
              ready,
              restartCount: state.restarts ?? 0,
              started: ready,
              state: state.state ?? running,
              ...state.containers?.[called],
            }
          }),
          hostIP: hostIp(author, node),
          hostIPs: [{ ip: hostIp(author, node) }],
          phase: state.phase ?? 'Running',
          podIP: author.podIp(name, node),
          podIPs: [{ ip: author.podIp(name, node) }],
          qosClass: qosOf(spec.containers),
          startTime: author.ago(created),
          ...state.status,
        }
      : { conditions: [refused], phase: 'Pending', qosClass: qosOf(spec.containers), ...state.status },
  }
}

const qosOf = (containers: Loose[]): string =>
  containers.every((one) => one.resources?.requests === undefined && one.resources?.limits === undefined)
    ? 'BestEffort'
    : 'Burstable'

export const hostIp = (author: Author, node: string): string => `10.20.0.${11 + author.nodes.indexOf(node)}`
