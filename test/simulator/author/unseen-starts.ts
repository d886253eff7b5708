import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** Pods that do not start, or do not last. */
export const unseenStarts = [
  unseen('key-of-another-name', (t) => {
    const app = t.app({
      namespace: 'search',
      name: 'indexer',
      rolled: 26,
      replicas: 1,
      main: { volumeMounts: [{ name: 'conf', mountPath: '/etc/indexer' }] },
      spec: {
        volumes: [
          { name: 'conf', configMap: { name: 'indexer-conf', items: [{ key: 'app.toml', path: 'app.toml' }] } },
        ],
      },
      state: { ...t.is.waiting('ContainerCreating'), notReadySince: 25 },
    })
    const map = t.thing(
      'v1',
      'ConfigMap',
      'search',
      'indexer-conf',
      { data: { 'application.toml': 'shards = 4\n' } },
      { created: 40 * DAY },
    )
    return {
      objects: [
        ...app.objects,
        map,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'FailedMount',
            'MountVolume.SetUp failed for volume "conf" : configmap references non-existent config key: app.toml',
            {
              first: 25,
              last: 1,
              count: 19,
            },
          ),
        ),
      ],
      expect: cause('ConfigMap/search/indexer-conf', ['app.toml']),
    }
  }),
  unseen('gate-before-a-stuck-store', (t) => {
    const claim = t.thing(
      'v1',
      'PersistentVolumeClaim',
      'crm',
      'data-contacts-db-0',
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'premium-zrs',
          resources: { requests: { storage: '50Gi' } },
        },
        status: { phase: 'Pending' },
      },
      { created: 55 },
    )
    const db = t.set({
      namespace: 'crm',
      name: 'contacts-db',
      days: 0.04,
      replicas: 1,
      state: t.is.pending('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
      port: 5432,
    })
    const app = t.app({
      namespace: 'crm',
      name: 'contacts',
      days: 0.04,
      replicas: 2,
      spec: {
        initContainers: [
          {
            name: 'wait-for-db',
            image: 'docker.io/library/busybox:1.37',
            command: ['sh', '-c', 'until nc -z contacts-db 5432; do echo waiting for contacts-db; sleep 3; done'],
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
              name: 'wait-for-db',
              image: 'docker.io/library/busybox:1.37',
              ready: false,
              restartCount: 0,
              state: { running: { startedAt: t.ago(54) } },
            },
          ],
        },
      },
    })
    return {
      objects: [
        ...db.objects.filter(({ kind }) => kind !== 'PersistentVolumeClaim' && kind !== 'PersistentVolume'),
        claim,
        ...app.objects,
        t.warn(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "premium-zrs" not found', {
          first: 55,
          last: 0.5,
          count: 220,
          component: 'persistentvolume-controller',
        }),
      ],
      logs: allLogs(
        t,
        app.pods,
        ['waiting for contacts-db', 'nc: bad address contacts-db', 'waiting for contacts-db'],
        'wait-for-db',
      ),
      expect: cause('PersistentVolumeClaim/crm/data-contacts-db-0', ['premium-zrs']),
    }
  }),
  unseen('killed-before-it-is-up', (t) => {
    const probe = (delay: number) => ({
      livenessProbe: {
        httpGet: { path: '/actuator/health/liveness', port: 8080 },
        initialDelaySeconds: delay,
        periodSeconds: 5,
        failureThreshold: 2,
      },
    })
    const app = t.app({
      namespace: 'claims',
      name: 'policy-engine',
      rolled: 31,
      main: probe(10),
      before: probe(120),
      state: t.is.crashing(143, { reason: 'Error', startedAt: t.ago(2), finishedAt: t.ago(1.6) }, 9),
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [
        ...app.objects,
        ...t.crashed(pod, 9, 30),
        t.warn(
          pod,
          'Unhealthy',
          'Liveness probe failed: Get "http://10.244.2.31:8080/actuator/health/liveness": dial tcp 10.244.2.31:8080: connect: connection refused',
          { first: 30, last: 1.6, count: 18 },
        ),
        t.tell(pod, 'Killing', 'Container app failed liveness probe, will be restarted', {
          first: 30,
          last: 1.6,
          count: 9,
        }),
      ],
      logs: allLogs(
        t,
        [pod],
        [
          'INFO Starting PolicyEngineApplication v7.2.0 using Java 21',
          'INFO Loading 41233 rules',
          'INFO HikariPool-1 - Start completed.',
          'INFO Commencing graceful shutdown. Waiting for active requests to complete',
        ],
      ),
      expect: cause('Deployment/claims/policy-engine', ['liveness']),
    }
  }),
  unseen('too-little-processor', (t) => {
    const cpu = (limit: string) => ({
      resources: { requests: { cpu: '20m', memory: '128Mi' }, limits: { cpu: limit, memory: '512Mi' } },
      livenessProbe: { httpGet: { path: '/livez', port: 8080 }, timeoutSeconds: 1 },
      ...readyAt('/readyz'),
    })
    const app = t.app({
      namespace: 'maps',
      name: 'tile-render',
      rolled: 48,
      main: cpu('30m'),
      before: cpu('1'),
      state: {
        ready: false,
        restarts: 6,
        started: 2,
        lastState: { terminated: { exitCode: 137, reason: 'Error', startedAt: t.ago(8), finishedAt: t.ago(2) } },
      },
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    const slow = (which: string) =>
      `${which} probe failed: Get "http://10.244.1.77:8080/${which === 'Liveness' ? 'livez' : 'readyz'}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
    return {
      objects: [
        ...app.objects,
        t.warn(pod, 'Unhealthy', slow('Liveness'), { first: 46, last: 2, count: 19 }),
        t.warn(pod, 'Unhealthy', slow('Readiness'), { first: 46, last: 0.3, count: 60 }),
        t.tell(pod, 'Killing', 'Container app failed liveness probe, will be restarted', {
          first: 45,
          last: 2,
          count: 6,
        }),
      ],
      logs: allLogs(
        t,
        [pod],
        [
          'INFO tile-render up on :8080',
          'WARN slow request GET /livez 3120ms',
          'WARN slow request GET /tile/3/4/2 18211ms',
        ],
      ),
      expect: cause('Deployment/maps/tile-render', ['30m']),
    }
  }),
  unseen('heap-above-the-ceiling', (t) => {
    const app = t.app({
      namespace: 'ledger',
      name: 'settlement',
      days: 2,
      main: {
        env: [{ name: 'JAVA_TOOL_OPTIONS', value: '-Xms2g -Xmx2g' }],
        resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '1Gi' } },
      },
      state: t.is.crashing(137, { reason: 'OOMKilled' }, 12),
      pods: 70,
      port: 8080,
    })
    return {
      objects: [...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 12, 69))],
      logs: allLogs(t, app.pods, [
        'Picked up JAVA_TOOL_OPTIONS: -Xms2g -Xmx2g',
        'INFO settlement starting',
        'INFO loading positions',
      ]),
      expect: cause('Deployment/ledger/settlement', ['1Gi']),
    }
  }),
  unseen(
    'built-for-the-other-processor',
    (t) => {
      const app = t.app({
        namespace: 'iot',
        name: 'gateway-sync',
        rolled: 22,
        tag: '2.9.0',
        state: [{}, t.is.crashing(255, {}, 9)].map((one) => one),
        replicas: 2,
        port: 8080,
      })
      const bad = app.pods[1] ?? app.owner
      bad.spec.nodeName = 'graviton-1'
      const arm = t.machines.find(({ kind, metadata }) => kind === 'Node' && metadata.name === 'graviton-1')
      if (arm !== undefined) {
        arm.status.nodeInfo.architecture = 'arm64'
        arm.metadata.labels = {
          ...arm.metadata.labels,
          'kubernetes.io/arch': 'arm64',
          'beta.kubernetes.io/arch': 'arm64',
        }
      }
      const good = app.pods[0] ?? app.owner
      good.spec.nodeName = 'intel-1'
      return {
        objects: [...app.objects, ...t.crashed(bad, 9, 21)],
        logs: {
          ...allLogs(t, [bad], ['exec /usr/local/bin/gateway-sync: exec format error']),
          ...t.log(good, 'app', 1, ['INFO syncing']),
        },
        expect: cause('Deployment/iot/gateway-sync', ['arm64'], { mustNotBlame: ['Node//graviton-1'] }),
      }
    },
    ['intel-1', 'graviton-1'],
  ),
  unseen('disk-that-may-not-be-written', (t) => {
    const app = t.app({
      namespace: 'docs',
      name: 'pdf-export',
      rolled: 14,
      main: { securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false } },
      before: {},
      state: t.is.crashing(1),
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...app.objects, ...t.crashed(pod, 7, 13)],
      logs: allLogs(
        t,
        [pod],
        [
          'INFO pdf-export 5.1',
          "Error: EROFS: read-only file system, mkdir '/app/.cache/fonts'",
          '    at Object.mkdirSync (node:fs:1372:26)',
        ],
      ),
      expect: cause('Deployment/docs/pdf-export', ['/app/.cache/fonts']),
    }
  }),
  unseen('root-not-wanted', (t) => {
    const app = t.app({
      namespace: 'forms',
      name: 'survey',
      rolled: 19,
      main: {},
      spec: { securityContext: { runAsNonRoot: true } },
      state: t.is.waiting(
        'CreateContainerConfigError',
        'container has runAsNonRoot and image will run as root (pod: "survey", container: app)',
      ),
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(pod, 'Failed', 'Error: container has runAsNonRoot and image will run as root', {
            first: 18,
            last: 0.5,
            count: 80,
          }),
        ),
      ],
      expect: cause('Deployment/forms/survey', ['runAsNonRoot']),
    }
  }),
  unseen('bound-to-the-wrong-house', (t) => {
    const app = t.app({
      namespace: 'ci',
      name: 'runner-controller',
      days: 1,
      replicas: 1,
      spec: { serviceAccountName: 'runner' },
      state: t.is.crashing(1),
      pods: 60,
    })
    const account = t.thing('v1', 'ServiceAccount', 'ci', 'runner', {})
    const role = t.thing('rbac.authorization.k8s.io/v1', 'Role', 'ci', 'runner', {
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'delete'] }],
    })
    const binding = t.thing('rbac.authorization.k8s.io/v1', 'RoleBinding', 'ci', 'runner', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'runner' },
      subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'default' }],
    })
    return {
      objects: [...app.objects, account, role, binding, ...app.pods.flatMap((pod) => t.crashed(pod, 14, 59))],
      logs: allLogs(t, app.pods, [
        'I1103 10:22:10 1 controller.go:88] starting',
        'E1103 10:22:10 1 reflector.go:147] failed to list *v1.Pod: pods is forbidden: User "system:serviceaccount:ci:runner" cannot list resource "pods" in API group "" in the namespace "ci"',
        'F1103 10:22:40 1 main.go:61] cache did not sync',
      ]),
      expect: cause('RoleBinding/ci/runner', ['default']),
    }
  }),
  unseen('secret-that-a-vault-owes', (t) => {
    const app = t.app({
      namespace: 'hr',
      name: 'payroll',
      days: 0.03,
      main: { envFrom: [{ secretRef: { name: 'payroll-db' } }] },
      state: t.is.waiting('CreateContainerConfigError', 'secret "payroll-db" not found'),
    })
    const external = t.thing(
      'external-secrets.io/v1',
      'ExternalSecret',
      'hr',
      'payroll-db',
      {
        spec: {
          refreshInterval: '1h',
          secretStoreRef: { kind: 'SecretStore', name: 'vault-hr' },
          target: { name: 'payroll-db' },
          data: [{ secretKey: 'PASSWORD', remoteRef: { key: 'hr/payroll' } }],
        },
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'SecretSyncedError',
              message: 'could not get secret data from provider',
              lastTransitionTime: t.ago(42),
            },
          ],
        },
      },
      { created: 43 },
    )
    return {
      objects: [
        ...app.objects,
        external,
        ...app.pods.map((pod) =>
          t.warn(pod, 'Failed', 'Error: secret "payroll-db" not found', { first: 42, last: 0.4, count: 190 }),
        ),
        t.warn(
          external,
          'UpdateFailed',
          'error retrieving secret at .data[0], key: hr/payroll, err: SecretStore.external-secrets.io "vault-hr" not found',
          { first: 42, last: 1, count: 12, component: 'external-secrets' },
        ),
      ],
      expect: cause('ExternalSecret/hr/payroll-db', ['vault-hr']),
    }
  }),
  unseen('first-of-three-may-not-own', (t) => {
    const db = t.set({
      namespace: 'geo',
      name: 'postgis',
      days: 0.05,
      replicas: 1,
      main: {
        volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
        securityContext: { runAsUser: 999 },
      },
      state: t.is.crashing(1),
      port: 5432,
    })
    db.owner.spec.replicas = 3
    return {
      objects: [...db.objects, ...db.pods.flatMap((pod) => t.crashed(pod, 16, 70))],
      logs: allLogs(t, db.pods, [
        'The files belonging to this database system will be owned by user "postgres".',
        'initdb: error: could not change permissions of directory "/var/lib/postgresql/data": Operation not permitted',
      ]),
      expect: cause('StatefulSet/geo/postgis', ['/var/lib/postgresql/data']),
    }
  }),
  unseen('value-that-does-not-parse', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'chat',
      'relay-env',
      { data: { LOG_LEVEL: 'wran', REGION: 'eu' } },
      { created: 80 * DAY },
    )
    const app = t.app({
      namespace: 'chat',
      name: 'relay',
      rolled: 12,
      main: { envFrom: [{ configMapRef: { name: 'relay-env' } }] },
      annotations: { 'checksum/config': '0f9d2c' },
      state: t.is.crashing(2),
      port: 8080,
    })
    return {
      objects: [...app.objects, map, ...app.pods.flatMap((pod) => t.crashed(pod, 7, 11))],
      logs: allLogs(t, app.pods, [
        'relay 3.3.1',
        'panic: invalid LOG_LEVEL "wran": not a valid logrus Level',
        'goroutine 1 [running]:',
        'main.main()',
      ]),
      expect: cause('ConfigMap/chat/relay-env', ['wran']),
    }
  }),
  unseen('step-before-the-upgrade', (t) => {
    const app = t.app({ namespace: 'wiki', name: 'wiki', days: 100, main: readyAt('/'), port: 8080 })
    const job = t.thing(
      'batch/v1',
      'Job',
      'wiki',
      'wiki-migrate-42',
      {
        spec: {
          backoffLimit: 2,
          completions: 1,
          parallelism: 1,
          template: {
            metadata: { labels: { 'job-name': 'wiki-migrate-42' } },
            spec: {
              restartPolicy: 'Never',
              containers: [
                { name: 'migrate', image: 'registry.example.net/wiki/migrate:42', command: ['flyway', 'migrate'] },
              ],
            },
          },
        },
        status: {
          failed: 3,
          startTime: t.ago(15),
          conditions: [
            {
              type: 'Failed',
              status: 'True',
              reason: 'BackoffLimitExceeded',
              message: 'Job has reached the specified backoff limit',
              lastTransitionTime: t.ago(12),
            },
          ],
        },
      },
      { created: 15, annotations: { 'helm.sh/hook': 'pre-upgrade' } },
    )
    const pod = t.thing(
      'v1',
      'Pod',
      'wiki',
      'wiki-migrate-42-q7x2k',
      {
        spec: {
          nodeName: 'pool-a-1',
          restartPolicy: 'Never',
          containers: [{ name: 'migrate', image: 'registry.example.net/wiki/migrate:42' }],
        },
        status: {
          phase: 'Failed',
          startTime: t.ago(13),
          conditions: [{ type: 'Ready', status: 'False', reason: 'PodFailed', lastTransitionTime: t.ago(12.5) }],
          containerStatuses: [
            {
              name: 'migrate',
              image: 'registry.example.net/wiki/migrate:42',
              ready: false,
              restartCount: 0,
              state: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(12.8), finishedAt: t.ago(12.5) } },
            },
          ],
        },
      },
      {
        created: 13,
        labels: { 'job-name': 'wiki-migrate-42' },
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'Job', name: 'wiki-migrate-42', uid: job.metadata.uid, controller: true },
        ],
      },
    )
    return {
      objects: [
        ...app.objects,
        job,
        pod,
        t.warn(job, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', {
          first: 12,
          component: 'job-controller',
        }),
      ],
      logs: {
        ...t.log(pod, 'migrate', 12.5, [
          'Flyway Community Edition 11',
          'ERROR: Migration V42__add_tags.sql failed',
          'SQL State  : 42P07',
          'Message    : ERROR: relation "tags" already exists',
        ]),
      },
      expect: cause('Job/wiki/wiki-migrate-42', ['tags']),
    }
  }),
  unseen('two-teams-one-morning', (t) => {
    const a = t.app({
      namespace: 'ml',
      name: 'feature-store',
      rolled: 28,
      replicas: 1,
      spec: { nodeSelector: { 'node.kubernetes.io/pool': 'gpu-a100' } },
      state: t.is.pending(
        "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
      ),
    })
    const b = t.app({
      namespace: 'ads',
      name: 'bidder',
      tag: '2026.11.3-rc',
      rolled: 9,
      before: { image: 'registry.example.net/ads/bidder:2026.10.30' },
      state: t.is.waiting(
        'ImagePullBackOff',
        'Back-off pulling image "registry.example.net/ads/bidder:2026.11.3-rc": ErrImagePull: failed to resolve reference "registry.example.net/ads/bidder:2026.11.3-rc": registry.example.net/ads/bidder:2026.11.3-rc: not found',
      ),
      port: 8080,
    })
    return {
      objects: [...a.objects, ...b.objects],
      expect: {
        rootCauses: [at('Deployment/ml/feature-store'), at('Deployment/ads/bidder')],
        mustMention: ['gpu-a100', '2026.11.3-rc'],
      },
    }
  }),
]
