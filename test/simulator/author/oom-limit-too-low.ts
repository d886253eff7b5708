import { bystander, container, node, system } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { createAuthor, event } from './picture.ts'
import { deployment } from './workloads.ts'

const now = '2026-04-09T11:05:00Z'
const author = createAuthor(now, 'quiet-otter', ['np-blue-1', 'np-blue-2', 'np-green-1'])
const [first = '', second = '', third = ''] = author.nodes
const namespace = 'bakery'
const image = 'registry.example.net/bakery/quiet-otter:1.31.0'

const template = (memory: string) => ({
  labels: {},
  containers: [
    container('recommender', image, {
      env: [
        { name: 'INDEX_PATH', value: '/var/lib/index/products.bin' },
        { name: 'WORKERS', value: '2' },
      ],
      livenessProbe: {
        failureThreshold: 3,
        httpGet: { path: '/livez', port: 8080, scheme: 'HTTP' },
        initialDelaySeconds: 20,
      },
      readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' }, periodSeconds: 5 },
      resources: { limits: { cpu: '1', memory }, requests: { cpu: '100m', memory } },
    }),
  ],
})
const crash = (id: string, restarts: number, finished: number) => ({
  ready: false,
  restarts,
  notReadySince: 22,
  state: {
    waiting: {
      message: `back-off 5m0s restarting failed container=recommender pod=${id}_${namespace}`,
      reason: 'CrashLoopBackOff',
    },
  },
  lastState: {
    terminated: {
      containerID: `containerd://${author.uid('last', id).replaceAll('-', '').repeat(2)}`,
      exitCode: 137,
      finishedAt: author.ago(finished),
      reason: 'OOMKilled',
      startedAt: author.ago(finished + 0.06),
    },
  },
})
const otter = deployment(author, {
  namespace,
  name: 'quiet-otter',
  created: 75_000,
  replicas: 2,
  strategy: { type: 'Recreate' },
  revisions: [
    { template: template('256Mi'), created: 11_500, pods: [] },
    {
      template: template('64Mi'),
      created: 22.5,
      pods: [
        { node: first, state: crash('a', 9, 2.1) },
        { node: third, state: crash('b', 8, 3.4) },
      ],
    },
  ],
  port: 8080,
})
const lastWords = (finished: number) => {
  const line = (seconds: number, text: string) => `${author.ago(finished + (4 - seconds) / 60)} ${text}\n`
  return [
    line(0, 'INFO recommender 1.31.0 starting, workers=2'),
    line(0, 'INFO loading index /var/lib/index/products.bin (182 MiB on disk)'),
    line(1, 'INFO index: 20% of 1904112 vectors in memory'),
    line(2, 'INFO index: 25% of 1904112 vectors in memory'),
  ].join('')
}
const logs = Object.fromEntries(
  otter.pods.flatMap((pod, index) => [
    [`${namespace}/${pod.metadata.name}/recommender.previous`, lastWords(index === 0 ? 2.1 : 3.4)],
  ]),
)
const others = [
  { namespace, name: 'rapid-lemur', image: 'registry.example.net/bakery/rapid-lemur:8.2.2', replicas: 2, days: 4 },
  {
    namespace: 'greenhouse',
    name: 'mellow-crane',
    image: 'registry.example.net/greenhouse/mellow-crane:3.0.0',
    replicas: 2,
    days: 14,
  },
  {
    namespace: 'greenhouse',
    name: 'dusty-quail',
    image: 'registry.example.net/greenhouse/dusty-quail:5.6.1',
    replicas: 1,
    days: 60,
    stateful: true,
  },
].map((text) => bystander(author, text))

export const oomLimitTooLow: Draft = {
  name: 'oom-limit-too-low',
  now,
  objects: [
    ...author.nodes.flatMap((name) => node(author, name)),
    ...system(author),
    ...others.flatMap((one) => one.objects),
    ...otter.objects,
    event(author, otter.owner, {
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${otter.replicaSet.metadata.name} from 0 to 2`,
      first: 22.5,
      component: 'deployment-controller',
    }),
    ...otter.pods.flatMap((pod) => {
      const about = { host: pod.spec.nodeName, fieldPath: 'spec.containers{recommender}' }
      return [
        event(author, pod, {
          reason: 'Scheduled',
          message: `Successfully assigned ${namespace}/${pod.metadata.name} to ${pod.spec.nodeName}`,
          first: 22.4,
          component: 'default-scheduler',
        }),
        event(author, pod, {
          reason: 'Started',
          message: 'Started container recommender',
          count: 9,
          first: 22.3,
          last: 3,
          ...about,
        }),
        event(author, pod, {
          type: 'Warning',
          reason: 'Unhealthy',
          message: `Readiness probe failed: Get "http://${pod.status.podIP}:8080/readyz": dial tcp ${pod.status.podIP}:8080: connect: connection refused`,
          count: 8,
          first: 22.2,
          last: 3,
          ...about,
        }),
        event(author, pod, {
          type: 'Warning',
          reason: 'BackOff',
          message: `Back-off restarting failed container recommender in pod ${pod.metadata.name}_${namespace}(${pod.metadata.uid})`,
          count: 91,
          first: 22,
          last: 0.3,
          ...about,
        }),
      ]
    }),
    event(author, others[0]?.pods[1] ?? otter.owner, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Liveness probe failed: HTTP probe failed with statuscode: 500',
      first: 55,
      host: second,
    }),
  ],
  logs,
  expect: {
    rootCause: { kind: 'Deployment', namespace, name: 'quiet-otter', class: 'MemoryLimitTooLow' },
    mustMention: ['64Mi'],
    mustNotBlame: ['Service/bakery/quiet-otter', `Node//${first}`, 'Deployment/bakery/rapid-lemur'],
  },
}
