import { detectFaults } from '../../../shared/faults/detect.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import {
  aboutPod,
  ago,
  claim,
  claimUser,
  conditions,
  container,
  cron,
  ended,
  event,
  init,
  named,
  now,
  otherDeployment,
  pendingOnNode,
  pod,
  podOf,
  service,
  set,
  started,
  unready,
  unscheduled,
  waiting,
} from './pictures.ts'

/** A trouble, and how the cluster looks when it has lasted for so many seconds. */
export type Trouble = {
  readonly fault: string
  readonly when: string
  readonly picture: (seconds: number) => readonly KubeObject[]
  /** The picture's own time, for what follows a schedule. */
  readonly at?: (seconds: number) => Date
}
const trouble = (fault: string, when: string, picture: Trouble['picture']): Trouble => ({ fault, when, picture })

const young = (object: KubeObject, seconds: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp: ago(seconds) },
})
const noPods = named('Pod', 'v1', { status: { phase: 'Running' } }, { namespace: 'elsewhere', labels: {} })
const node = (...list: Parameters<typeof conditions>) => named('Node', 'v1', conditions(...list))
const budget = (name: string) =>
  named(
    'PodDisruptionBudget',
    'policy/v1',
    { spec: { selector: { matchLabels: { app: 'web' } } }, status: { disruptionsAllowed: 1 } },
    { name, uid: name },
  )
const ingress = (more: object, metadata: object = {}) =>
  named('Ingress', 'networking.k8s.io/v1', { status: { loadBalancer: {} }, ...more }, metadata)
const served = ingress(
  { spec: { ingressClassName: 'nginx' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
  { name: 'other', uid: 'other' },
)
const nginx = named('IngressClass', 'networking.k8s.io/v1', {}, { name: 'nginx', uid: 'nginx', namespace: undefined })
const probed = (seconds: number) =>
  pod(
    {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
      containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: started(seconds) }],
    },
    {
      spec: {
        containers: [
          {
            name: 'web',
            image: 'shop/web:2',
            readinessProbe: { initialDelaySeconds: 600, periodSeconds: 60, failureThreshold: 3 },
          },
        ],
      },
    },
  )

/** Each kind of fault at least once, and once more wherever its patience differs. */
export const troubles: readonly Trouble[] = [
  trouble('APIServiceUnavailable', 'an aggregated API does not answer', (t) => [
    named('APIService', 'apiregistration.k8s.io/v1', conditions(['Available', 'False', 'MissingEndpoints', t])),
  ]),
  trouble('CertificateExpired', 'its end has passed', (t) => [
    named('Certificate', 'cert-manager.io/v1', { status: { notAfter: ago(t) } }),
  ]),
  trouble('CertificateFailing', 'it is not issued', (t) => [
    named('Certificate', 'cert-manager.io/v1', conditions(['Ready', 'False', 'DoesNotExist', t])),
  ]),
  trouble('CertificateFailing', 'its renewal is overdue', (t) => [
    named('Certificate', 'cert-manager.io/v1', { status: { renewalTime: ago(t), notAfter: ago(-10 * 86_400) } }),
  ]),
  trouble('ConfigError', 'the container cannot be created', (t) => [
    young(waiting('CreateContainerConfigError', 'configmap "a" not found'), t),
  ]),
  trouble('CrashLoop', 'the kubelet backs off', (t) => [
    container({ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(t) }),
  ]),
  trouble('CrashLoop', 'it backs off after exits with code 0', (t) => [
    container({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: ended(t, 0, 'Completed'),
    }),
  ]),
  trouble('CrashLoop', 'its liveness probe kills it, for the second time', (t) => [
    container({ ready: true, restartCount: 2, state: started(t), lastState: ended(t, 0, 'Completed') }),
    event(aboutPod, 'Unhealthy', 'Liveness probe failed: timeout', t),
  ]),
  trouble('CronJobMissed', 'a run does not begin', () => [cron({}, '2026-02-01T11:30:00Z')]),
  trouble('DaemonSetFailure', 'one of its pods is not ready', (t) => [
    set('DaemonSet', { desiredNumberScheduled: 3, numberReady: 2 }),
    podOf('DaemonSet', t),
  ]),
  trouble('DeploymentFailure', 'its own progress deadline has passed', (t) => [
    named('Deployment', 'apps/v1', conditions(['Progressing', 'False', 'ProgressDeadlineExceeded', t])),
  ]),
  trouble('DrainBlocked', 'a budget keeps pods on a node that is drained', (t) => [
    named(
      'Node',
      'v1',
      {
        spec: {
          unschedulable: true,
          taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago(t) }],
        },
        ...conditions(['Ready', 'True', 'KubeletReady', 9_000]),
      },
      { name: 'n1', namespace: undefined },
    ),
    pod({ conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(3_000) }] }),
    budget('a'),
    budget('b'),
  ]),
  trouble('HPAUnable', 'it has no metrics', (t) => [
    named(
      'HorizontalPodAutoscaler',
      'autoscaling/v2',
      conditions(['ScalingActive', 'False', 'FailedGetResourceMetric', t]),
    ),
  ]),
  trouble('ImagePull', 'the kubelet backs off', (t) => [young(waiting('ImagePullBackOff', 'not found'), t)]),
  trouble('ImagePull', 'the first try fails', (t) => [young(waiting('ErrImagePull', 'not found'), t)]),
  trouble('ImagePull', 'the registry is busy or away', (t) => [
    young(waiting('ImagePullBackOff', '429 Too Many Requests'), t),
  ]),
  trouble('IngressUnserved', 'its class does not exist', (t) => [
    young(ingress({ spec: { ingressClassName: 'traefik' } }), t),
    nginx,
  ]),
  trouble('IngressUnserved', 'its Service does not exist', (t) => [
    young(ingress({ spec: { defaultBackend: { service: { name: 'gone' } } } }), t),
    service,
    otherDeployment,
    pod({}, { metadata: { labels: { app: 'shop' } } }),
  ]),
  trouble('IngressUnserved', 'it gets no address, others of its class have one', (t) => [
    young(ingress({ spec: { ingressClassName: 'nginx' } }), t),
    served,
    nginx,
  ]),
  trouble('InitFailure', 'an init container ends with an error', (t) => [
    init({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(t, 3) }),
  ]),
  trouble('InitFailure', 'an init container only waits for something', (t) => [
    pod(
      {
        phase: 'Pending',
        initContainerStatuses: [{ name: 'setup', restartCount: 0, state: started(t), lastState: {} }],
      },
      {
        spec: {
          initContainers: [
            { name: 'setup', image: 'busybox', command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] },
          ],
        },
      },
    ),
  ]),
  trouble('InitFailure', 'an init container works and does not end', (t) => [
    init({ restartCount: 0, state: started(t) }),
  ]),
  trouble('JobFailure', 'it is out of tries, or past its deadline', (t) => [
    named('Job', 'batch/v1', conditions(['Failed', 'True', 'BackoffLimitExceeded', t])),
  ]),
  trouble('JobHeldOpen', 'a container keeps running when the work has ended', (t) => [
    named('Job', 'batch/v1', { status: { active: 1 } }),
    pod(
      {
        containerStatuses: [
          { name: 'work', state: ended(t, 0, 'Completed') },
          { name: 'proxy', ready: true, state: started(9_000) },
        ],
      },
      {
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: 'work', image: 'a' },
            { name: 'proxy', image: 'b' },
          ],
        },
        metadata: {
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: 'Job-1', controller: true }],
        },
      },
    ),
  ]),
  trouble('NamespaceStuckTerminating', 'it does not go', (t) => [
    named('Namespace', 'v1', { status: { phase: 'Terminating' } }, { deletionTimestamp: ago(t) }),
  ]),
  trouble('NodePressure', 'it lacks memory, disk or process ids', (t) => [
    node(['Ready', 'True', 'KubeletReady', 9_000], ['DiskPressure', 'True', 'KubeletHasDiskPressure', t]),
  ]),
  trouble('NodeProblem', 'a node agent reports it', (t) => [
    node(['Ready', 'True', 'KubeletReady', 9_000], ['KernelDeadlock', 'True', 'DockerHung', t]),
  ]),
  trouble('NodeUnhealthy', 'it is not ready', (t) => [node(['Ready', 'False', 'KubeletNotReady', t])]),
  trouble('NodeUnhealthy', 'it is not ready after it was cordoned', (t) => [
    named('Node', 'v1', { spec: { unschedulable: true }, ...conditions(['Ready', 'Unknown', 'NodeStatusUnknown', t]) }),
  ]),
  trouble('NodeUnhealthy', 'it joins and does not become ready', (t) => [
    young(node(['Ready', 'False', 'KubeletNotReady', t]), t),
  ]),
  trouble('OOMKilled', 'a container is killed for memory', (t) => [
    container({ restartCount: 1, state: started(t), lastState: ended(t, 137, 'OOMKilled') }),
  ]),
  trouble('PodCrash', 'a container ends with an error', (t) => [
    container({ restartCount: 1, state: started(t), lastState: ended(t, 2) }),
  ]),
  trouble('PodEvicted', 'its node puts it out, and its workload is not whole', (t) => [
    pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory', startTime: ago(t) }),
  ]),
  trouble('PodNotAdmitted', 'its node refuses it, and nobody makes another', (t) => [
    pod(
      {
        phase: 'Failed',
        reason: 'UnexpectedAdmissionError',
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(t) }],
      },
      { metadata: { ownerReferences: [] } },
    ),
  ]),
  trouble('PodStuckPending', 'it hangs on its node', (t) => [pendingOnNode(t)]),
  trouble('PodStuckPending', 'the same, with a warning about a volume or its sandbox', (t) => [
    pendingOnNode(t),
    event(aboutPod, 'FailedMount', 'timed out', Math.min(t, 60)),
  ]),
  trouble('PodStuckTerminating', 'it is there when its grace period is over', (t) => [
    pod({}, { metadata: { deletionTimestamp: ago(t) } }),
  ]),
  trouble('ProbeFailure', 'its readiness probe fails, as the kubelet says', (t) => [
    unready(t, t),
    event(aboutPod, 'Unhealthy', 'Readiness probe failed: 503', Math.min(t, 20)),
  ]),
  trouble('ProbeFailure', 'it is not ready, and nothing says why', (t) => [unready(t, t)]),
  trouble('ProbeFailure', 'its probe has more patience than that', (t) => [probed(t)]),
  trouble('PVCLost', 'its volume is gone', () => [claim('Lost', 600)]),
  trouble('PVCPending', 'a pod waits for it', (t) => [claim('Pending', t), claimUser]),
  trouble('ReadinessGateClosed', 'its containers are ready, and nobody opens its gate', (t) => [
    pod(
      {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', lastTransitionTime: ago(t) },
          { type: 'ContainersReady', status: 'True', lastTransitionTime: ago(t) },
        ],
        containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: started(t) }],
      },
      { spec: { readinessGates: [{ conditionType: 'example.com/load-balancer' }] } },
    ),
  ]),
  trouble('ReplicaSetCreateFailure', 'its condition says so', (t) => [
    named('ReplicaSet', 'apps/v1', {
      spec: { replicas: 2 },
      ...conditions(['ReplicaFailure', 'True', 'FailedCreate', t, 'exceeded quota']),
    }),
  ]),
  trouble('ReplicaSetCreateFailure', 'a StatefulSet, DaemonSet or Job says so for the second time', (t) => [
    named('StatefulSet', 'apps/v1', {}),
    event(
      { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'x', uid: 'StatefulSet-1' },
      'FailedCreate',
      'exceeded quota',
      t,
      { count: 2 },
    ),
  ]),
  trouble('ResourceFailing', 'a custom resource has a good condition False, or a bad one True', (t) => [
    named('Database', 'example.com/v1', conditions(['Ready', 'False', 'Broken', t])),
  ]),
  trouble('ResourceFailing', 'a release, kustomization or application says that it failed', (t) => [
    named('HelmRelease', 'helm.toolkit.fluxcd.io/v2', conditions(['Ready', 'False', 'UpgradeFailed', t])),
  ]),
  trouble('ResourceFailing', 'its phase says so', (t) => [
    young(named('BackupStorageLocation', 'velero.io/v1', { status: { phase: 'Unavailable' } }), t),
  ]),
  trouble('ResourceFailing', 'a route is refused, or no gateway takes it', (t) => [
    young(named('HTTPRoute', 'gateway.networking.k8s.io/v1', { status: { parents: [] } }), t),
  ]),
  trouble('ResourceStuckTerminating', 'a custom resource does not go', (t) => [
    named('Database', 'example.com/v1', {}, { deletionTimestamp: ago(t) }),
  ]),
  trouble('ServiceWithoutEndpoints', 'its selector finds no pod and no workload', (t) => [
    young(service, t),
    otherDeployment,
    pod({}),
  ]),
  trouble('StatefulSetFailure', 'one of its pods is not ready', (t) => [
    set('StatefulSet', { readyReplicas: 2 }),
    podOf('StatefulSet', t),
  ]),
  trouble('Unschedulable', 'no node takes it', (t) => [unscheduled(t)]),
  trouble('Unschedulable', 'an autoscaler makes a node for it', (t) => [
    unscheduled(t),
    event(aboutPod, 'TriggeredScaleUp', 'pod triggered scale-up', t, { type: 'Normal' }),
  ]),
  trouble('VolumeFailed', 'it could not be given back or taken up', () => [
    named('PersistentVolume', 'v1', { status: { phase: 'Failed' } }, { namespace: undefined }),
  ]),
  trouble('WebhookFailure', 'a call of it failed', (t) => [
    named('ReplicaSet', 'apps/v1', {
      spec: { replicas: 2 },
      ...conditions(['ReplicaFailure', 'True', 'FailedCreate', t, 'failed calling webhook "a.b": no endpoints']),
    }),
  ]),
  trouble('WebhookFailure', 'nobody is behind it, and it refuses then', (t) => [
    young(
      named('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', {
        webhooks: [
          { name: 'a.b', failurePolicy: 'Fail', clientConfig: { service: { name: 'gone', namespace: 'hooks' } } },
        ],
      }),
      t,
    ),
    service,
    otherDeployment,
    pod({}, { metadata: { labels: { app: 'shop' } } }),
    noPods,
  ]),
].map((one) =>
  one.fault === 'CronJobMissed'
    ? { ...one, at: (t: number) => new Date(Date.parse('2026-02-01T11:40:00Z') + t * 1000) }
    : one,
)

/** Whether the fault is seen when the trouble has lasted for so long, without the kinds that are left out. */
export function isHeard({ fault, picture, at }: Trouble, seconds: number, without: readonly string[] = []): boolean {
  const objects = picture(seconds).filter(({ kind }) => !without.includes(kind ?? ''))
  const completeKinds = picture(seconds).map(({ kind }) => kind ?? '')
  return detectFaults({ cluster: 'east', objects, completeKinds }, at?.(seconds) ?? now).some(
    ({ faultType }) => faultType === fault,
  )
}

/** Seconds after which it is heard, measured to the second; `undefined` when it is not within two days. */
export function patienceOf(one: Trouble): number | undefined {
  let late = 1
  if (isHeard(one, 0)) return 0
  while (late <= 2 * 86_400 && !isHeard(one, late)) late *= 2
  if (late > 2 * 86_400) return undefined
  let silent = late / 2
  while (late - silent > 1) {
    const between = Math.floor((silent + late) / 2)
    if (isHeard(one, between)) late = between
    else silent = between
  }
  return late
}

/** The kinds without which it is not heard. */
export function seenBy(one: Trouble): readonly string[] {
  const after = patienceOf(one) ?? 0
  const kinds = [...new Set(one.picture(after).map(({ kind }) => kind ?? ''))]
  return kinds.filter((kind) => !isHeard(one, after, [kind]))
}
