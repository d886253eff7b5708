import { node } from './backdrop.ts'
import { allLogs, cause, unseen } from './unseen.ts'

const DAY = 1_440

/** Programs and runs that do not come up: what they lean on is not as their template has it. */
export const unseenFifthPrograms = [
  unseen('fifth-run-of-an-unknown-account', (t) => {
    const template = {
      metadata: { labels: { app: 'etcd-dump' } },
      spec: {
        restartPolicy: 'OnFailure',
        serviceAccountName: 'etcd-dumper',
        containers: [{ name: 'dump', image: 'registry.example.net/backup/etcd-dump:2.1' }],
      },
    }
    const cron = t.thing(
      'batch/v1',
      'CronJob',
      'backup',
      'etcd-dump',
      {
        spec: {
          schedule: '0 * * * *',
          concurrencyPolicy: 'Forbid',
          suspend: false,
          jobTemplate: { spec: { template } },
        },
        status: {
          lastScheduleTime: t.ago(24),
          lastSuccessfulTime: t.ago(203),
          active: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'etcd-dump-29701200', namespace: 'backup' }],
        },
      },
      { created: 220 * DAY },
    )
    const job = t.thing(
      'batch/v1',
      'Job',
      'backup',
      'etcd-dump-29701200',
      {
        spec: { backoffLimit: 6, completions: 1, parallelism: 1, template },
        status: { active: 0, ready: 0, startTime: t.ago(24), uncountedTerminatedPods: {} },
      },
      {
        created: 24,
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'etcd-dump', uid: cron.metadata.uid, controller: true },
        ],
      },
    )
    return {
      objects: [
        cron,
        job,
        t.thing('v1', 'ServiceAccount', 'backup', 'default', {}),
        t.thing('v1', 'ServiceAccount', 'backup', 'etcd-backup', {}),
        t.warn(
          job,
          'FailedCreate',
          'Error creating: pods "etcd-dump-29701200-" is forbidden: error looking up service account backup/etcd-dumper: serviceaccount "etcd-dumper" not found',
          { first: 24, last: 2, count: 12, component: 'job-controller' },
        ),
      ],
      expect: cause('ServiceAccount/backup/etcd-dumper'),
    }
  }),
  unseen(
    'fifth-no-edition-for-this-machine',
    (t) => {
      const [, , arm] = t.machines.filter(({ kind }) => kind === 'Node')
      if (arm === undefined) throw new Error('no machine')
      arm.status.nodeInfo.architecture = 'arm64'
      Object.assign(arm.metadata.labels ?? {}, { 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'arm64' })
      const image = 'registry.example.net/observe/log-shipper:5.0.0'
      const app = t.daemons({
        namespace: 'observe',
        name: 'log-shipper',
        tag: '5.0.0',
        days: 30,
        state: [{}, {}, t.is.waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)],
      })
      const [, , pod = app.owner] = app.pods
      return {
        objects: [
          ...app.objects,
          t.warn(
            pod,
            'Failed',
            `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": no match for platform in manifest: not found`,
            { first: 40, last: 3, count: 11 },
          ),
          t.warn(pod, 'Failed', 'Error: ImagePullBackOff', { first: 40, last: 0.4, count: 160 }),
        ],
        expect: cause('DaemonSet/observe/log-shipper', ['arm64'], { mustNotBlame: ['Node//pool-arm-1'] }),
      }
    },
    ['pool-a-1', 'pool-a-2', 'pool-arm-1'],
  ),
  unseen('fifth-new-words-at-the-gate', (t) => {
    const db = t.set({
      namespace: 'loyalty',
      name: 'points-db',
      days: 200,
      replicas: 1,
      main: { ports: [{ containerPort: 5432, protocol: 'TCP' }] },
      port: 5432,
    })
    const secret = t.thing(
      'v1',
      'Secret',
      'loyalty',
      'points-db-login',
      { type: 'Opaque', data: { user: 'cG9pbnRz', password: 'bmV3LW9uZQ==' } },
      { created: 190 * DAY },
    )
    const app = t.app({
      namespace: 'loyalty',
      name: 'points-api',
      days: 190,
      rolled: 17,
      before: {},
      annotations: { 'checksum/secret': 'a0c1d85e1f7b' },
      main: {
        env: [
          { name: 'DB_HOST', value: 'points-db' },
          { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'points-db-login', key: 'password' } } },
        ],
      },
      state: t.is.crashing(1, {}, 7),
      port: 8080,
    })
    const [older] = app.objects.filter(({ kind }) => kind === 'ReplicaSet')
    if (older !== undefined) older.spec.template.metadata.annotations = { 'checksum/secret': '17be0d94c2a6' }
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...db.objects, secret, ...app.objects, ...t.crashed(pod, 7, 16)],
      logs: {
        ...allLogs(
          t,
          [pod],
          [
            'time=2026-11-03T10:22:10Z level=INFO msg="points-api 1.4.2 starting"',
            'time=2026-11-03T10:22:11Z level=ERROR msg="database ping" err="pq: password authentication failed for user \\"points\\""',
          ],
        ),
        ...t.log(db.pods[0] ?? db.owner, 'app', 0.4, ['FATAL:  password authentication failed for user "points"']),
      },
      expect: cause('Deployment/loyalty/points-api', ['points-db-login', 'checksum/secret'], {
        mustNotBlame: ['StatefulSet/loyalty/points-db'],
      }),
    }
  }),
  unseen('fifth-badge-for-another-house', (t) => {
    const token = (audience: string) => ({
      volumes: [
        {
          name: 'vault-token',
          projected: {
            sources: [{ serviceAccountToken: { audience, expirationSeconds: 7200, path: 'token' } }],
          },
        },
      ],
    })
    const app = t.app({
      namespace: 'treasury',
      name: 'fx-rates',
      rolled: 26,
      days: 40,
      before: {},
      main: {
        env: [{ name: 'VAULT_ADDR', value: 'https://vault.security.svc:8200' }],
        volumeMounts: [{ name: 'vault-token', mountPath: '/var/run/secrets/vault', readOnly: true }],
      },
      spec: token('vault-prod'),
      state: t.is.crashing(1, {}, 9),
    })
    const [older] = app.objects.filter(({ kind }) => kind === 'ReplicaSet')
    if (older !== undefined) older.spec.template.spec.volumes = token('vault').volumes
    for (const pod of app.pods.slice(0, -1)) pod.spec.volumes[0] = token('vault').volumes[0]
    const vault = t.set({
      namespace: 'security',
      name: 'vault',
      days: 300,
      replicas: 1,
      main: { ports: [{ containerPort: 8200, protocol: 'TCP' }] },
      port: 8200,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...vault.objects, ...app.objects, ...t.crashed(pod, 9, 25)],
      logs: allLogs(
        t,
        [pod],
        [
          '2026-11-03T10:22:08.123Z [INFO]  auth.handler: authenticating',
          '2026-11-03T10:22:08.411Z [ERROR] auth.handler: error authenticating: error="Error making API request. URL: PUT https://vault.security.svc:8200/v1/auth/kubernetes/login Code: 403. Errors: * invalid audience (aud) claim: audience claim does not match any expected audience"',
        ],
      ),
      expect: cause('Deployment/treasury/fx-rates', ['vault-prod'], { mustNotBlame: ['StatefulSet/security/vault'] }),
    }
  }),
  unseen('fifth-word-taken-out-of-the-map', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'search',
      'ranker-settings',
      { data: { MODEL_URI: 's3://models/ranker/12', LOG_LEVEL: 'info' } },
      {
        created: 90 * DAY,
        managedFields: [
          {
            manager: 'kubectl-client-side-apply',
            operation: 'Update',
            apiVersion: 'v1',
            time: t.ago(28),
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { '.': {}, 'f:LOG_LEVEL': {}, 'f:MODEL_URI': {} } },
          },
        ],
      },
    )
    const app = t.set({
      namespace: 'search',
      name: 'ranker',
      days: 90,
      replicas: 2,
      main: {
        env: [{ name: 'MODEL_PATH', valueFrom: { configMapKeyRef: { name: 'ranker-settings', key: 'MODEL_PATH' } } }],
      },
      state: [
        {},
        t.is.waiting('CreateContainerConfigError', "couldn't find key MODEL_PATH in ConfigMap search/ranker-settings"),
      ],
      pods: 16,
      port: 8080,
    })
    const [kept, pod = app.owner] = app.pods
    if (kept !== undefined) {
      kept.metadata.creationTimestamp = t.ago(80 * DAY)
      kept.status.startTime = t.ago(80 * DAY)
      kept.status.containerStatuses[0].state.running.startedAt = t.ago(80 * DAY)
    }
    return {
      objects: [
        map,
        ...app.objects,
        t.warn(pod, 'Failed', "Error: couldn't find key MODEL_PATH in ConfigMap search/ranker-settings", {
          first: 16,
          last: 0.3,
          count: 70,
        }),
      ],
      expect: cause('ConfigMap/search/ranker-settings', ['MODEL_PATH']),
    }
  }),
  unseen('fifth-key-for-root-alone', (t) => {
    const app = t.app({
      namespace: 'mail',
      name: 'smtp-relay',
      rolled: 19,
      days: 60,
      before: {},
      main: { volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }] },
      spec: {
        securityContext: { runAsUser: 10001, runAsNonRoot: true },
        volumes: [{ name: 'tls', secret: { secretName: 'smtp-relay-tls', defaultMode: 256 } }],
      },
      state: t.is.crashing(1, {}, 8),
      port: 8080,
    })
    const [older] = app.objects.filter(({ kind }) => kind === 'ReplicaSet')
    if (older !== undefined) older.spec.template.spec.securityContext = {}
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [
        t.thing('v1', 'Secret', 'mail', 'smtp-relay-tls', {
          type: 'kubernetes.io/tls',
          data: { 'tls.crt': 'LS0t', 'tls.key': 'LS0t' },
        }),
        ...app.objects,
        ...t.crashed(pod, 8, 18),
      ],
      logs: allLogs(
        t,
        [pod],
        [
          'Nov  3 10:22:14 relay: starting',
          'Nov  3 10:22:14 relay: fatal: cannot load key: open /etc/tls/tls.key: permission denied',
        ],
      ),
      expect: cause('Deployment/mail/smtp-relay', ['/etc/tls/tls.key', '10001']),
    }
  }),
  unseen('fifth-asks-the-machine-for-names', (t) => {
    const spec = { hostNetwork: true, dnsPolicy: 'ClusterFirst' }
    const kafka = t.set({
      namespace: 'stream',
      name: 'kafka',
      days: 100,
      replicas: 1,
      main: { ports: [{ containerPort: 9092, protocol: 'TCP' }] },
      port: 9092,
    })
    const app = t.app({
      namespace: 'netops',
      name: 'flow-collector',
      replicas: 2,
      days: 30,
      rolled: 21,
      spec,
      main: { env: [{ name: 'KAFKA_BROKERS', value: 'kafka.stream.svc.cluster.local:80' }] },
      state: t.is.crashing(1, {}, 8),
    })
    return {
      objects: [...kafka.objects, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 8, 20))],
      logs: allLogs(t, app.pods, [
        'level=info msg="flow-collector starting"',
        'level=fatal msg="cannot reach broker" error="dial tcp: lookup kafka.stream.svc.cluster.local on 10.20.0.2:53: no such host"',
      ]),
      expect: cause('Deployment/netops/flow-collector', ['/ClusterFirstWithHostNet/'], {
        mustNotBlame: ['StatefulSet/stream/kafka', 'Deployment/kube-system/coredns'],
      }),
    }
  }),
  unseen('fifth-named-like-its-neighbour', (t) => {
    const cache = t.app({
      namespace: 'quiz',
      name: 'redis',
      days: 80,
      replicas: 1,
      main: { ports: [{ containerPort: 6379, protocol: 'TCP' }] },
      port: 6379,
    })
    const app = t.app({
      namespace: 'quiz',
      name: 'scoreboard',
      days: 0.02,
      main: { env: [{ name: 'REDIS_HOST', value: 'redis' }] },
      state: t.is.crashing(2, {}, 9),
      port: 8080,
    })
    return {
      objects: [...cache.objects, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 9, 26))],
      logs: allLogs(t, app.pods, [
        'scoreboard 0.3.0',
        'panic: config: REDIS_PORT: strconv.ParseUint: parsing "tcp://10.96.201.14:80": invalid syntax',
        'goroutine 1 [running]:',
      ]),
      expect: cause('Deployment/quiz/scoreboard', ['REDIS_PORT'], { mustNotBlame: ['Deployment/quiz/redis'] }),
    }
  }),
  unseen('fifth-nothing-to-compute-on', (t) => {
    for (const one of t.machines)
      if (one.kind === 'Node') {
        Object.assign(one.metadata.labels ?? {}, { accelerator: 'nvidia-l4' })
        one.status.capacity['nvidia.com/gpu'] = '0'
        one.status.allocatable['nvidia.com/gpu'] = '0'
      }
    const plugin = t.daemons({
      namespace: 'gpu-operator',
      name: 'nvidia-device-plugin',
      days: 60,
      pods: 52,
      main: { name: 'plugin' },
      state: t.is.crashing(1, {}, 14),
    })
    const app = t.app({
      namespace: 'vision',
      name: 'frame-tagger',
      days: 40,
      replicas: 2,
      pods: 44,
      main: { resources: { limits: { 'nvidia.com/gpu': '1' }, requests: { 'nvidia.com/gpu': '1', memory: '2Gi' } } },
      state: t.is.pending(
        '0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      ),
      port: 8080,
    })
    return {
      objects: [...plugin.objects, ...plugin.pods.flatMap((pod) => t.crashed(pod, 14, 51)), ...app.objects],
      logs: allLogs(
        t,
        plugin.pods,
        [
          'I1103 10:22:20.000000       1 main.go:238] "Starting NVIDIA Device Plugin" version="v0.17.1"',
          'E1103 10:22:20.100000       1 factory.go:112] Incompatible strategy detected auto',
          'E1103 10:22:20.200000       1 main.go:173] error starting plugins: error creating plugin manager: unable to create plugin manager: invalid device discovery strategy',
        ],
        'plugin',
      ),
      expect: cause('DaemonSet/gpu-operator/nvidia-device-plugin', ['/strategy/'], {
        mustNotBlame: ['Deployment/vision/frame-tagger'],
      }),
    }
  }),
  unseen(
    'fifth-dumps-until-there-is-no-floor',
    (t) => {
      const usage = (name: string, used: string) =>
        `The node was low on resource: ephemeral-storage. Threshold quantity: 10731Mi, available: 9102Mi. Container ${name} was using ${used}, request is 0, has larger consumption of ephemeral-storage. `
      const evicted = (used: string) => ({
        phase: 'Failed',
        ready: false,
        notReadySince: 13,
        state: { terminated: { exitCode: 137, reason: 'Error', finishedAt: t.ago(13), startedAt: t.ago(9 * DAY) } },
        status: { reason: 'Evicted', message: usage('app', used) },
      })
      const dumper = t.app({
        namespace: 'risk',
        name: 'score-engine',
        replicas: 1,
        days: 9,
        state: [
          evicted('79414Mi'),
          t.is.pending(
            '0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }, 2 node(s) were unschedulable.',
          ),
        ],
      })
      const other = t.app({ namespace: 'risk', name: 'limits-api', replicas: 2, days: 30, port: 8080 })
      const lost = t.app({
        namespace: 'geo',
        name: 'reverse-geocode',
        replicas: 1,
        days: 22,
        state: [evicted('3108Ki'), {}],
      })
      for (const pod of [dumper.pods[0], lost.pods[0]]) if (pod !== undefined) pod.spec.nodeName = 'pool-b-1'
      if (lost.pods[1] !== undefined) lost.pods[1].spec.nodeName = 'pool-a-1'
      const machine = t.machines.find(({ kind, metadata }) => kind === 'Node' && metadata.name === 'pool-b-1')
      if (machine === undefined) throw new Error('no machine')
      return {
        objects: [
          ...dumper.objects,
          ...other.objects,
          ...lost.objects,
          t.warn(machine, 'EvictionThresholdMet', 'Attempting to reclaim ephemeral-storage', {
            first: 14,
            last: 2,
            count: 31,
          }),
          ...[dumper.pods[0], lost.pods[0]].map((pod, index) =>
            t.warn(pod ?? machine, 'Evicted', usage('app', index === 0 ? '79414Mi' : '3108Ki'), { first: 13 }),
          ),
        ],
        expect: cause('Deployment/risk/score-engine', ['ephemeral-storage'], {
          mustNotBlame: ['Deployment/geo/reverse-geocode', 'Node//pool-b-1'],
        }),
      }
    },
    ['pool-a-1', 'pool-a-2', 'pool-b-1'],
    {
      avoid: ['pool-b-1'],
      machines: (author: Parameters<typeof node>[0]) => [
        ...node(author, 'pool-a-1'),
        ...node(author, 'pool-a-2'),
        ...node(author, 'pool-b-1', {
          taints: [{ effect: 'NoSchedule', key: 'node.kubernetes.io/disk-pressure', timeAdded: author.ago(14) }],
          conditions: [
            ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
            ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'],
            ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
            ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
          ].map(([type, status, reason, message]) => ({
            type,
            status,
            reason,
            message,
            lastHeartbeatTime: author.ago(0.5),
            lastTransitionTime: author.ago(type === 'DiskPressure' ? 14 : 90 * DAY),
          })),
        }),
      ],
    },
  ),
]
