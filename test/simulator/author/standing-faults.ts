import type { SimObject } from '../objects.ts'
import type { Draft } from './draft.ts'
import { type Town, town, two } from './town.ts'

const DAY = 1_440

const scaler = (t: Town, namespace: string, name: string, reason: string, message: string): SimObject =>
  t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', namespace, name, {
    spec: {
      maxReplicas: 9,
      metrics: [
        { resource: { name: 'cpu', target: { averageUtilization: 60, type: 'Utilization' } }, type: 'Resource' },
      ],
      minReplicas: 2,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    },
    status: {
      conditions: [
        {
          lastTransitionTime: t.ago(40),
          message: "the HPA controller was able to get the target's current scale",
          reason: 'SucceededGetScale',
          status: 'True',
          type: 'AbleToScale',
        },
        { lastTransitionTime: t.ago(40), message, reason, status: 'False', type: 'ScalingActive' },
      ],
      currentMetrics: null,
      currentReplicas: 2,
      desiredReplicas: 0,
    },
  })

const noRequests = (): Draft => {
  const now = '2026-08-01T12:30:00Z'
  const t = town({
    now,
    seed: 'wild-boar',
    nodes: ['moor-1', 'moor-2'],
    neighbours: two('heath', 'low-gorse', 'dry-peat'),
  })
  const boar = t.app({ namespace: 'heath', name: 'wild-boar', days: 12, main: { resources: {} }, port: 8080 })
  const message =
    'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod '
  const hpa = scaler(t, 'heath', 'wild-boar', 'FailedGetResourceMetric', `${message}${boar.pods[0]?.metadata.name}`)
  return {
    name: 'scaler-blind',
    now,
    objects: [
      ...t.well,
      ...boar.objects,
      hpa,
      t.warn(
        hpa,
        'FailedGetResourceMetric',
        `failed to get cpu utilization: missing request for cpu in container app of Pod ${boar.pods[0]?.metadata.name}`,
        { first: 58, last: 0.3, count: 232, component: 'horizontal-pod-autoscaler' },
      ),
    ],
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'heath', name: 'wild-boar', class: 'AutoscalerMissingRequests' },
      mustNotBlame: ['Deployment/kube-system/metrics-server', 'HorizontalPodAutoscaler/heath/wild-boar'],
    },
  }
}

const metricsDown = (): Draft => {
  const now = '2026-08-02T12:30:00Z'
  const t = town({ now, seed: 'wise-hen', nodes: ['coop-1', 'coop-2'], neighbours: two('barn', 'hot-corn', 'raw-oat') })
  const hen = t.app({ namespace: 'barn', name: 'wise-hen', days: 12, port: 8080 })
  const message =
    'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)'
  const hpa = scaler(
    t,
    'barn',
    'wise-hen',
    'FailedGetResourceMetric',
    `the HPA was unable to compute the replica count: failed to get cpu utilization: ${message}`,
  )
  const api = t.thing('apiregistration.k8s.io/v1', 'APIService', '', 'v1beta1.metrics.k8s.io', {
    spec: {
      group: 'metrics.k8s.io',
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      version: 'v1beta1',
      versionPriority: 100,
    },
    status: {
      conditions: [
        {
          lastTransitionTime: t.ago(41),
          message: 'service/metrics-server in "kube-system" is not present',
          reason: 'ServiceNotFound',
          status: 'False',
          type: 'Available',
        },
      ],
    },
  })
  return {
    name: 'scaler-without-meter',
    now,
    objects: [
      ...t.well,
      ...hen.objects,
      hpa,
      api,
      t.warn(hpa, 'FailedGetResourceMetric', message, {
        first: 41,
        last: 0.3,
        count: 160,
        component: 'horizontal-pod-autoscaler',
      }),
    ],
    expect: {
      rootCause: { kind: 'APIService', namespace: '', name: 'v1beta1.metrics.k8s.io', class: 'MetricsUnavailable' },
      mustNotBlame: ['Deployment/barn/wise-hen', 'HorizontalPodAutoscaler/barn/wise-hen'],
    },
  }
}

const drainBlocked = (): Draft => {
  const now = '2026-08-03T02:15:00Z'
  const t = town({
    now,
    seed: 'firm-oak',
    nodes: ['rig-1', 'rig-2', 'rig-3'],
    neighbours: two('grove', 'slim-birch', 'gnarly-yew'),
  })
  const oak = t.app({ namespace: 'grove', name: 'firm-oak', days: 50, replicas: 2, port: 8080 })
  const closed = oak.pods[0]?.spec.nodeName
  for (const machine of t.machines)
    if (machine.kind === 'Node' && machine.metadata.name === closed)
      machine.spec = {
        ...machine.spec,
        unschedulable: true,
        taints: [{ effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable', timeAdded: t.ago(38) }],
      }
  const node = t.machines.find(({ kind, metadata }) => kind === 'Node' && metadata.name === closed) ?? oak.owner
  const budget = t.thing('policy/v1', 'PodDisruptionBudget', 'grove', 'firm-oak', {
    spec: { minAvailable: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'firm-oak' } } },
    status: {
      conditions: [
        {
          lastTransitionTime: t.ago(900),
          message: '',
          observedGeneration: 1,
          reason: 'InsufficientPods',
          status: 'False',
          type: 'DisruptionAllowed',
        },
      ],
      currentHealthy: 2,
      desiredHealthy: 2,
      disruptionsAllowed: 0,
      expectedPods: 2,
      observedGeneration: 1,
    },
  })
  return {
    name: 'drain-stands-still',
    now,
    objects: [
      ...t.well,
      ...oak.objects,
      budget,
      t.tell(node, 'NodeNotSchedulable', `Node ${closed} status is now: NodeNotSchedulable`, { first: 38 }),
    ],
    expect: {
      rootCause: { kind: 'PodDisruptionBudget', namespace: 'grove', name: 'firm-oak', class: 'DisruptionBudgetBlocks' },
      mustNotBlame: [`Node//${closed}`, 'Deployment/grove/firm-oak'],
      trigger: { kind: 'Node', namespace: '', name: closed },
    },
  }
}

const podSecurity = (): Draft => {
  const now = '2026-08-07T11:20:00Z'
  const t = town({
    now,
    seed: 'stout-mule',
    nodes: ['pass-1', 'pass-2'],
    neighbours: two('caravan', 'soft-camel', 'sly-jackal'),
  })
  const mule = t.app({ namespace: 'caravan', name: 'stout-mule', days: 70, replicas: 2, state: [{}], port: 8080 })
  const forbidden = `pods "${mule.replicaSet.metadata.name}-q8r4t" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)`
  mule.replicaSet.spec.replicas = 2
  mule.replicaSet.status.conditions = [
    {
      lastTransitionTime: t.ago(44),
      message: forbidden,
      reason: 'FailedCreate',
      status: 'True',
      type: 'ReplicaFailure',
    },
  ]
  return {
    name: 'no-way-back',
    now,
    objects: [
      ...t.well,
      t.thing(
        'v1',
        'Namespace',
        '',
        'caravan',
        { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
        {
          created: 200 * DAY,
          labels: { 'kubernetes.io/metadata.name': 'caravan', 'pod-security.kubernetes.io/enforce': 'restricted' },
        },
      ),
      ...mule.objects,
      t.warn(mule.replicaSet, 'FailedCreate', `Error creating: ${forbidden}`, {
        first: 44,
        last: 2,
        count: 18,
        component: 'replicaset-controller',
      }),
    ],
    expect: {
      rootCause: { kind: 'Namespace', namespace: '', name: 'caravan', class: 'PodSecurityViolation' },
      mustMention: ['restricted'],
      mustNotBlame: ['Node//pass-1', 'Deployment/caravan/soft-camel'],
    },
  }
}

const finalizer = (): Draft => {
  const now = '2026-08-08T20:20:00Z'
  const t = town({
    now,
    seed: 'numb-crow',
    nodes: ['perch-1', 'perch-2'],
    neighbours: two('belfry', 'rusty-bell', 'loose-tile'),
  })
  const keeper = t.app({
    namespace: 'belfry',
    name: 'nest-keeper',
    days: 30,
    replicas: 1,
    spec: { serviceAccountName: 'nest-keeper' },
  })
  const nest = t.thing(
    'crows.example.net/v1',
    'Nest',
    'belfry',
    'numb-crow',
    { spec: { twigs: 40 }, status: { phase: 'Deleting' } },
    {
      created: 9 * DAY,
      deletionTimestamp: t.ago(180),
      deletionGracePeriodSeconds: 0,
      finalizers: ['crows.example.net/empty-first'],
    },
  )
  const denied =
    'ERROR reconcile belfry/numb-crow: nests.crows.example.net "numb-crow" is forbidden: User "system:serviceaccount:belfry:nest-keeper" cannot update resource "nests" in API group "crows.example.net" in the namespace "belfry"'
  return {
    name: 'will-not-go',
    now,
    objects: [
      ...t.well,
      t.thing('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', 'nests.crows.example.net', {
        spec: {
          group: 'crows.example.net',
          names: { kind: 'Nest', listKind: 'NestList', plural: 'nests', singular: 'nest' },
          scope: 'Namespaced',
          versions: [{ name: 'v1', served: true, storage: true }],
        },
      }),
      t.thing('v1', 'ServiceAccount', 'belfry', 'nest-keeper', {}),
      ...keeper.objects,
      nest,
    ],
    logs: t.log(keeper.pods[0] ?? keeper.owner, 'app', 0.4, ['INFO nest-keeper up', denied, denied]),
    expect: {
      rootCauses: [{ kind: 'Nest', namespace: 'belfry', name: 'numb-crow', class: 'FinalizerDeadlock' }],
      mustNotBlame: ['Node//perch-1'],
      trigger: { kind: 'Nest', namespace: 'belfry', name: 'numb-crow' },
    },
  }
}

export const standingFaults = [noRequests, metricsDown, drainBlocked, podSecurity, finalizer]
