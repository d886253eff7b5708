import type { Draft } from './draft.ts'
import { ownedBy } from './picture.ts'
import { pod } from './pod.ts'
import { states, type Town, town, two } from './town.ts'

const DAY = 1_440

const initWaiting = (t: Town, command: string) => ({
  spec: {
    initContainers: [
      {
        name: 'gatekeeper',
        image: 'registry.example.net/base/busybox:1.37',
        command: ['sh', '-c', command],
        imagePullPolicy: 'IfNotPresent',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
  },
  state: (created: number) => ({
    ready: false,
    phase: 'Pending',
    imageId: '',
    state: { waiting: { reason: 'PodInitializing' } },
    conditions: [
      {
        lastProbeTime: null,
        lastTransitionTime: t.ago(created),
        message: 'containers with incomplete status: [gatekeeper]',
        reason: 'ContainersNotInitialized',
        status: 'False',
        type: 'Initialized',
      },
      {
        lastProbeTime: null,
        lastTransitionTime: t.ago(created),
        message: 'containers with unready status: [app]',
        reason: 'ContainersNotReady',
        status: 'False',
        type: 'Ready',
      },
      { lastProbeTime: null, lastTransitionTime: t.ago(created), status: 'True', type: 'PodScheduled' },
    ],
    status: {
      initContainerStatuses: [
        {
          name: 'gatekeeper',
          image: 'registry.example.net/base/busybox:1.37',
          imageID: 'registry.example.net/base/busybox@sha256:1f',
          ready: false,
          restartCount: 0,
          started: true,
          lastState: {},
          state: { running: { startedAt: t.ago(created - 0.1) } },
        },
      ],
    },
  }),
})

const initWaits = (): Draft => {
  const now = '2026-08-04T16:45:00Z'
  const t = town({
    now,
    seed: 'meek-toad',
    nodes: ['bog-1', 'bog-2'],
    neighbours: two('marsh', 'green-reed', 'still-pond'),
  })
  const init = initWaiting(
    t,
    'until nslookup lily-pad.marsh.svc.cluster.local; do echo waiting for lily-pad; sleep 3; done',
  )
  const toad = t.app({
    namespace: 'marsh',
    name: 'meek-toad',
    days: 0.02,
    replicas: 1,
    spec: init.spec,
    state: init.state(28),
    port: 8080,
  })
  const [pod = toad.owner] = toad.pods
  return {
    name: 'first-step-never-ends',
    now,
    objects: [...t.well, ...toad.objects, t.tell(pod, 'Started', 'Started container gatekeeper', { first: 28 })],
    logs: t.log(pod, 'gatekeeper', 0.1, [
      "** server can't find lily-pad.marsh.svc.cluster.local: NXDOMAIN",
      'waiting for lily-pad',
      "** server can't find lily-pad.marsh.svc.cluster.local: NXDOMAIN",
      'waiting for lily-pad',
    ]),
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'marsh', name: 'meek-toad', class: 'InitWaitsForever' },
      mustMention: ['lily-pad'],
      mustNotBlame: ['Deployment/kube-system/coredns', 'Node//bog-1', 'Node//bog-2'],
    },
  }
}

const rolloutAllAtOnce = (): Draft => {
  const now = '2026-08-05T09:00:00Z'
  const t = town({
    now,
    seed: 'bold-stag',
    nodes: ['glen-1', 'glen-2'],
    neighbours: two('highland', 'old-thistle', 'far-loch'),
  })
  const init = initWaiting(t, 'while ! test -f /flags/go; do sleep 5; done')
  const stag = t.app({
    namespace: 'highland',
    name: 'bold-stag',
    rolled: 24,
    days: 30,
    replicas: 3,
    spec: init.spec,
    state: init.state(24),
    strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' }, type: 'RollingUpdate' },
    port: 8080,
  })
  const old = structuredClone(stag.replicaSet)
  const oldName = 'bold-stag-6d5f7c9b84'
  old.metadata = {
    ...old.metadata,
    name: oldName,
    uid: t.author.uid('ReplicaSet', 'highland', oldName),
    creationTimestamp: t.ago(30 * DAY),
    annotations: { ...old.metadata.annotations, 'deployment.kubernetes.io/revision': '0' },
  }
  old.spec.replicas = 0
  old.spec.template.spec.initContainers = undefined
  old.status = { observedGeneration: 4, replicas: 0 }
  return {
    name: 'all-taken-away',
    now,
    objects: [
      ...t.well,
      ...stag.objects,
      old,
      t.tell(stag.owner, 'ScalingReplicaSet', `Scaled down replica set ${oldName} from 3 to 0`, {
        first: 24,
        component: 'deployment-controller',
      }),
      t.tell(stag.owner, 'ScalingReplicaSet', `Scaled up replica set ${stag.replicaSet.metadata.name} from 0 to 3`, {
        first: 24,
        component: 'deployment-controller',
      }),
    ],
    expect: {
      rootCauses: [{ kind: 'Deployment', namespace: 'highland', name: 'bold-stag' }],
      mustMention: ['/init/i'],
      mustNotBlame: ['Node//glen-1', 'Service/highland/bold-stag'],
    },
  }
}

const sidecar = (): Draft => {
  const now = '2026-08-06T03:30:00Z'
  const t = town({
    now,
    seed: 'night-moth',
    nodes: ['lamp-1', 'lamp-2'],
    neighbours: two('attic', 'grey-web', 'dull-brass'),
  })
  const template = {
    labels: { 'batch.kubernetes.io/job-name': 'night-moth-29762880', 'job-name': 'night-moth-29762880' },
    containers: [
      { name: 'export', image: 'registry.example.net/attic/night-moth:0.9.0' },
      { name: 'tunnel', image: 'registry.example.net/base/tunnel:2.1', args: ['--forever'] },
    ],
    spec: { restartPolicy: 'Never' },
  }
  const cron = t.thing(
    'batch/v1',
    'CronJob',
    'attic',
    'night-moth',
    {
      spec: {
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: { template: { metadata: {}, spec: { containers: template.containers, restartPolicy: 'Never' } } },
        },
        schedule: '0 * * * *',
        suspend: false,
      },
      status: {
        active: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'night-moth-29762880', namespace: 'attic' }],
        lastScheduleTime: t.ago(210),
      },
    },
    { created: 30 * DAY },
  )
  const job = t.thing(
    'batch/v1',
    'Job',
    'attic',
    'night-moth-29762880',
    {
      spec: {
        backoffLimit: 6,
        completions: 1,
        parallelism: 1,
        template: {
          metadata: { labels: template.labels },
          spec: { containers: template.containers, restartPolicy: 'Never' },
        },
      },
      status: { active: 1, ready: 0, startTime: t.ago(210), terminating: 0, uncountedTerminatedPods: {} },
    },
    { created: 210, labels: template.labels, ownerReferences: ownedBy(cron) },
  )
  const run = pod(
    t.author,
    { name: 'night-moth-29762880-t4kzb', namespace: 'attic', node: 'lamp-1', created: 210, owner: job },
    template,
    {
      ready: false,
      containers: {
        export: {
          state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: t.ago(209.9), finishedAt: t.ago(204) } },
        },
        tunnel: { ready: true, started: true },
      },
    },
  )
  return {
    name: 'run-never-over',
    now,
    objects: [
      ...t.well,
      cron,
      job,
      run,
      t.warn(
        cron,
        'JobAlreadyActive',
        'Not starting job because prior execution is running and concurrency policy is Forbid',
        { first: 150, last: 30, count: 3, component: 'cronjob-controller' },
      ),
    ],
    logs: {
      ...t.log(run, 'export', 204, ['INFO 18233 rows written', 'INFO done']),
      ...t.log(run, 'tunnel', 1, ['INFO tunnel up', 'INFO idle, keeping alive']),
    },
    expect: {
      rootCause: { kind: 'CronJob', namespace: 'attic', name: 'night-moth', class: 'SidecarNeverEnds' },
      mustMention: ['tunnel'],
      mustNotBlame: ['Node//lamp-1'],
      trigger: { kind: 'CronJob', namespace: 'attic', name: 'night-moth' },
    },
  }
}

const addressesOut = (): Draft => {
  const now = '2026-08-09T14:00:00Z'
  const t = town({
    now,
    seed: 'keen-lynx',
    nodes: ['peak-1', 'peak-2'],
    neighbours: two('ridge', 'cold-scree', 'high-cairn'),
  })
  const message =
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "7b1e": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.14'
  const lynx = t.app({
    namespace: 'ridge',
    name: 'keen-lynx',
    days: 0.012,
    replicas: 1,
    state: states(t.ago).waiting('ContainerCreating'),
  })
  const [pod = lynx.owner] = lynx.pods
  return {
    name: 'no-address-left',
    now,
    objects: [
      ...t.well,
      ...lynx.objects,
      t.warn(pod, 'FailedCreatePodSandBox', message, { first: 17, last: 0.2, count: 78 }),
    ],
    expect: {
      rootCause: { kind: 'Node', namespace: '', name: pod.spec.nodeName, class: 'PodCidrExhausted' },
      mustNotBlame: ['Deployment/ridge/keen-lynx', 'DaemonSet/kube-system/kube-proxy'],
    },
  }
}

export const orderFaults = [initWaits, rolloutAllAtOnce, sidecar, addressesOut]
