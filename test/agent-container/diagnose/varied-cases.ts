import type { Case } from './cases.ts'
import {
  ago,
  crashing,
  deployment,
  event,
  hash,
  healthy,
  logs,
  node,
  notReady,
  pod,
  podName,
  replicaSet,
  running,
  service,
  slice,
  thing,
  unscheduled,
  waiting,
  workload,
} from './world.ts'

type Fields = Readonly<Record<string, unknown>>
const n = [node('n1'), node('n2')]
const at = (kind: string, name: string, namespace = 'shop') => ({ kind, namespace, name })
const web = (classes: string) => [`Deployment/shop/web ${classes}`]

/** A pod below an owner of any kind, which holds the template in the usual place. */
const below = (
  apiVersion: string,
  kind: string,
  status: Fields,
  { container = {}, spec = {}, own = {} }: { container?: Fields; spec?: Fields; own?: Fields } = {},
) => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'registry.example/web:1.0.0', ...container }], ...spec },
  }
  return [
    thing(apiVersion, kind, 'web', {
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template, ...own },
      status: { replicas: 1, readyReplicas: 0, desiredNumberScheduled: 1 },
    }),
    thing(
      'v1',
      'Pod',
      'web-0',
      { spec: { ...template.spec, nodeName: 'n1' }, status: { startTime: ago(20), ...status } },
      { labels: { app: 'web' }, ownerReferences: [{ apiVersion, kind, name: 'web', uid: 'u', controller: true }] },
    ),
  ]
}
const lines0 = (...lines: readonly string[]) => ({
  'shop/web-0/main': `${lines.join('\n')}\n`,
  'shop/web-0/main.previous': `${lines.join('\n')}\n`,
})
const startError = (message: string, exitCode = 128) =>
  crashing(exitCode, {
    lastState: { terminated: { exitCode, reason: 'StartError', message, startedAt: ago(2), finishedAt: ago(2) } },
  })
const pulling = (
  name: string,
  message: string,
  fault: string,
  outcome: Case['outcome'] = 'cause',
  withEvent = false,
): Case => ({
  name,
  objects: [
    ...n,
    ...workload(
      'web',
      withEvent
        ? waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/web:1.0.0"')
        : waiting('ErrImagePull', message),
    ),
    ...(withEvent ? [event('Pod', podName('web'), 'Failed', message)] : []),
  ],
  blames: web(fault),
  outcome,
})
const variable = (name: string, line: string, container: Fields = {}): Case => ({
  name,
  objects: [...n, ...workload('web', crashing(1), { container })],
  logs: logs('web', 'starting', line),
  blames: web('MissingEnvironmentVariable'),
  outcome: 'cause',
})

/** The faults of the other lists in other words, under other owners, with less to go by. */
export const variedCases: readonly Case[] = [
  // Commands, by runtime and owner.
  {
    name: 'CRI-O: a command that is not there',
    objects: [
      ...n,
      ...workload(
        'web',
        waiting(
          'CreateContainerError',
          'container create failed: executable file `/opt/app/run` not found: No such file or directory',
        ),
        { container: { command: ['/opt/app/run'] } },
      ),
    ],
    blames: web('BadCommand'),
    outcome: 'cause',
  },
  {
    name: 'CRI-O with crun',
    objects: [
      ...n,
      ...workload(
        'web',
        waiting(
          'RunContainerError',
          'container create failed: time="2026-01-01T00:00:00Z" level=error msg="runc create failed: unable to start container process: exec: \\"entry.sh\\": executable file not found in $PATH"',
        ),
        { container: { command: ['entry.sh'] } },
      ),
    ],
    blames: web('BadCommand'),
    outcome: 'cause',
  },
  {
    name: 'docker: a command that is not there',
    objects: [
      ...n,
      ...workload(
        'web',
        waiting(
          'RunContainerError',
          'failed to start container "4f3e": Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "srvr": executable file not found in $PATH: unknown',
        ),
        { container: { command: ['srvr'] } },
      ),
    ],
    blames: web('BadCommand'),
    outcome: 'cause',
  },
  {
    name: 'a script without the right to run',
    objects: [
      ...n,
      ...below(
        'apps/v1',
        'StatefulSet',
        startError(
          'OCI runtime create failed: runc create failed: unable to start container process: exec: "/entrypoint.sh": permission denied: unknown',
          126,
        ),
      ),
    ],
    blames: ['StatefulSet/shop/web BadCommand'],
    outcome: 'cause',
  },
  {
    name: 'a command that is gone, under an Argo Rollout',
    objects: [
      ...n,
      ...below(
        'argoproj.io/v1alpha1',
        'Rollout',
        startError('exec: "/srv/web": stat /srv/web: no such file or directory'),
      ),
    ],
    blames: ['Rollout/shop/web BadCommand'],
    outcome: 'cause',
  },
  {
    name: 'a Node program whose main file is not there',
    objects: [...n, ...workload('web', crashing(1))],
    logs: logs(
      'web',
      'node:internal/modules/cjs/loader:1228',
      '  throw err;',
      "Error: Cannot find module '/app/dist/server.js'",
      "  code: 'MODULE_NOT_FOUND',",
    ),
    blames: web('BadCommand'),
    outcome: 'cause',
  },
  // Images.
  pulling(
    'a tag that is gone, by its manifest',
    'rpc error: code = Unknown desc = Error response from daemon: manifest for registry.example/web:1.0.0 not found: manifest unknown: manifest unknown',
    'ImageNotFound',
  ),
  pulling(
    'CRI-O: a tag that is gone',
    'initializing source docker://registry.example/web:1.0.0: reading manifest 1.0.0 in registry.example/web: manifest unknown',
    'ImageNotFound',
    'cause',
    true,
  ),
  pulling(
    'a repository of a private registry',
    "Error response from daemon: pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'ImagePullUnauthorized',
    // The registry says the same of what is private and of what does not exist.
    'likely',
  ),
  pulling(
    'a token that is not enough',
    'failed to pull and unpack image: failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden',
    'ImagePullUnauthorized',
    'cause',
    true,
  ),
  pulling(
    'a registry that limits pulls',
    'toomanyrequests: You have reached your unauthenticated pull rate limit.',
    'RegistryUnreachable',
    'likely',
  ),
  {
    name: 'an image name with a capital',
    objects: [
      ...n,
      ...workload(
        'web',
        waiting(
          'InvalidImageName',
          'Failed to apply default image tag "Registry.example/Web:1": couldn\'t parse image name "Registry.example/Web:1": invalid reference format: repository name must be lowercase',
        ),
        { container: { image: 'Registry.example/Web:1' } },
      ),
    ],
    blames: web('InvalidImageName'),
    outcome: 'cause',
  },
  {
    name: 'a pull policy that never pulls',
    objects: [
      ...n,
      ...workload(
        'web',
        waiting('ErrImageNeverPull', 'Container image "web:dev" is not present with pull policy of Never'),
        { container: { image: 'web:dev', imagePullPolicy: 'Never' } },
      ),
    ],
    blames: web('ImageNeverPull'),
    outcome: 'cause',
  },
  // Variables, by language.
  variable('Python', "KeyError: 'DATABASE_DSN'"),
  variable('Node', 'Error: Environment variable STRIPE_REGION is required'),
  variable('Java', 'java.lang.IllegalArgumentException: Could not resolve placeholder \'QUEUE_NAME\' in value "queue"'),
  variable('shell', '/entrypoint.sh: line 7: CONFIG_URL: unbound variable'),
  variable('Ruby', 'fetch\': key not found: "RAILS_MASTER_KEY" (KeyError)'),
  variable('Go envconfig', 'required key TOKEN_ISSUER missing value'),
  variable('Rust', "thread 'main' panicked at src/main.rs:14: API_ENDPOINT must be set: NotPresent"),
  variable(
    'JSON log',
    '{"level":"fatal","ts":1760000000,"msg":"missing required environment variable","name":"CACHE_HOST"}',
  ),
  {
    ...variable('a StatefulSet', 'x'),
    name: 'a variable, in a StatefulSet',
    objects: [...n, ...below('apps/v1', 'StatefulSet', crashing(2))],
    logs: lines0('config error: environment variable CLUSTER_ID not set'),
    blames: ['StatefulSet/shop/web MissingEnvironmentVariable'],
  },
  // Memory.
  {
    name: 'OOM of a DaemonSet',
    objects: [
      ...n,
      ...below('apps/v1', 'DaemonSet', crashing(137, {}, { reason: 'OOMKilled' }), {
        container: { resources: { limits: { memory: '32Mi' } } },
      }),
    ],
    blames: ['DaemonSet/shop/web MemoryLimitTooLow'],
    outcome: 'cause',
  },
  {
    name: 'a Java heap that is too small',
    objects: [
      ...n,
      ...workload('web', crashing(137, {}, { reason: 'OOMKilled' }), {
        container: { env: [{ name: 'JAVA_OPTS', value: '-Xmx2g' }], resources: { limits: { memory: '512Mi' } } },
      }),
    ],
    logs: logs('web', 'Starting with -Xmx2g'),
    blames: web('MemoryLimitTooLow'),
    outcome: 'cause',
  },
  {
    name: 'OOM of an init container',
    objects: [
      ...n,
      ...workload(
        'web',
        {
          phase: 'Pending',
          conditions: [],
          initContainerStatuses: [
            {
              name: 'load',
              ready: false,
              restartCount: 5,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: {
                terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: ago(3), finishedAt: ago(2.9) },
              },
            },
          ],
          containerStatuses: [
            { name: 'main', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
          ],
        },
        { spec: { initContainers: [{ name: 'load', image: 'x', resources: { limits: { memory: '16Mi' } } }] } },
      ),
    ],
    blames: web('MemoryLimitTooLow'),
    outcome: 'cause',
  },
  // Missing things.
  {
    name: 'a Secret in a volume, seen only in events of the new kind',
    objects: [
      ...n,
      ...workload('web', waiting('ContainerCreating'), {
        spec: { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }] },
      }),
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e1', namespace: 'shop', creationTimestamp: ago(9) },
        type: 'Warning',
        reason: 'FailedMount',
        note: 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found',
        eventTime: `${ago(9).slice(0, -1)}.000000Z`,
        series: { count: 9, lastObservedTime: `${ago(1).slice(0, -1)}.000000Z` },
        reportingController: 'kubelet',
        reportingInstance: 'n1',
        regarding: { kind: 'Pod', namespace: 'shop', name: podName('web') },
      },
    ],
    blames: ['Secret/shop/web-tls MissingSecret'],
    outcome: 'cause',
  },
  {
    name: 'a ConfigMap in a volume, when all events are gone',
    objects: [
      ...n,
      ...workload('web', waiting('ContainerCreating'), {
        spec: { volumes: [{ name: 'c', configMap: { name: 'web-conf' } }] },
      }),
    ],
    trigger: at('Deployment', 'web'),
    blames: ['ConfigMap/shop/web-conf MissingConfigMap'],
    outcome: 'cause',
  },
  {
    name: 'a ConfigMap of an init container',
    objects: [
      ...n,
      ...workload(
        'web',
        {
          phase: 'Pending',
          conditions: [],
          initContainerStatuses: [
            {
              name: 'seed',
              ready: false,
              restartCount: 0,
              state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "seed-data" not found' } },
            },
          ],
          containerStatuses: [
            { name: 'main', ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } },
          ],
        },
        {
          spec: { initContainers: [{ name: 'seed', image: 'x', envFrom: [{ configMapRef: { name: 'seed-data' } }] }] },
        },
      ),
    ],
    blames: ['ConfigMap/shop/seed-data MissingConfigMap'],
    outcome: 'cause',
  },
  {
    name: 'a key that a Secret lacks',
    objects: [
      ...n,
      ...workload('web', waiting('CreateContainerConfigError', "couldn't find key password in Secret shop/db"), {
        container: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
      }),
    ],
    blames: ['Secret/shop/db MissingSecretKey'],
    outcome: 'cause',
  },
  // Storage.
  {
    name: 'a claim without class or default, of a StatefulSet',
    objects: [
      ...n,
      ...below(
        'apps/v1',
        'StatefulSet',
        unscheduled('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd-web-0' } }] } },
      ).map((one) =>
        one.kind === 'Pod'
          ? { ...one, spec: { ...(one as unknown as { spec: Fields }).spec, nodeName: undefined } }
          : one,
      ),
      thing('v1', 'PersistentVolumeClaim', 'd-web-0', {
        spec: {
          storageClassName: 'premium',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
        status: { phase: 'Pending' },
      }),
    ],
    blames: ['PersistentVolumeClaim/shop/d-web-0 StorageClassNotFound'],
    outcome: 'cause',
  },
  // Placement.
  {
    name: 'a GPU that no node has',
    objects: [
      ...n,
      ...workload(
        'web',
        unscheduled(
          '0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
        ),
        {
          node: null,
          container: { resources: { limits: { 'nvidia.com/gpu': '8' }, requests: { 'nvidia.com/gpu': '8' } } },
        },
      ),
    ],
    blames: web('RequestTooLarge'),
    outcome: 'cause',
  },
  {
    name: 'node affinity by expressions',
    objects: [
      ...n,
      ...workload('web', unscheduled("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."), {
        node: null,
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['mars'] }] }],
              },
            },
          },
        },
      }),
    ],
    blames: web('NodeSelectorMismatch'),
    outcome: 'cause',
  },
  {
    name: 'a spread that cannot be kept',
    objects: [
      ...n,
      deployment('web', {
        replicas: 2,
        ready: 1,
        spec: {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'zone',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: { app: 'web' } },
            },
          ],
        },
      }),
      replicaSet('web', hash, { replicas: 2 }),
      pod('web', running(), { suffix: 'aaaaa' }),
      pod(
        'web',
        unscheduled(
          "0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints (missing required label).",
        ),
        {
          node: null,
          spec: {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'zone',
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app: 'web' } },
              },
            ],
          },
        },
      ),
    ],
    blames: web('AntiAffinityConflict'),
    outcome: 'cause',
  },
  {
    name: 'a DaemonSet pod on a node with another taint: nothing to say of it',
    objects: [node('n1'), node('n2', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }), ...healthy('web')],
    trigger: at('Deployment', 'web'),
    blames: [],
    outcome: 'none',
  },
  // No pod at all.
  {
    name: 'a quota, of a StatefulSet, by events alone',
    objects: [
      ...n,
      thing('apps/v1', 'StatefulSet', 'web', {
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
        },
        status: { replicas: 0 },
      }),
      thing('v1', 'ResourceQuota', 'mem', {
        status: { hard: { 'limits.memory': '1Gi' }, used: { 'limits.memory': '1Gi' } },
      }),
      event(
        'StatefulSet',
        'web',
        'FailedCreate',
        'create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: exceeded quota: mem, requested: limits.memory=512Mi, used: limits.memory=1Gi, limited: limits.memory=1Gi',
      ),
    ],
    trigger: at('StatefulSet', 'web'),
    blames: ['ResourceQuota/shop/mem QuotaExceeded'],
    outcome: 'cause',
  },
  {
    name: 'a quota, told only by the condition of the Deployment',
    objects: [
      ...n,
      {
        ...deployment('web', { replicas: 2 }),
        status: {
          conditions: [
            {
              type: 'ReplicaFailure',
              status: 'True',
              reason: 'FailedCreate',
              message:
                'pods "web-6bf586c785-abcde" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
              lastTransitionTime: ago(9),
            },
          ],
        },
      },
      replicaSet('web', hash, { replicas: 2 }),
      thing('v1', 'ResourceQuota', 'compute', { status: { hard: { pods: '4' }, used: { pods: '4' } } }),
    ],
    trigger: at('Deployment', 'web'),
    blames: ['ResourceQuota/shop/compute QuotaExceeded'],
    outcome: 'cause',
  },
  {
    name: 'a policy engine that says no',
    objects: [
      ...n,
      deployment('web', { replicas: 1 }),
      replicaSet('web', hash, { replicas: 1 }),
      thing('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'kyverno-resource', {
        webhooks: [
          {
            name: 'validate.kyverno.svc-fail',
            failurePolicy: 'Fail',
            clientConfig: { service: { name: 'kyverno-svc', namespace: 'kyverno' } },
          },
        ],
      }),
      event(
        'ReplicaSet',
        `web-${hash}`,
        'FailedCreate',
        'Error creating: admission webhook "validate.kyverno.svc-fail" denied the request: policy Pod/shop/web for resource violation: require-labels: label team is required',
      ),
    ],
    trigger: at('Deployment', 'web'),
    blames: web('WebhookDenied'),
    outcome: 'likely',
  },
  // Probes.
  {
    name: 'a readiness probe at the wrong port',
    objects: [
      ...n,
      ...workload('web', notReady(), {
        container: { ports: [{ containerPort: 8080 }], readinessProbe: { tcpSocket: { port: 8081 } } },
      }),
      event(
        'Pod',
        podName('web'),
        'Unhealthy',
        'Readiness probe failed: dial tcp 10.1.0.7:8081: connect: connection refused',
      ),
    ],
    logs: logs('web', 'Server started on http://0.0.0.0:8080'),
    blames: web('ReadinessProbeMisconfigured'),
    outcome: 'cause',
  },
  {
    name: 'a probe command that is not in the image',
    objects: [
      ...n,
      ...workload('web', notReady(), {
        container: { readinessProbe: { exec: { command: ['/bin/grpc_health_probe'] } } },
      }),
      event(
        'Pod',
        podName('web'),
        'Unhealthy',
        'Readiness probe errored: rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/grpc_health_probe": stat /bin/grpc_health_probe: no such file or directory: unknown',
      ),
    ],
    logs: logs('web', 'serving'),
    blames: web('ReadinessProbeMisconfigured'),
    outcome: 'cause',
  },
  {
    name: 'a liveness probe that is impatient',
    objects: [
      ...n,
      ...workload('web', crashing(143), {
        container: {
          ports: [{ containerPort: 8080 }],
          livenessProbe: {
            httpGet: { path: '/', port: 8080 },
            initialDelaySeconds: 1,
            periodSeconds: 2,
            failureThreshold: 1,
            timeoutSeconds: 1,
          },
        },
      }),
      event(
        'Pod',
        podName('web'),
        'Unhealthy',
        'Liveness probe failed: Get "http://10.1.0.7:8080/": dial tcp 10.1.0.7:8080: connect: connection refused',
      ),
      event('Pod', podName('web'), 'Killing', 'Container main failed liveness probe, will be restarted', {
        type: 'Normal',
      }),
    ],
    logs: logs('web', 'loading model (takes 40 s)', 'loading 20%'),
    blames: web('LivenessProbeMisconfigured'),
    // Killed by the kubelet for the probe, before it ever listened: both are on record.
    outcome: 'cause',
  },
  // Services.
  {
    name: 'a named target port that no pod has',
    objects: [
      ...n,
      ...workload('web', crashing(1)),
      ...healthy('api').filter(({ kind }) => kind !== 'Service' && kind !== 'EndpointSlice'),
      service('api', { ports: [{ port: 80, targetPort: 'grpc' }] }),
      slice('api', []),
    ],
    logs: logs('web', 'FATAL: Failed to connect to api port 80 after 3 ms: Connection refused'),
    trigger: at('Deployment', 'web'),
    blames: ['Service/shop/api ServicePortMismatch'],
    outcome: 'cause',
  },
  {
    name: 'a client in another namespace',
    objects: [
      ...n,
      ...workload('web', crashing(1)),
      ...[
        ...healthy('api', { labels: { v: '1' } }).filter(({ kind }) => kind !== 'Service' && kind !== 'EndpointSlice'),
        service('api', { selector: { app: 'api', v: '2' } }),
        slice('api', []),
      ].map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'core' } })),
    ],
    logs: logs(
      'web',
      'panic: Get "http://api.core.svc.cluster.local:80/": dial tcp 10.96.0.77:80: connect: connection refused',
    ),
    trigger: at('Deployment', 'web'),
    blames: ['Service/core/api ServiceSelectorMismatch'],
    outcome: 'cause',
  },
  // GitOps: the owner stays the workload.
  {
    name: 'a workload that Helm manages',
    objects: [
      ...n,
      ...workload('web', crashing(1), {
        annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
      }),
    ],
    logs: logs('web', 'Error: required environment variable SMTP_HOST is not set'),
    blames: web('MissingEnvironmentVariable'),
    outcome: 'cause',
  },
  {
    name: 'a CronJob whose runs fail',
    objects: [
      ...n,
      thing('batch/v1', 'CronJob', 'tidy', {
        spec: {
          schedule: '*/5 * * * *',
          jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } } },
        },
      }),
      thing(
        'batch/v1',
        'Job',
        'tidy-1',
        {
          spec: { backoffLimit: 1 },
          status: {
            failed: 2,
            conditions: [
              {
                type: 'Failed',
                status: 'True',
                reason: 'BackoffLimitExceeded',
                message: 'Job has reached the specified backoff limit',
                lastTransitionTime: ago(3),
              },
            ],
          },
        },
        { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'tidy', uid: 'x', controller: true }] },
      ),
      thing(
        'v1',
        'Pod',
        'tidy-1-abcde',
        {
          spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'x' }] },
          status: {
            phase: 'Failed',
            conditions: [],
            containerStatuses: [
              {
                name: 'main',
                ready: false,
                restartCount: 0,
                state: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(5), finishedAt: ago(4) } },
              },
            ],
          },
        },
        { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'tidy-1', uid: 'y', controller: true }] },
      ),
    ],
    logs: { 'shop/tidy-1-abcde/main': 'Error: environment variable BUCKET_NAME is not set\n' },
    blames: ['CronJob/shop/tidy MissingEnvironmentVariable'],
    outcome: 'cause',
  },
  // A sidecar that fails beside a good program.
  {
    name: 'a sidecar with a missing Secret',
    objects: [
      ...n,
      ...workload(
        'web',
        {
          phase: 'Pending',
          conditions: [],
          containerStatuses: [
            { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(9) } } },
            {
              name: 'proxy',
              ready: false,
              restartCount: 0,
              state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "mesh-ca" not found' } },
            },
          ],
        },
        {
          spec: {
            containers: [
              { name: 'main', image: 'x' },
              {
                name: 'proxy',
                image: 'y',
                env: [{ name: 'CA', valueFrom: { secretKeyRef: { name: 'mesh-ca', key: 'ca' } } }],
              },
            ],
          },
        },
      ),
    ],
    blames: ['Secret/shop/mesh-ca MissingSecret'],
    outcome: 'cause',
  },
]
