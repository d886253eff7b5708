import type { SimObject } from '../objects.ts'
import { bystander, container, node, system } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { createAuthor, event, metadata, ownedBy } from './picture.ts'
import { pod, podSpec } from './pod.ts'
import { deployment } from './workloads.ts'

const now = '2026-05-14T19:30:00Z'
const author = createAuthor(now, 'all-is-well', ['vm-aries', 'vm-libra', 'vm-virgo'])
const [first = '', second = '', third = ''] = author.nodes
const DAY = 1_440

const template = (version: string) => ({
  labels: {},
  containers: [
    container('gateway', `registry.example.net/plaza/wide-mango:${version}`, {
      readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 5 },
    }),
  ],
})
/** Three days ago it fell once, and has run since. */
const once = {
  restarts: 1,
  started: 3 * DAY,
  lastState: {
    terminated: {
      exitCode: 1,
      finishedAt: author.ago(3 * DAY + 0.2),
      reason: 'Error',
      startedAt: author.ago(6 * DAY),
    },
  },
}
const mango = deployment(author, {
  namespace: 'plaza',
  name: 'wide-mango',
  created: 88 * DAY,
  replicas: 3,
  revisions: [
    { template: template('6.0.9'), created: 20 * DAY, pods: [] },
    {
      template: template('6.1.0'),
      created: 26,
      pods: [{ node: first }, { node: second, created: 25.5 }, { node: third, created: 25 }],
    },
  ],
  port: 8080,
})
const tern = deployment(author, {
  namespace: 'plaza',
  name: 'loud-tern',
  created: 30 * DAY,
  replicas: 1,
  revisions: [
    {
      template: { labels: {}, containers: [container('relay', 'registry.example.net/plaza/loud-tern:2.2.2')] },
      created: 6 * DAY,
      pods: [{ node: second, state: once }],
    },
  ],
  port: 8080,
})
const others = [
  {
    namespace: 'atrium',
    name: 'shy-beetle',
    image: 'registry.example.net/atrium/shy-beetle:1.0.77',
    replicas: 2,
    days: 8,
  },
  {
    namespace: 'atrium',
    name: 'stone-ibis',
    image: 'registry.example.net/atrium/stone-ibis:17.5',
    replicas: 2,
    days: 44,
    stateful: true,
  },
].map((text) => bystander(author, text))

const report = {
  labels: { 'batch.kubernetes.io/job-name': 'ember-report-29617140', 'job-name': 'ember-report-29617140' },
  containers: [{ name: 'report', image: 'registry.example.net/atrium/ember-report:0.3.0' }],
  spec: { restartPolicy: 'Never' },
}
const cron: SimObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: metadata(author, 'CronJob', 'ember-report', 'atrium', 50 * DAY, { generation: 1 }),
  spec: {
    concurrencyPolicy: 'Forbid',
    failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { backoffLimit: 2, template: { spec: podSpec(report) } } },
    schedule: '0 * * * *',
    successfulJobsHistoryLimit: 1,
    suspend: false,
  },
  status: { lastScheduleTime: author.ago(30), lastSuccessfulTime: author.ago(28) },
}
const job: SimObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata(author, 'Job', 'ember-report-29617140', 'atrium', 30, {
    generation: 1,
    labels: report.labels,
    ownerReferences: ownedBy(cron),
  }),
  spec: {
    backoffLimit: 2,
    completionMode: 'NonIndexed',
    completions: 1,
    parallelism: 1,
    template: { metadata: { labels: report.labels }, spec: podSpec(report) },
  },
  status: {
    completionTime: author.ago(28),
    conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({
      lastProbeTime: author.ago(28),
      lastTransitionTime: author.ago(28),
      message: 'Reached expected number of succeeded pods',
      reason: 'CompletionsReached',
      status: 'True',
      type,
    })),
    failed: 1,
    ready: 0,
    startTime: author.ago(30),
    succeeded: 1,
    terminating: 0,
    uncountedTerminatedPods: {},
  },
}
const run = (name: string, created: number, exitCode: number) =>
  pod(author, { name, namespace: 'atrium', node: third, created, owner: job }, report, {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    ready: false,
    conditions: [
      {
        lastProbeTime: null,
        lastTransitionTime: author.ago(created),
        reason: exitCode === 0 ? 'PodCompleted' : 'PodFailed',
        status: 'False',
        type: 'Ready',
      },
    ],
    state: {
      terminated: {
        exitCode,
        finishedAt: author.ago(created - 0.8),
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt: author.ago(created - 0.1),
      },
    },
  })
const runs = [run('ember-report-29617140-4xk2b', 30, 1), run('ember-report-29617140-w8d6n', 29, 0)]

const scaler: SimObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: metadata(author, 'HorizontalPodAutoscaler', 'wide-mango', 'plaza', 60 * DAY),
  spec: {
    maxReplicas: 8,
    metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 70, type: 'Utilization' } }, type: 'Resource' }],
    minReplicas: 3,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wide-mango' },
  },
  status: {
    conditions: [
      ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'],
      [
        'ScalingActive',
        'True',
        'ValidMetricFound',
        'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      ],
      ['ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count'],
    ].map(([type, status, reason, message]) => ({ lastTransitionTime: author.ago(20), message, reason, status, type })),
    currentMetrics: [
      { resource: { current: { averageUtilization: 22, averageValue: '11m' }, name: 'cpu' }, type: 'Resource' },
    ],
    currentReplicas: 3,
    desiredReplicas: 3,
  },
}
const budget: SimObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(author, 'PodDisruptionBudget', 'wide-mango', 'plaza', 60 * DAY, { generation: 1 }),
  spec: { minAvailable: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'wide-mango' } } },
  status: { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3, observedGeneration: 1 },
}
const outside: SimObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(author, 'Service', 'payments', 'plaza', 70 * DAY),
  spec: { externalName: 'payments.example.org', sessionAffinity: 'None', type: 'ExternalName' },
  status: { loadBalancer: {} },
}

const machines = author.nodes.flatMap((name) => node(author, name))
const mangoPod = mango.pods[1] ?? mango.owner
const ibis = others[1]?.pods[0] ?? mango.owner

export const healthyNoisy: Draft = {
  name: 'healthy-noisy',
  now,
  objects: [
    ...machines,
    ...system(author),
    ...others.flatMap((one) => one.objects),
    ...mango.objects,
    ...tern.objects,
    cron,
    job,
    ...runs,
    scaler,
    budget,
    outside,
    event(author, mango.owner, {
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${mango.replicaSet.metadata.name} from 0 to 1`,
      first: 26,
      component: 'deployment-controller',
    }),
    event(author, mangoPod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message:
        '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      count: 2,
      first: 25.5,
      last: 25.4,
      component: 'default-scheduler',
    }),
    event(author, mangoPod, {
      reason: 'Scheduled',
      message: `Successfully assigned plaza/${mangoPod.metadata.name} to ${second}`,
      first: 25.4,
      component: 'default-scheduler',
    }),
    ...mango.pods.map((one) =>
      event(author, one, {
        type: 'Warning',
        reason: 'Unhealthy',
        message: `Readiness probe failed: Get "http://${one.status.podIP}:8080/ready": dial tcp ${one.status.podIP}:8080: connect: connection refused`,
        count: 3,
        first: 25.3,
        last: 25,
        host: one.spec.nodeName,
        fieldPath: 'spec.containers{gateway}',
      }),
    ),
    event(author, scaler, {
      type: 'Warning',
      reason: 'FailedGetResourceMetric',
      message: 'failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
      count: 4,
      first: 25.8,
      last: 24.9,
      component: 'horizontal-pod-autoscaler',
    }),
    event(author, ibis, {
      type: 'Warning',
      reason: 'FailedMount',
      message:
        'MountVolume.SetUp failed for volume "kube-api-access" : failed to sync configmap cache: timed out waiting for the condition',
      first: 48,
      host: ibis.spec?.nodeName,
    }),
    ...runs.slice(0, 1).map((one) =>
      event(author, one, {
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container report in pod ${one.metadata.name}_atrium(${one.metadata.uid})`,
        count: 1,
        first: 29.2,
        host: third,
      }),
    ),
    event(author, job, { reason: 'Completed', message: 'Job completed', first: 28, component: 'job-controller' }),
    event(author, machines[0] ?? mango.owner, {
      type: 'Warning',
      reason: 'InvalidDiskCapacity',
      message: 'invalid capacity 0 on image filesystem',
      first: 58,
      host: first,
    }),
    event(author, mango.owner, {
      type: 'Warning',
      reason: 'DNSConfigForming',
      message:
        'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10',
      count: 211,
      first: 55,
      last: 1,
    }),
  ],
  logs: {
    [`plaza/${tern.pods[0]?.metadata.name}/relay`]: [
      `${author.ago(40)} ERROR upstream answered 502, trying again (1/3)`,
      `${author.ago(40)} INFO upstream answered 200`,
      `${author.ago(3)} WARN slow request: 1.2 s`,
      '',
    ].join('\n'),
    [`atrium/${runs[0]?.metadata.name}/report`]: `${author.ago(29.3)} ERROR lock is held by another run, giving up\n`,
    [`atrium/${runs[1]?.metadata.name}/report`]: `${author.ago(28.2)} INFO report written\n`,
  },
  expect: { rootCause: null, outcome: 'none' },
}
