import { probeFails } from './failing-probe.ts'
import { stuckInit } from './stuck-init.ts'
import { allLogs, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** Programs that do not come up, in the words of the stacks they are written in. */
export const unseenThirdStarts = [
  unseen('third-password-mistyped', (t) => {
    const db = t.set({ namespace: 'invoicing', name: 'invoice-postgres', days: 140, replicas: 1, port: 5432 })
    for (const one of db.objects) if (one.kind === 'Service') one.spec.ports[0].port = 5432
    const secret = t.thing(
      'v1',
      'Secret',
      'invoicing',
      'invoice-db-credentials',
      { type: 'Opaque', data: { username: 'aW52b2ljZXM=', password: 'aHVudGVyMg==' } },
      { created: 55 },
    )
    const app = t.app({
      namespace: 'invoicing',
      name: 'invoice-renderer',
      rolled: 50,
      days: 0.034,
      main: {
        env: [
          { name: 'SPRING_DATASOURCE_URL', value: 'jdbc:postgresql://invoice-postgres:5432/invoices' },
          {
            name: 'SPRING_DATASOURCE_PASSWORD',
            valueFrom: { secretKeyRef: { name: 'invoice-db-credentials', key: 'password' } },
          },
        ],
      },
      state: t.is.crashing(1, {}, 12),
      port: 8080,
    })
    return {
      objects: [...db.objects, secret, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 12, 48))],
      logs: {
        ...allLogs(t, app.pods, [
          'INFO 1 --- [main] c.e.invoice.RendererApplication : Starting RendererApplication v3.1.0 using Java 21.0.4',
          'INFO 1 --- [main] com.zaxxer.hikari.HikariDataSource : HikariPool-1 - Starting...',
          'ERROR 1 --- [main] com.zaxxer.hikari.pool.HikariPool : HikariPool-1 - Exception during pool initialization.',
          'org.postgresql.util.PSQLException: FATAL: password authentication failed for user "invoices"',
          '\tat org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:711)',
        ]),
        ...t.log(db.pods[0] ?? db.owner, 'app', 0.4, [
          'LOG:  database system is ready to accept connections',
          'FATAL:  password authentication failed for user "invoices"',
          'DETAIL:  Connection matched file "/var/lib/postgresql/data/pg_hba.conf" line 128: "host all all all scram-sha-256"',
        ]),
      },
      expect: cause('Deployment/invoicing/invoice-renderer', ['password'], {
        mustNotBlame: ['StatefulSet/invoicing/invoice-postgres'],
      }),
    }
  }),
  unseen('third-host-in-a-map', (t) => {
    const db = t.set({ namespace: 'warehouse', name: 'stock-mysql', days: 300, replicas: 1, port: 3306 })
    const map = t.thing(
      'v1',
      'ConfigMap',
      'warehouse',
      'picker-settings',
      { data: { DB_HOST: 'stock-mysq.warehouse.svc.cluster.local', DB_PORT: '3306', WORKERS: '8' } },
      { created: 32 },
    )
    const app = t.app({
      namespace: 'warehouse',
      name: 'picker',
      rolled: 30,
      main: { envFrom: [{ configMapRef: { name: 'picker-settings' } }] },
      state: t.is.crashing(1),
      port: 8000,
    })
    return {
      objects: [...db.objects, map, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 10, 29))],
      logs: allLogs(t, app.pods, [
        '[2026-11-03 10:22:01 +0000] [1] [INFO] Starting gunicorn 22.0.0',
        'Traceback (most recent call last):',
        '  File "/app/picker/db.py", line 31, in connect',
        "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'stock-mysq.warehouse.svc.cluster.local' ([Errno -2] Name or service not known)\")",
        '[2026-11-03 10:22:02 +0000] [1] [ERROR] Worker failed to boot.',
      ]),
      expect: cause('ConfigMap/warehouse/picker-settings', ['stock-mysq.warehouse'], {
        mustNotBlame: ['StatefulSet/warehouse/stock-mysql'],
      }),
    }
  }),
  unseen('third-item-not-in-map', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'edge',
      'static-proxy-conf',
      { data: { 'default.conf': 'server { listen 8080; }' } },
      { created: 120 * DAY },
    )
    const app = t.app({
      namespace: 'edge',
      name: 'static-proxy',
      rolled: 19,
      before: {},
      main: { volumeMounts: [{ name: 'conf', mountPath: '/etc/nginx/conf.d' }] },
      spec: {
        volumes: [
          { name: 'conf', configMap: { name: 'static-proxy-conf', items: [{ key: 'site.conf', path: 'site.conf' }] } },
        ],
      },
      state: t.is.waiting('ContainerCreating'),
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        map,
        ...app.pods
          .slice(-1)
          .map((pod) =>
            t.warn(
              pod,
              'FailedMount',
              'MountVolume.SetUp failed for volume "conf" : configmap references non-existent config key: site.conf',
              { first: 18, last: 0.9, count: 17 },
            ),
          ),
      ],
      expect: cause('ConfigMap/edge/static-proxy-conf', ['site.conf']),
    }
  }),
  unseen('third-health-on-the-old-port', (t) => {
    const app = t.app({
      namespace: 'search',
      name: 'suggest',
      rolled: 26,
      main: {
        livenessProbe: { httpGet: { path: '/livez', port: 9090 } },
        ports: [{ containerPort: 8081, name: 'http', protocol: 'TCP' }],
      },
      state: {
        ready: true,
        restarts: 8,
        started: 0.6,
        lastState: { terminated: { exitCode: 2, reason: 'Error', startedAt: t.ago(2.1), finishedAt: t.ago(0.7) } },
      },
      port: 8081,
    })
    return {
      objects: [
        ...app.objects,
        ...probeFails(
          t,
          app.pods,
          'Liveness probe failed: Get "http://10.244.1.44:9090/livez": dial tcp 10.244.1.44:9090: connect: connection refused',
          25,
          8,
        ),
      ],
      logs: allLogs(t, app.pods, [
        '{"level":"info","ts":1762165391.1,"msg":"suggest index loaded","docs":120331}',
        '{"level":"info","ts":1762165392.4,"msg":"http server listening","addr":":8081"}',
      ]),
      expect: cause('Deployment/search/suggest', ['9090']),
    }
  }),
  unseen('third-rpc-without-health', (t) => {
    const app = t.app({
      namespace: 'pricing',
      name: 'tariff-rpc',
      rolled: 34,
      main: {
        livenessProbe: { grpc: { port: 50_051, service: '' } },
        ports: [{ containerPort: 50_051, name: 'grpc', protocol: 'TCP' }],
      },
      state: t.is.crashing(143, {}, 9),
      port: 50_051,
    })
    return {
      objects: [
        ...app.objects,
        ...probeFails(
          t,
          app.pods,
          "Liveness probe failed: error: this server doesn't implement the grpc health protocol (grpc.health.v1.Health): rpc error: code = Unimplemented desc = unknown service grpc.health.v1.Health",
          33,
          9,
        ),
      ],
      logs: allLogs(t, app.pods, [
        '2026/11/03 10:21:30 tariff-rpc serving gRPC on [::]:50051',
        '2026/11/03 10:22:40 received SIGTERM, draining',
      ]),
      expect: cause('Deployment/pricing/tariff-rpc', ['/liveness/i']),
    }
  }),
  unseen('third-broker-misadvertised', (t) => {
    const kafka = t.set({
      namespace: 'streams',
      name: 'events-kafka',
      days: 44,
      replicas: 1,
      main: { env: [{ name: 'KAFKA_CFG_ADVERTISED_LISTENERS', value: 'PLAINTEXT://0.0.0.0:9092' }] },
      pods: 52,
      state: t.is.crashing(1, {}, 14),
      port: 9092,
    })
    for (const one of kafka.objects) if (one.kind === 'Service') one.spec.ports[0].port = 9092
    const app = t.app({
      namespace: 'streams',
      name: 'enricher',
      days: 22,
      main: { ...readyAt('/ready'), env: [{ name: 'BOOTSTRAP_SERVERS', value: 'events-kafka:9092' }] },
      state: { ready: false, notReadySince: 50 },
      port: 8080,
    })
    return {
      objects: [
        ...kafka.objects,
        ...kafka.pods.flatMap((pod) => t.crashed(pod, 14, 51)),
        ...app.objects,
        ...probeFails(t, app.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 503', 50),
      ],
      logs: {
        ...allLogs(t, kafka.pods, [
          '[2026-11-03 10:21:11,301] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils.Log4jControllerRegistration$)',
          '[2026-11-03 10:21:12,010] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)',
          'java.lang.IllegalArgumentException: requirement failed: advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.',
        ]),
        ...allLogs(t, app.pods, [
          '%3|1762165321.402|FAIL|rdkafka#consumer-1| [thrd:events-kafka:9092/bootstrap]: events-kafka:9092/bootstrap: Connect to ipv4#10.96.14.3:9092 failed: Connection refused (after 0ms in state CONNECT)',
          'ERROR enricher.consumer brokers down: 1/1 brokers are down',
        ]),
      },
      expect: cause('StatefulSet/streams/events-kafka', ['advertised.listeners'], {
        mustNotBlame: ['Deployment/streams/enricher'],
      }),
    }
  }),
  unseen('third-proxy-beside-starved', (t) => {
    const limits = { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '40Mi' } }
    const app = t.app({
      namespace: 'catalog',
      name: 'product-view',
      rolled: 75,
      more: [{ name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.24.1', resources: limits }],
      state: {
        ready: false,
        containers: {
          app: { ready: true, started: true },
          'istio-proxy': {
            ready: false,
            restartCount: 13,
            state: {
              waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=istio-proxy' },
            },
            lastState: {
              terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: t.ago(3), finishedAt: t.ago(2.4) },
            },
          },
        },
      },
      port: 8080,
    })
    return {
      objects: app.objects,
      logs: {
        ...allLogs(t, app.pods, ['INFO  product-view started', 'INFO  GET /products 200 12ms']),
        ...allLogs(
          t,
          app.pods,
          [
            'info\tEnvoy command: [-c etc/istio/proxy/envoy-rev.json --concurrency 2]',
            'info\tcache\tgenerated new workload certificate\tlatency=212ms ttl=23h59m59s',
          ],
          'istio-proxy',
        ),
      },
      expect: cause('Deployment/catalog/product-view', ['istio-proxy', '40Mi']),
    }
  }),
  unseen('third-waits-for-a-listing', (t) => {
    const redis = t.app({ namespace: 'carts', name: 'cart-redis', replicas: 1, days: 61, port: 6379 })
    for (const one of redis.objects) {
      if (one.kind === 'Service') {
        one.spec.ports[0].port = 6379
        one.spec.selector = { 'app.kubernetes.io/name': 'cart-redis', role: 'primary' }
      }
      if (one.kind === 'EndpointSlice') one.endpoints = []
    }
    const image = 'docker.io/library/busybox:1.36'
    const app = t.app({
      namespace: 'carts',
      name: 'cart-api',
      rolled: 41,
      spec: {
        initContainers: [
          {
            name: 'wait-redis',
            image,
            command: ['sh', '-c', 'until nc -z -w 2 cart-redis 6379; do echo waiting for cart-redis; sleep 2; done'],
          },
        ],
      },
      state: stuckInit(t, 'wait-redis', image, 40),
      port: 8080,
    })
    return {
      objects: [...redis.objects, ...app.objects],
      logs: {
        ...allLogs(t, app.pods, ['waiting for cart-redis', 'waiting for cart-redis'], 'wait-redis'),
        ...allLogs(t, redis.pods, ['1:M 03 Nov 2026 08:11:09.101 * Ready to accept connections tcp']),
      },
      expect: cause('Service/carts/cart-redis', ['primary']),
    }
  }),
  unseen('third-pull-key-of-another-name', (t) => {
    const image = 'ghcr.io/acme-internal/ranking:5.2.0'
    const app = t.app({
      namespace: 'ranking',
      name: 'ranking-api',
      rolled: 16,
      main: { image },
      spec: { imagePullSecrets: [{ name: 'ghcr-pul' }] },
      state: t.is.waiting('ImagePullBackOff', `Back-off pulling image "${image}"`),
      port: 8080,
    })
    const key = t.thing('v1', 'Secret', 'ranking', 'ghcr-pull', {
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': 'e30=' },
    })
    return {
      objects: [
        ...app.objects,
        key,
        ...app.pods.flatMap((pod) => [
          t.warn(
            pod,
            'FailedToRetrieveImagePullSecret',
            'Unable to retrieve some image pull secrets (ghcr-pul); attempting to pull the image may not succeed.',
            { first: 15, last: 0.4, count: 70 },
          ),
          t.warn(
            pod,
            'Failed',
            `Failed to pull image "${image}": failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aacme-internal%2Franking%3Apull&service=ghcr.io: 401 Unauthorized`,
            { first: 15, last: 1.1, count: 7 },
          ),
        ]),
      ],
      expect: cause('Deployment/ranking/ranking-api', ['ghcr-pul'], { mustNotBlame: ['Secret/ranking/ghcr-pull'] }),
    }
  }),
  unseen('third-low-port-for-nobody', (t) => {
    const app = t.app({
      namespace: 'press',
      name: 'newsroom-web',
      rolled: 23,
      before: {},
      main: {
        securityContext: { runAsUser: 10_001, capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false },
      },
      state: t.is.crashing(1),
      port: 80,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...app.objects, ...t.crashed(pod, 8, 22)],
      logs: allLogs(
        t,
        [pod],
        [
          '/docker-entrypoint.sh: Configuration complete; ready for start up',
          '2026/11/03 10:22:30 [emerg] 1#1: bind() to 0.0.0.0:80 failed (13: Permission denied)',
          'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
        ],
      ),
      expect: cause('Deployment/press/newsroom-web', ['bind() to 0.0.0.0:80']),
    }
  }),
  unseen('third-role-without-watch', (t) => {
    const role = t.thing(
      'rbac.authorization.k8s.io/v1',
      'Role',
      'sched',
      'leader-controller',
      { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }] },
      { created: 40 * DAY },
    )
    const binding = t.thing('rbac.authorization.k8s.io/v1', 'RoleBinding', 'sched', 'leader-controller', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'leader-controller' },
      subjects: [{ kind: 'ServiceAccount', name: 'leader-controller', namespace: 'sched' }],
    })
    const app = t.app({
      namespace: 'sched',
      name: 'leader-controller',
      rolled: 27,
      replicas: 1,
      spec: { serviceAccountName: 'leader-controller' },
      state: t.is.crashing(1, {}, 9),
    })
    return {
      objects: [
        ...app.objects,
        role,
        binding,
        t.thing('v1', 'ServiceAccount', 'sched', 'leader-controller', {}),
        ...app.pods.flatMap((pod) => t.crashed(pod, 9, 26)),
      ],
      logs: allLogs(t, app.pods, [
        'I1103 10:22:01.000000       1 leaderelection.go:254] attempting to acquire leader lease sched/leader-controller...',
        'E1103 10:22:01.041000       1 leaderelection.go:436] error retrieving resource lock sched/leader-controller: leases.coordination.k8s.io "leader-controller" is forbidden: User "system:serviceaccount:sched:leader-controller" cannot get resource "leases" in API group "coordination.k8s.io" in the namespace "sched"',
        'E1103 10:22:31.041000       1 main.go:88] "unable to start manager" err="leader election lost"',
      ]),
      expect: cause('Role/sched/leader-controller', ['leases']),
    }
  }),
  unseen('third-stricter-than-the-chart', (t) => {
    const space = t.thing(
      'v1',
      'Namespace',
      '',
      'tenant-blue',
      {},
      {
        created: 200 * DAY,
        labels: {
          'pod-security.kubernetes.io/enforce': 'baseline',
          'pod-security.kubernetes.io/enforce-version': 'v1.33',
        },
      },
    )
    const app = t.app({
      namespace: 'tenant-blue',
      name: 'packet-probe',
      rolled: 21,
      days: 0.015,
      spec: { hostNetwork: true },
      state: [],
    })
    return {
      objects: [
        space,
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          `Error creating: pods "${app.replicaSet.metadata.name}-x8z2w" is forbidden: violates PodSecurity "baseline:v1.33": host namespaces (hostNetwork=true)`,
          { first: 21, last: 2, count: 15, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('Deployment/tenant-blue/packet-probe', ['hostNetwork']),
    }
  }),
  unseen('third-key-not-found', (t) => {
    const app = t.app({
      namespace: 'membership',
      name: 'renewals',
      rolled: 13,
      before: {
        env: [{ name: 'STRIPE_SIGNING_SECRET', valueFrom: { secretKeyRef: { name: 'stripe', key: 'hook' } } }],
      },
      main: { env: [{ name: 'STRIPE_SIGNING_SECERT', valueFrom: { secretKeyRef: { name: 'stripe', key: 'hook' } } }] },
      state: t.is.crashing(1),
      port: 3000,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [
        ...app.objects,
        t.thing('v1', 'Secret', 'membership', 'stripe', { type: 'Opaque', data: { hook: 'd2hzZWM=' } }),
        ...t.crashed(pod, 7, 12),
      ],
      logs: allLogs(
        t,
        [pod],
        [
          '=> Booting Puma',
          '=> Rails 7.1.3.4 application starting in production',
          '/app/config/initializers/stripe.rb:3:in `fetch\': key not found: "STRIPE_SIGNING_SECRET" (KeyError)',
          "\tfrom /app/config/initializers/stripe.rb:3:in `<main>'",
        ],
      ),
      expect: cause('Deployment/membership/renewals', ['STRIPE_SIGNING_SECRET']),
    }
  }),
  unseen('third-comma-too-many', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'lending',
      'score-appsettings',
      {
        data: {
          'appsettings.Production.json':
            '{\n  "Logging": { "Level": "Warning" },\n  "Scoring": { "Model": "v4", },,\n}\n',
        },
      },
      { created: 66 * DAY },
    )
    const app = t.app({
      namespace: 'lending',
      name: 'score-api',
      days: 66,
      pods: 18,
      main: {
        volumeMounts: [
          { name: 'settings', mountPath: '/app/appsettings.Production.json', subPath: 'appsettings.Production.json' },
        ],
      },
      spec: { volumes: [{ name: 'settings', configMap: { name: 'score-appsettings' } }] },
      state: t.is.crashing(134, {}, 7),
      port: 8080,
    })
    return {
      objects: [map, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 7, 17))],
      logs: allLogs(t, app.pods, [
        "Unhandled exception. System.IO.InvalidDataException: Failed to load configuration from file '/app/appsettings.Production.json'.",
        ' ---> System.FormatException: Could not parse the JSON file.',
        " ---> System.Text.Json.JsonReaderException: ',' is an invalid start of a property name. Expected a '\"'. LineNumber: 2 | BytePositionInLine: 33.",
        '   at Microsoft.Extensions.Configuration.Json.JsonConfigurationProvider.Load(Stream stream)',
      ]),
      expect: cause('ConfigMap/lending/score-appsettings', ['appsettings.Production.json']),
    }
  }),
  unseen('third-upstream-of-no-name', (t) => {
    const cart = t.app({ namespace: 'mall', name: 'cart', days: 30, main: readyAt('/health'), port: 8080 })
    const map = t.thing(
      'v1',
      'ConfigMap',
      'mall',
      'mall-gateway-nginx',
      {
        data: {
          'default.conf':
            'server {\n  listen 8080;\n  location / { root /usr/share/nginx/html; }\n  location /cart/ { proxy_pass http://cart-svc/; }\n}\n',
        },
      },
      { created: 25 },
    )
    const app = t.app({
      namespace: 'mall',
      name: 'mall-gateway',
      rolled: 24,
      main: { volumeMounts: [{ name: 'conf', mountPath: '/etc/nginx/conf.d' }] },
      spec: { volumes: [{ name: 'conf', configMap: { name: 'mall-gateway-nginx' } }] },
      state: t.is.crashing(1),
      port: 8080,
    })
    return {
      objects: [...cart.objects, map, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 9, 23))],
      logs: allLogs(t, app.pods, [
        '/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
        '2026/11/03 10:22:11 [emerg] 1#1: host not found in upstream "cart-svc" in /etc/nginx/conf.d/default.conf:4',
        'nginx: [emerg] host not found in upstream "cart-svc" in /etc/nginx/conf.d/default.conf:4',
      ]),
      expect: cause('ConfigMap/mall/mall-gateway-nginx', ['cart-svc'], { mustNotBlame: ['Service/mall/cart'] }),
    }
  }),
]
