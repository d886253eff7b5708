import { bystander, container, node, system, unreachable } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { createAuthor, event } from './picture.ts'
import { deployment, statefulSet } from './workloads.ts'

const now = '2026-03-21T03:12:00Z'
const author = createAuthor(now, 'quiet-harbour', ['rack1-05', 'rack1-11', 'rack2-02', 'rack2-08'])
const [first = '', lost = '', third = '', fourth = ''] = author.nodes
const since = 14
const DAY = 1_440

const conditions = [
  ['MemoryPressure', 'NodeStatusUnknown'],
  ['DiskPressure', 'NodeStatusUnknown'],
  ['PIDPressure', 'NodeStatusUnknown'],
  ['Ready', 'NodeStatusUnknown'],
].map(([type, reason]) => ({
  lastHeartbeatTime: author.ago(since + 3.1),
  lastTransitionTime: author.ago(since),
  message: 'Kubelet stopped posting node status.',
  reason,
  status: 'Unknown',
  type,
}))
const taints = ['NoSchedule', 'NoExecute'].map((effect) => ({
  effect,
  key: 'node.kubernetes.io/unreachable',
  timeAdded: author.ago(since - 0.1),
}))
/** Last heard of as running; the eviction has asked for it to go, and no kubelet answers. */
const stranded = (days: number) => ({
  deleted: since - 5,
  ready: false,
  conditions: unreachable(author, days * DAY),
})

const gull = deployment(author, {
  namespace: 'ferry',
  name: 'grey-gull',
  created: 40 * DAY,
  replicas: 3,
  revisions: [
    {
      template: { labels: {}, containers: [container('timetable', 'registry.example.net/ferry/grey-gull:3.3.1')] },
      created: 6 * DAY,
      pods: [
        { node: first },
        { node: lost, state: stranded(6) },
        { node: third },
        { node: fourth, created: since - 5.1 },
      ],
    },
  ],
  port: 8080,
})
const newt = statefulSet(author, {
  namespace: 'ferry',
  name: 'blue-newt',
  created: 33 * DAY,
  template: {
    labels: {},
    containers: [
      container('store', 'registry.example.net/ferry/blue-newt:16.4', {
        volumeMounts: [{ mountPath: '/data', name: 'data' }],
      }),
    ],
  },
  pods: [{ node: first }, { node: lost, state: stranded(33) }],
  port: 8080,
})
const others = [
  {
    namespace: 'quay',
    name: 'jolly-raven',
    image: 'registry.example.net/quay/jolly-raven:11.2.0',
    replicas: 2,
    days: 5,
  },
  {
    namespace: 'quay',
    name: 'plain-otter',
    image: 'registry.example.net/quay/plain-otter:0.9.9',
    replicas: 3,
    days: 17,
  },
].map((text) => bystander(author, text, [lost]))

const machines = author.nodes.flatMap((name) =>
  name === lost ? node(author, name, { conditions, taints, lease: since + 0.7 }) : node(author, name),
)
const gone = machines.find((one) => one.kind === 'Node' && one.metadata.name === lost) ?? gull.owner
const strandedPods = [...gull.pods, ...newt.pods].filter((one) => one.metadata.deletionTimestamp !== undefined)

export const nodeNotReady: Draft = {
  name: 'node-not-ready',
  now,
  objects: [
    ...machines,
    ...system(author, [lost]),
    ...others.flatMap((one) => one.objects),
    ...gull.objects,
    ...newt.objects,
    event(author, gone, {
      reason: 'NodeNotReady',
      message: `Node ${lost} status is now: NodeNotReady`,
      first: since,
      component: 'node-controller',
    }),
    ...strandedPods.flatMap((pod) => [
      event(author, pod, {
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        first: since,
        component: 'node-controller',
      }),
      event(author, pod, {
        reason: 'TaintManagerEviction',
        message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
        first: since - 5,
        component: 'taint-eviction-controller',
      }),
    ]),
    event(author, gull.replicaSet, {
      reason: 'SuccessfulCreate',
      message: `Created pod: ${gull.pods.at(-1)?.metadata.name}`,
      first: since - 5.1,
      component: 'replicaset-controller',
    }),
    event(author, others[1]?.pods[0] ?? gull.owner, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      count: 3,
      first: 39,
      last: 38,
      host: third,
    }),
  ],
  expect: {
    rootCause: { kind: 'Node', namespace: '', name: lost, class: 'NodeNotReady' },
    mustMention: [lost, '/kubelet/i'],
    mustNotBlame: ['StatefulSet/ferry/blue-newt', 'Deployment/ferry/grey-gull', 'DaemonSet/kube-system/kube-proxy'],
  },
}
