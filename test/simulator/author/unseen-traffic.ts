import { allLogs, at, cause, controller, ingress, path, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** Somebody reports the door; the fault is in it or behind it. */
export const unseenTraffic = [
  unseen('door-with-a-port-of-yesterday', (t) => {
    const shop = t.app({ namespace: 'retail', name: 'checkout-api', main: readyAt('/healthz'), port: 8080 })
    const front = t.app({ namespace: 'retail', name: 'checkout-web', port: 8080 })
    const door = ingress(t, 'retail', 'checkout', [
      path('/', 'checkout-web'),
      path('/api', 'checkout-api', { number: 8081 }),
    ])
    const nginx = controller(t, [
      'W1103 10:20:11.100000 7 controller.go:1112] Service "retail/checkout-api" does not have a port 8081',
      '198.51.100.7 - - "GET /api/cart HTTP/1.1" 503 592 "-" "curl/8" 0.000 [retail-checkout-api-8081] [] - - - -',
    ])
    return {
      objects: [...shop.objects, ...front.objects, door, ...nginx.objects],
      logs: nginx.logs,
      expect: cause('Ingress/retail/checkout', ['8081'], { trigger: at('Ingress/retail/checkout') }),
    }
  }),
  unseen('door-to-the-neighbour', (t) => {
    const invoices = t.app({ namespace: 'billing', name: 'invoices', main: readyAt('/healthz'), port: 8080 })
    const orders = t.app({ namespace: 'billing', name: 'orders', main: readyAt('/healthz'), port: 8080 })
    const door = ingress(t, 'billing', 'public', [path('/invoices', 'invoices'), path('/orders', 'invoices')])
    const nginx = controller(t, [
      '198.51.100.7 - - "GET /orders/17 HTTP/1.1" 404 19 "-" "curl/8" [billing-invoices-80]',
    ])
    return {
      objects: [...invoices.objects, ...orders.objects, door, ...nginx.objects],
      logs: {
        ...nginx.logs,
        ...allLogs(t, invoices.pods, [
          'INFO GET /invoices/4 200 4ms',
          'WARN GET /orders/17 404 no route',
          'WARN GET /orders/18 404 no route',
          'INFO GET /invoices/9 200 3ms',
        ]),
        ...allLogs(t, orders.pods, ['INFO listening on :8080', 'INFO GET /healthz 200']),
      },
      expect: cause('Ingress/billing/public', ['/orders', 'invoices'], { trigger: at('Ingress/billing/public') }),
    }
  }),
  unseen('door-to-a-service-of-nobody', (t) => {
    const web = t.app({
      namespace: 'news',
      name: 'frontpage',
      labels: { track: 'stable' },
      main: readyAt('/'),
      port: 8080,
    })
    const [front, slice] = web.objects.filter((one) => ['Service', 'EndpointSlice'].includes(one.kind))
    if (front !== undefined) front.spec.selector = { 'app.kubernetes.io/name': 'front-page' }
    if (slice !== undefined) slice.endpoints = []
    const nginx = controller(t, [
      'W1103 10:20:11 7 controller.go:1216] Service "news/frontpage" does not have any active Endpoint.',
    ])
    return {
      objects: [...web.objects, ingress(t, 'news', 'front', [path('/', 'frontpage')]), ...nginx.objects],
      logs: nginx.logs,
      expect: cause('Service/news/frontpage', ['front-page'], { trigger: at('Ingress/news/front') }),
    }
  }),
  unseen('certificate-that-nobody-issues', (t) => {
    const web = t.app({ namespace: 'portal', name: 'login', main: readyAt('/'), port: 8080 })
    const door = ingress(t, 'portal', 'login', [path('/', 'login')], {
      tls: [{ hosts: ['login.example.com'], secretName: 'login-tls' }],
    })
    const certificate = t.thing('cert-manager.io/v1', 'Certificate', 'portal', 'login-tls', {
      spec: {
        secretName: 'login-tls',
        dnsNames: ['login.example.com'],
        issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt-prd' },
      },
      status: {
        notAfter: t.ago(190),
        renewalTime: t.ago(30 * DAY),
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'Expired',
            message: `Certificate expired on ${t.ago(190)}`,
            lastTransitionTime: t.ago(190),
          },
          {
            type: 'Issuing',
            status: 'True',
            reason: 'Renewing',
            message: 'Renewing certificate as renewal was scheduled',
            lastTransitionTime: t.ago(30 * DAY),
          },
        ],
      },
    })
    const issuer = t.thing('cert-manager.io/v1', 'ClusterIssuer', '', 'letsencrypt-prod', {
      spec: { acme: { server: 'https://acme.example.org/directory' } },
      status: {
        conditions: [{ type: 'Ready', status: 'True', reason: 'ACMEAccountRegistered', message: 'registered' }],
      },
    })
    const nginx = controller(t, [
      'E1103 10:21:44 7 controller.go:1401] SSL certificate "portal/login-tls" expired on 2026-11-03 07:14:00 +0000 UTC',
    ])
    return {
      objects: [
        ...web.objects,
        door,
        certificate,
        issuer,
        ...nginx.objects,
        t.warn(
          certificate,
          'IssuerNotFound',
          'Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "letsencrypt-prd" not found',
          {
            first: 30 * DAY,
            last: 3,
            count: 900,
            component: 'cert-manager-certificaterequests-issuer-acme',
          },
        ),
      ],
      logs: nginx.logs,
      expect: cause('Certificate/portal/login-tls', ['letsencrypt-prd'], { trigger: at('Ingress/portal/login') }),
    }
  }),
  unseen('no-way-out-to-the-store', (t) => {
    const db = t.set({ namespace: 'data', name: 'pg-orders', days: 90, replicas: 1, port: 5432 })
    for (const one of db.objects) if (one.kind === 'Service') one.spec.ports[0].port = 5432
    const app = t.app({
      namespace: 'orders',
      name: 'order-intake',
      days: 40,
      main: { ...readyAt('/readyz'), env: [{ name: 'PGHOST', value: 'pg-orders.data.svc.cluster.local' }] },
      state: { ready: false, notReadySince: 33 },
      port: 8080,
    })
    const policy = t.thing(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'orders',
      'restrict-egress',
      {
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            {
              ports: [
                { port: 53, protocol: 'UDP' },
                { port: 53, protocol: 'TCP' },
              ],
            },
            { ports: [{ port: 443, protocol: 'TCP' }] },
          ],
        },
      },
      { created: 34 },
    )
    return {
      objects: [
        ...db.objects,
        ...app.objects,
        policy,
        ...app.pods.map((pod) =>
          t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
            first: 33,
            last: 0.2,
            count: 190,
          }),
        ),
      ],
      logs: allLogs(t, app.pods, [
        'ERROR pool: connect to pg-orders.data.svc.cluster.local:5432 failed: timeout after 5000ms',
        'WARN GET /readyz 503 database=down',
        'ERROR pool: connect to pg-orders.data.svc.cluster.local:5432 failed: timeout after 5000ms',
      ]),
      expect: cause('NetworkPolicy/orders/restrict-egress', ['5432']),
    }
  }),
  unseen('name-from-before-the-move', (t) => {
    const rates = t.app({ namespace: 'pricing', name: 'fx-rates', days: 3, main: readyAt('/healthz'), port: 8080 })
    const app = t.app({
      namespace: 'travel',
      name: 'quote-engine',
      days: 70,
      main: { env: [{ name: 'FX_RATES_URL', value: 'http://fx-rates.pricing-legacy.svc.cluster.local/v2' }] },
      state: t.is.crashing(1),
      pods: 45,
      port: 8080,
    })
    return {
      objects: [...rates.objects, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 11, 44))],
      logs: allLogs(t, app.pods, [
        '  .   ____          _            __ _ _',
        'INFO 1 --- [main] QuoteEngine : Starting QuoteEngine using Java 21',
        'ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed',
        'java.net.UnknownHostException: fx-rates.pricing-legacy.svc.cluster.local: Name or service not known',
        '\tat java.base/java.net.Inet6AddressImpl.lookupAllHostAddr(Native Method)',
      ]),
      expect: cause('Deployment/travel/quote-engine', ['fx-rates.pricing-legacy']),
    }
  }),
  unseen('names-nobody-answers', (t) => {
    const file = t.thing(
      'v1',
      'ConfigMap',
      'kube-system',
      'coredns',
      {
        data: {
          Corefile:
            '.:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa {\n      pods insecure\n    }\n    forwrd . /etc/resolv.conf\n    cache 30\n}\n',
        },
      },
      { created: 96 * DAY },
    )
    const app = t.app({
      namespace: 'media',
      name: 'thumbnailer',
      days: 12,
      state: t.is.crashing(2),
      pods: 20,
      port: 8080,
    })
    const dns = t.well.filter(
      ({ kind, metadata: { name, namespace } }) =>
        kind === 'Pod' && namespace === 'kube-system' && name.startsWith('coredns'),
    )
    for (const pod of dns) {
      const [status] = pod.status.containerStatuses
      Object.assign(status, {
        ready: false,
        restartCount: 8,
        state: {
          waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=coredns' },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(2.1), finishedAt: t.ago(2.1) } },
      })
      for (const one of pod.status.conditions)
        if (['Ready', 'ContainersReady'].includes(one.type))
          Object.assign(one, { status: 'False', lastTransitionTime: t.ago(24) })
      pod.spec.containers[0].volumeMounts.push({ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true })
      pod.spec.volumes.push({
        name: 'config-volume',
        configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
      })
    }
    for (const one of t.well) {
      if (one.metadata.namespace !== 'kube-system') continue
      if (one.kind === 'Deployment' && one.metadata.name === 'coredns') {
        Object.assign(one.status, { availableReplicas: 0, readyReplicas: 0, unavailableReplicas: 2 })
        one.spec.template.spec.volumes = [
          { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
        ]
      }
      if (one.kind === 'EndpointSlice' && one.metadata.name.startsWith('coredns'))
        for (const end of one.endpoints) end.conditions = { ready: false, serving: false, terminating: false }
    }
    return {
      objects: [file, ...app.objects, ...[...dns, ...app.pods].flatMap((pod) => t.crashed(pod, 8, 24))],
      logs: {
        ...allLogs(t, dns, ["/etc/coredns/Corefile:8 - Error during parsing: Unknown directive 'forwrd'"], 'coredns'),
        ...allLogs(t, app.pods, [
          'INFO thumbnailer 2.0',
          'FATAL cannot resolve objects.storage.example.com: lookup objects.storage.example.com on 10.96.0.10:53: read udp 10.244.1.9:41000->10.96.0.10:53: read: connection refused',
        ]),
      },
      expect: cause('ConfigMap/kube-system/coredns', ['forwrd']),
    }
  }),
  unseen('far-away-and-failing', (t) => {
    const app = t.app({
      namespace: 'finance',
      name: 'card-capture',
      days: 33,
      main: { ...readyAt('/ready'), env: [{ name: 'PSP_URL', value: 'https://api.psp.example.com/v1' }] },
      state: { ready: false, notReadySince: 17 },
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
            first: 17,
            last: 0.1,
            count: 100,
          }),
        ),
      ],
      logs: allLogs(t, app.pods, [
        'ERROR POST https://api.psp.example.com/v1/captures -> 503 Service Unavailable (attempt 3 of 3)',
        'WARN health: psp=down db=up cache=up',
        'INFO GET /ready 503',
        'ERROR POST https://api.psp.example.com/v1/captures -> 503 Service Unavailable (attempt 3 of 3)',
      ]),
      expect: cause('Deployment/finance/card-capture', ['api.psp.example.com'], { outcome: 'likely' }),
    }
  }),
]
