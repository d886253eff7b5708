import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** A second set, written after the rules had learned from the first and before they were tried on this one. */
export const unseenAgain = [
  unseen('shut-in-its-own-zone', (t) => {
    const [first] = t.machines.filter(({ kind }) => kind === 'Node')
    if (first !== undefined)
      first.spec = {
        ...first.spec,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: t.ago(50) }],
      }
    const db = t.set({
      namespace: 'stock',
      name: 'counts-db',
      days: 80,
      replicas: 1,
      pods: 45,
      state: t.is.pending(
        '0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had volume node affinity conflict. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
      ),
      port: 5432,
    })
    for (const one of db.objects)
      if (one.kind === 'PersistentVolume')
        one.spec.nodeAffinity = {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-a'] }] },
            ],
          },
        }
    return { objects: db.objects, expect: cause('Node//pool-a-1', ['zone-a']) }
  }),
  unseen('vault-says-no', (t) => {
    const app = t.app({
      namespace: 'lab',
      name: 'results',
      days: 2,
      replicas: 1,
      pods: 33,
      spec: {
        initContainers: [
          {
            name: 'vault-agent-init',
            image: 'docker.io/hashicorp/vault:1.20',
            args: ['agent', '-config=/home/vault/config.json'],
          },
        ],
      },
      state: {
        phase: 'Pending',
        ready: false,
        state: { waiting: { reason: 'PodInitializing' } },
        status: {
          initContainerStatuses: [
            {
              name: 'vault-agent-init',
              image: 'docker.io/hashicorp/vault:1.20',
              ready: false,
              restartCount: 9,
              state: {
                waiting: {
                  reason: 'CrashLoopBackOff',
                  message: 'back-off 5m0s restarting failed container=vault-agent-init',
                },
              },
              lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(3), finishedAt: t.ago(2) } },
            },
          ],
        },
      },
    })
    return {
      objects: app.objects,
      logs: allLogs(
        t,
        app.pods,
        [
          '==> Vault Agent started! Log data will stream in below:',
          'URL: PUT https://vault.example.com:8200/v1/auth/kubernetes/login',
          'Code: 403. Errors:',
          '* permission denied',
          '[ERROR] agent.auth.handler: error authenticating: role "results" is not bound to service account "default"',
        ],
        'vault-agent-init',
      ),
      expect: cause('Deployment/lab/results', ['is not bound']),
    }
  }),
  unseen('no-room-for-the-journal', (t) => {
    const db = t.set({
      namespace: 'fleet',
      name: 'telemetry-pg',
      days: 120,
      replicas: 1,
      main: { volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }] },
      state: t.is.crashing(1, {}, 14),
      port: 5432,
    })
    for (const one of db.objects) if (one.kind === 'Service') one.spec.ports[0].port = 5432
    const app = t.app({
      namespace: 'fleet',
      name: 'telemetry-api',
      days: 60,
      main: {
        ...readyAt('/ready'),
        env: [{ name: 'DATABASE_URL', value: 'postgres://api@telemetry-pg:5432/telemetry' }],
      },
      state: { ready: false, notReadySince: 40 },
      port: 8080,
    })
    return {
      objects: [
        ...db.objects,
        ...app.objects,
        ...t.crashed(db.pods[0] ?? db.owner, 14, 42),
        ...app.pods.map((pod) =>
          t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', {
            first: 40,
            last: 0.3,
            count: 240,
          }),
        ),
      ],
      logs: {
        ...allLogs(t, db.pods, [
          'LOG:  starting PostgreSQL 17.4',
          'FATAL:  could not write to file "pg_wal/xlogtemp.31": No space left on device',
          'LOG:  startup process (PID 31) exited with exit code 1',
        ]),
        ...allLogs(t, app.pods, [
          'ERROR sqlalchemy.exc.OperationalError: connection to server at "telemetry-pg" (10.96.7.7), port 5432 failed: Connection refused',
        ]),
      },
      expect: cause('PersistentVolumeClaim/fleet/data-telemetry-pg-0', ['No space left']),
    }
  }),
  unseen('ceiling-of-five', (t) => {
    const app = t.app({ namespace: 'feed', name: 'ranker', replicas: 5, days: 90, main: readyAt('/'), port: 8080 })
    const scaler = t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'feed', 'ranker', {
      spec: {
        minReplicas: 2,
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'ranker' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
      status: {
        currentReplicas: 5,
        desiredReplicas: 5,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 97, averageValue: '970m' } } },
        ],
        conditions: [
          {
            type: 'AbleToScale',
            status: 'True',
            reason: 'ReadyForNewScale',
            message: 'recommended size matches current size',
            lastTransitionTime: t.ago(9000),
          },
          {
            type: 'ScalingActive',
            status: 'True',
            reason: 'ValidMetricFound',
            message: 'the HPA was able to successfully calculate a replica count',
            lastTransitionTime: t.ago(9000),
          },
          {
            type: 'ScalingLimited',
            status: 'True',
            reason: 'TooManyReplicas',
            message: 'the desired replica count is more than the maximum replica count',
            lastTransitionTime: t.ago(75),
          },
        ],
      },
    })
    return {
      objects: [...app.objects, scaler],
      expect: cause('HorizontalPodAutoscaler/feed/ranker', ['maximum'], {
        trigger: at('HorizontalPodAutoscaler/feed/ranker'),
      }),
    }
  }),
  unseen('probe-at-a-port-without-name', (t) => {
    const app = t.app({
      namespace: 'mail',
      name: 'inbound',
      rolled: 21,
      main: { ...readyAt('/healthz', 'web'), ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }] },
      before: { ...readyAt('/healthz', 'http') },
      state: { ready: false, notReadySince: 20 },
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [
        ...app.objects,
        t.warn(
          pod,
          'Unhealthy',
          'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
          { first: 20, last: 0.2, count: 120 },
        ),
      ],
      logs: allLogs(t, [pod], ['INFO inbound listening on :8080']),
      expect: cause('Deployment/mail/inbound', ['web']),
    }
  }),
  unseen('clock-of-no-town', (t) => {
    const cron = t.thing(
      'batch/v1',
      'CronJob',
      'bi',
      'daily-cube',
      {
        spec: {
          schedule: '0 5 * * *',
          timeZone: 'Europe/Berln',
          concurrencyPolicy: 'Allow',
          suspend: false,
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  restartPolicy: 'Never',
                  containers: [{ name: 'cube', image: 'registry.example.net/bi/cube:1' }],
                },
              },
            },
          },
        },
        status: {},
      },
      { created: 2 * DAY },
    )
    return {
      objects: [
        cron,
        t.warn(cron, 'UnknownTimeZone', 'invalid timeZone: "Europe/Berln": unknown time zone Europe/Berln', {
          first: 2 * DAY,
          last: 4,
          count: 50,
          component: 'cronjob-controller',
        }),
      ],
      expect: cause('CronJob/bi/daily-cube', ['Europe/Berln'], { trigger: at('CronJob/bi/daily-cube') }),
    }
  }),
  unseen('front-door-without-a-street', (t) => {
    const app = t.app({ namespace: 'shopfront', name: 'storefront', days: 1, main: readyAt('/'), port: 8080 })
    const [front] = app.objects.filter(({ kind }) => kind === 'Service')
    if (front !== undefined) {
      front.spec.type = 'LoadBalancer'
      front.spec.ports[0].nodePort = 31_080
      front.status = { loadBalancer: {} }
    }
    return {
      objects: [
        ...app.objects,
        t.warn(
          front ?? app.owner,
          'SyncLoadBalancerFailed',
          'Error syncing load balancer: failed to ensure load balancer: Code="PublicIPCountLimitReached" Message="Cannot create more than 20 public IP addresses for this subscription in this region."',
          { first: 70, last: 2, count: 19, component: 'service-controller' },
        ),
      ],
      expect: cause('Service/shopfront/storefront', ['PublicIPCountLimitReached'], {
        trigger: at('Service/shopfront/storefront'),
      }),
    }
  }),
  unseen('folder-that-is-no-folder', (t) => {
    const app = t.app({
      namespace: 'vision',
      name: 'detector',
      rolled: 16,
      replicas: 1,
      main: { volumeMounts: [{ name: 'models', mountPath: '/models' }] },
      spec: { volumes: [{ name: 'models', hostPath: { path: '/mnt/models-v2', type: 'Directory' } }] },
      state: t.is.waiting('ContainerCreating'),
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'FailedMount',
            'MountVolume.SetUp failed for volume "models" : hostPath type check failed: /mnt/models-v2 is not a directory',
            { first: 15, last: 0.5, count: 14 },
          ),
        ),
      ],
      expect: cause('Deployment/vision/detector', ['/mnt/models-v2']),
    }
  }),
  unseen('two-tongues', (t) => {
    const inventory = t.app({ namespace: 'parts', name: 'inventory', days: 50, main: readyAt('/healthz'), port: 8080 })
    const app = t.app({
      namespace: 'parts',
      name: 'assembler',
      rolled: 24,
      main: { env: [{ name: 'INVENTORY_URL', value: 'https://inventory:80' }] },
      before: { env: [{ name: 'INVENTORY_URL', value: 'http://inventory:80' }] },
      state: t.is.crashing(1),
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...inventory.objects, ...app.objects, ...t.crashed(pod, 8, 23)],
      logs: {
        ...allLogs(
          t,
          [pod],
          [
            'INFO assembler 6',
            'FATAL warmup: Get "https://inventory:80/v1/parts": http: server gave HTTP response to HTTPS client',
          ],
        ),
        ...allLogs(t, inventory.pods, ['INFO GET /v1/parts 200', 'INFO GET /healthz 200']),
      },
      expect: cause('Deployment/parts/assembler', ['HTTPS'], {
        mustNotBlame: ['Service/parts/inventory', 'Deployment/parts/inventory'],
      }),
    }
  }),
  unseen('no-badge-in-the-pocket', (t) => {
    const app = t.app({
      namespace: 'mesh',
      name: 'config-sync',
      rolled: 18,
      replicas: 1,
      spec: { serviceAccountName: 'default', automountServiceAccountToken: false },
      state: t.is.crashing(1),
    })
    return {
      objects: [
        ...app.objects,
        t.thing('v1', 'ServiceAccount', 'mesh', 'default', {}),
        ...app.pods.flatMap((pod) => t.crashed(pod, 8, 17)),
      ],
      logs: allLogs(t, app.pods, [
        'INFO config-sync starting',
        'FATAL unable to load in-cluster configuration: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
      ]),
      expect: cause('Deployment/mesh/config-sync', ['serviceaccount/token']),
    }
  }),
  unseen('killed-for-the-fault-of-another', (t) => {
    const cache = t.set({ namespace: 'arena', name: 'session-cache', days: 200, replicas: 0, port: 6379 })
    for (const one of cache.objects) if (one.kind === 'Service') one.spec.ports[0].port = 6379
    const app = t.app({
      namespace: 'arena',
      name: 'matchmaker',
      days: 30,
      main: {
        livenessProbe: { httpGet: { path: '/health', port: 8080 } },
        env: [{ name: 'REDIS_ADDR', value: 'session-cache:6379' }],
      },
      state: t.is.crashing(137, {}, 11),
      port: 8080,
    })
    return {
      objects: [
        ...cache.objects,
        ...app.objects,
        ...app.pods.flatMap((pod) => [
          ...t.crashed(pod, 11, 55),
          t.warn(pod, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503', {
            first: 55,
            last: 1.6,
            count: 33,
          }),
          t.tell(pod, 'Killing', 'Container app failed liveness probe, will be restarted', {
            first: 55,
            last: 1.6,
            count: 11,
          }),
        ]),
      ],
      logs: allLogs(t, app.pods, [
        'INFO matchmaker up',
        'ERROR redis: dial tcp: connect session-cache:6379: connection refused',
        'WARN GET /health 503 redis=down',
      ]),
      expect: cause('StatefulSet/arena/session-cache', [], { mustNotBlame: ['Deployment/arena/matchmaker'] }),
    }
  }),
  unseen('no-more-shelves', (t) => {
    const set = t.set({ namespace: 'archive', name: 'vault-store', days: 0.02, replicas: 0 })
    set.owner.spec.replicas = 1
    const quota = t.thing('v1', 'ResourceQuota', 'archive', 'disk-budget', {
      spec: { hard: { 'requests.storage': '500Gi' } },
      status: { hard: { 'requests.storage': '500Gi' }, used: { 'requests.storage': '450Gi' } },
    })
    return {
      objects: [
        ...set.objects,
        quota,
        t.warn(
          set.owner,
          'FailedCreate',
          'create Pod vault-store-0 in StatefulSet vault-store failed error: failed to create PVC data-vault-store-0: persistentvolumeclaims "data-vault-store-0" is forbidden: exceeded quota: disk-budget, requested: requests.storage=100Gi, used: requests.storage=450Gi, limited: requests.storage=500Gi',
          { first: 28, last: 1, count: 18, component: 'statefulset-controller' },
        ),
      ],
      expect: cause('ResourceQuota/archive/disk-budget', ['500Gi'], { trigger: at('StatefulSet/archive/vault-store') }),
    }
  }),
  unseen('helper-that-cannot-read', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'radio',
      'log-shipper',
      { data: { 'fluent-bit.conf': '[SERVICE]\n    Flush 1\n[INPUTT]\n    Name tail\n' } },
      { created: 15 },
    )
    const app = t.app({
      namespace: 'radio',
      name: 'playlist',
      rolled: 14,
      more: [
        {
          name: 'log-shipper',
          image: 'docker.io/fluent/fluent-bit:4.0',
          volumeMounts: [{ name: 'conf', mountPath: '/fluent-bit/etc' }],
        },
      ],
      spec: { volumes: [{ name: 'conf', configMap: { name: 'log-shipper' } }] },
      state: {
        ready: true,
        containers: {
          'log-shipper': {
            ready: false,
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
            lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(2), finishedAt: t.ago(2) } },
          },
        },
      },
      port: 8080,
    })
    return {
      objects: [...app.objects, map],
      logs: allLogs(
        t,
        app.pods,
        [
          'Fluent Bit v4.0.1',
          "[error] [config] section 'INPUTT' is not valid",
          '[error] configuration file contains errors, aborting.',
        ],
        'log-shipper',
      ),
      expect: cause('ConfigMap/radio/log-shipper', ['INPUTT']),
    }
  }),
  unseen('moving-day', (t) => {
    const app = t.app({
      namespace: 'legal',
      name: 'contracts',
      days: 44,
      pods: 12,
      replicas: 3,
      main: readyAt('/'),
      port: 8080,
    })
    for (const [index, pod] of app.pods.entries()) pod.spec.nodeName = index % 2 === 0 ? 'pool-a-1' : 'pool-a-2'
    const old = t.machines.find(({ kind, metadata }) => kind === 'Node' && metadata.name === 'pool-b-1')
    if (old !== undefined)
      old.spec = {
        ...old.spec,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: t.ago(20) }],
      }
    const [pod = app.owner] = app.pods
    return {
      objects: [
        ...app.objects,
        t.warn(
          pod,
          'FailedScheduling',
          '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient memory.',
          { first: 12.5, component: 'default-scheduler' },
        ),
        t.warn(pod, 'Unhealthy', 'Readiness probe failed: Get "http://10.244.1.8:8080/": context deadline exceeded', {
          first: 11.5,
          last: 11.2,
          count: 3,
        }),
        t.tell(old ?? app.owner, 'NodeNotSchedulable', 'Node pool-b-1 status is now: NodeNotSchedulable', {
          first: 20,
        }),
      ],
      logs: allLogs(t, app.pods, ['INFO up', 'INFO GET / 200', 'INFO GET / 200']),
      expect: { rootCause: null, trigger: at('Deployment/legal/contracts') },
    }
  }),
  unseen('old-scars', (t) => {
    const app = t.app({
      namespace: 'games',
      name: 'lobby',
      days: 21,
      main: readyAt('/'),
      state: {
        restarts: 17,
        started: 3 * DAY,
        lastState: {
          terminated: {
            exitCode: 137,
            reason: 'OOMKilled',
            startedAt: t.ago(3 * DAY + 30),
            finishedAt: t.ago(3 * DAY),
          },
        },
      },
      port: 8080,
    })
    return {
      objects: app.objects,
      logs: allLogs(t, app.pods, [
        'ERROR POST https://push.example.com/v1: 503 Service Unavailable, will retry',
        'INFO POST https://push.example.com/v1 201',
        'INFO GET / 200',
        'INFO GET / 200',
        'INFO GET / 200',
        'INFO GET / 200',
        'INFO GET / 200',
      ]),
      expect: { rootCause: null, trigger: at('Deployment/games/lobby') },
    }
  }),
]
