import { node } from './backdrop.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

/** A last small set, from yet other angles. */
export const unseenSeventh = [
  unseen('seventh-order-behind-an-order', (t) => {
    const below = t.thing('db.example.org/v1alpha1', 'XDatabase', 'orders', 'orders-db-x7k2p', {
      spec: { providerConfigRef: { name: 'default' } },
      status: {
        conditions: [
          {
            type: 'Synced',
            status: 'False',
            reason: 'ReconcileError',
            message: 'cannot apply composed resource "instance": quota of db.t4g.large exceeded in eu-west-1',
            lastTransitionTime: t.ago(34),
          },
          { type: 'Ready', status: 'False', reason: 'Creating', lastTransitionTime: t.ago(35) },
        ],
      },
    })
    const claim = t.thing('db.example.org/v1alpha1', 'Database', 'orders', 'orders-db', {
      spec: {
        size: 'large',
        resourceRef: { apiVersion: 'db.example.org/v1alpha1', kind: 'XDatabase', name: 'orders-db-x7k2p' },
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'Waiting',
            message: 'Claim is waiting for composite resource to become Ready',
            lastTransitionTime: t.ago(35),
          },
        ],
      },
    })
    return {
      objects: [claim, below],
      expect: cause('XDatabase/orders/orders-db-x7k2p', ['quota'], { trigger: at('Database/orders/orders-db') }),
    }
  }),
  unseen('seventh-road-for-another-host', (t) => {
    const app = t.app({ namespace: 'blog', name: 'blog', days: 50, main: readyAt('/up'), port: 8080 })
    const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'gateways' }
    const route = t.thing('gateway.networking.k8s.io/v1', 'HTTPRoute', 'blog', 'blog', {
      spec: {
        hostnames: ['blog.example.org'],
        parentRefs: [parentRef],
        rules: [{ backendRefs: [{ name: 'blog', port: 80 }] }],
      },
      status: {
        parents: [
          {
            parentRef,
            controllerName: 'example.net/gateway',
            conditions: [
              {
                type: 'Accepted',
                status: 'False',
                reason: 'NoMatchingListenerHostname',
                message:
                  "There were no hostname intersections between the HTTPRoute and this parent ref's Listener(s).",
                lastTransitionTime: t.ago(26),
              },
            ],
          },
        ],
      },
    })
    return {
      objects: [...app.objects, route],
      expect: cause('HTTPRoute/blog/blog', ['hostname'], {
        mustNotBlame: ['Deployment/blog/blog'],
        trigger: at('HTTPRoute/blog/blog'),
      }),
    }
  }),
  unseen('seventh-room-by-default', (t) => {
    const range = t.thing(
      'v1',
      'LimitRange',
      'forms',
      'defaults',
      {
        spec: { limits: [{ type: 'Container', default: { memory: '64Mi' }, defaultRequest: { memory: '32Mi' } }] },
      },
      { created: 50 },
    )
    const app = t.app({
      namespace: 'forms',
      name: 'pdf-filler',
      days: 70,
      pods: 40,
      main: { resources: {} },
      annotations: {},
      state: t.is.crashing(137, { reason: 'OOMKilled' }, 11),
      port: 8080,
    })
    for (const pod of app.pods) {
      pod.metadata.annotations = {
        'kubernetes.io/limit-ranger':
          'LimitRanger plugin set: memory request for container app; memory limit for container app',
      }
      pod.spec.containers[0].resources = { limits: { memory: '64Mi' }, requests: { memory: '32Mi' } }
    }
    return {
      objects: [range, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 11, 39))],
      logs: allLogs(t, app.pods, ['INFO loading fonts', 'INFO warming up']),
      expect: cause('LimitRange/forms/defaults', ['64Mi'], { mustNotBlame: ['Deployment/forms/pdf-filler'] }),
    }
  }),
  unseen(
    'seventh-machine-that-lost-its-breath',
    (t) => {
      const app = t.app({
        namespace: 'radio',
        name: 'playlist',
        days: 20,
        replicas: 2,
        main: readyAt('/up'),
        port: 8080,
      })
      return { objects: app.objects, expect: cause('Node//pool-b-1', ['PLEG']) }
    },
    ['pool-a-1', 'pool-a-2', 'pool-b-1'],
    {
      avoid: ['pool-b-1'],
      machines: (author: Parameters<typeof node>[0]) => [
        ...node(author, 'pool-a-1'),
        ...node(author, 'pool-a-2'),
        ...node(author, 'pool-b-1', {
          taints: [{ effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready', timeAdded: author.ago(9) }],
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'KubeletNotReady',
              message:
                '[container runtime is down, PLEG is not healthy: pleg was last seen active 9m12s ago; threshold is 3m0s]',
              lastHeartbeatTime: author.ago(0.5),
              lastTransitionTime: author.ago(9),
            },
          ],
        }),
      ],
    },
  ),
  unseen('seventh-first-pod-holds-the-rest', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'queue',
      'nats-conf',
      { data: { 'nats.conf': 'jetstream {\n  max_mem: 1GB\n  store_dir /data\n' } },
      { created: 21 },
    )
    const set = t.set({
      namespace: 'queue',
      name: 'nats',
      days: 30,
      replicas: 1,
      pods: 20,
      main: { args: ['-c', '/etc/nats/nats.conf'], volumeMounts: [{ name: 'conf', mountPath: '/etc/nats' }] },
      state: t.is.crashing(1, {}, 8),
    })
    set.owner.spec.replicas = 3
    for (const one of [set.owner.spec.template, ...set.pods])
      one.spec.volumes = [...(one.spec.volumes ?? []), { name: 'conf', configMap: { name: 'nats-conf' } }]
    return {
      objects: [map, ...set.objects, ...set.pods.flatMap((pod) => t.crashed(pod, 8, 19))],
      logs: allLogs(t, set.pods, [
        'nats-server: /etc/nats/nats.conf:4:1: Parse error on line 4: unexpected end of file, expected a closing map brace',
      ]),
      expect: cause('ConfigMap/queue/nats-conf', ['nats.conf'], { mustNotBlame: ['StatefulSet/queue/nats'] }),
    }
  }),
  unseen('seventh-shelf-for-nobody-yet', (t) => {
    const claim = t.thing(
      'v1',
      'PersistentVolumeClaim',
      'lab',
      'scratch',
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '5Gi' } },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Pending' },
      },
      { created: 300 },
    )
    return {
      objects: [
        claim,
        t.tell(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', {
          first: 300,
          last: 0.2,
          count: 1200,
          component: 'persistentvolume-controller',
        }),
      ],
      expect: { rootCause: null, trigger: at('PersistentVolumeClaim/lab/scratch') },
    }
  }),
]
