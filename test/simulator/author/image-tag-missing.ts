import { bystander, container, node, system } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { createAuthor, event, metadata } from './picture.ts'
import { deployment } from './workloads.ts'

const now = '2026-02-03T16:20:00Z'
const author = createAuthor(now, 'bronze-heron', ['worker-0', 'worker-1', 'worker-2'])
const [first = '', second = '', third = ''] = author.nodes
const namespace = 'lagoon'
const image = 'registry.example.net/lagoon/bronze-heron:4.2.0-rc7'

const template = (tag: string) => ({
  labels: {},
  containers: [container('web', tag, { readinessProbe: { httpGet: { path: '/', port: 8080, scheme: 'HTTP' } } })],
  spec: { imagePullSecrets: [{ name: 'registry-pull' }] },
})
const notFound = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
const waiting = (reason: string, message: string) => ({
  ready: false,
  imageId: '',
  phase: 'Pending',
  state: { waiting: { message, reason } },
})
const heron = deployment(author, {
  namespace,
  name: 'bronze-heron',
  created: 130_000,
  replicas: 4,
  revisions: [
    {
      template: template('registry.example.net/lagoon/bronze-heron:4.1.3'),
      created: 20_160,
      pods: [{ node: first }, { node: second }, { node: third }],
    },
    {
      template: template(image),
      created: 13,
      pods: [
        {
          node: first,
          state: waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${notFound}`),
        },
        { node: third, state: waiting('ErrImagePull', `rpc error: code = NotFound desc = ${notFound}`) },
      ],
    },
  ],
  port: 8080,
})
const fresh = heron.pods.slice(-2)
const pull = (username: string) => ({
  apiVersion: 'v1',
  data: {
    '.dockerconfigjson': Buffer.from(
      JSON.stringify({ auths: { 'registry.example.net': { username, password: 'not-a-real-password' } } }),
    ).toString('base64'),
  },
  kind: 'Secret',
  metadata: metadata(author, 'Secret', 'registry-pull', namespace, 130_000),
  type: 'kubernetes.io/dockerconfigjson',
})
const others = [
  { namespace, name: 'tidy-badger', image: 'registry.example.net/lagoon/tidy-badger:7.7.0', replicas: 2, days: 9 },
  {
    namespace: 'meadow',
    name: 'copper-lynx',
    image: 'registry.example.net/meadow/copper-lynx:2.0.18',
    replicas: 3,
    days: 21,
  },
  {
    namespace: 'meadow',
    name: 'silent-cedar',
    image: 'registry.example.net/meadow/silent-cedar:1.1.0',
    replicas: 1,
    days: 50,
    stateful: true,
  },
].map((text) => bystander(author, text))

export const imageTagMissing: Draft = {
  name: 'image-tag-missing',
  now,
  objects: [
    ...author.nodes.flatMap((name) => node(author, name)),
    ...system(author),
    ...others.flatMap((one) => one.objects),
    pull('puller'),
    ...heron.objects,
    event(author, heron.owner, {
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${heron.replicaSet.metadata.name} from 0 to 1`,
      first: 13,
      component: 'deployment-controller',
    }),
    event(author, heron.owner, {
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${heron.replicaSet.metadata.name} from 1 to 2`,
      first: 13,
      component: 'deployment-controller',
    }),
    ...fresh.flatMap((pod) => {
      const about = { host: pod.spec.nodeName, fieldPath: 'spec.containers{web}' }
      return [
        event(author, pod, {
          reason: 'Scheduled',
          message: `Successfully assigned ${namespace}/${pod.metadata.name} to ${pod.spec.nodeName}`,
          first: 12.9,
          component: 'default-scheduler',
        }),
        event(author, pod, {
          reason: 'Pulling',
          message: `Pulling image "${image}"`,
          count: 7,
          first: 12.9,
          last: 1.9,
          ...about,
        }),
        event(author, pod, {
          type: 'Warning',
          reason: 'Failed',
          message: `Failed to pull image "${image}": rpc error: code = NotFound desc = ${notFound}`,
          count: 7,
          first: 12.8,
          last: 1.8,
          ...about,
        }),
        event(author, pod, {
          type: 'Warning',
          reason: 'Failed',
          message: 'Error: ErrImagePull',
          count: 7,
          first: 12.8,
          last: 1.8,
          ...about,
        }),
        event(author, pod, {
          reason: 'BackOff',
          message: `Back-off pulling image "${image}"`,
          count: 49,
          first: 12.7,
          last: 0.4,
          ...about,
        }),
        event(author, pod, {
          type: 'Warning',
          reason: 'Failed',
          message: 'Error: ImagePullBackOff',
          count: 49,
          first: 12.7,
          last: 0.4,
          ...about,
        }),
      ]
    }),
    event(author, others[0]?.pods[0] ?? heron.owner, {
      reason: 'Pulled',
      message:
        'Successfully pulled image "registry.example.net/lagoon/tidy-badger:7.7.0" in 1.61s (1.61s including waiting).',
      first: 58,
      host: first,
    }),
    event(author, others[1]?.owner ?? heron.owner, {
      type: 'Warning',
      reason: 'FailedToUpdateEndpoint',
      message:
        'Failed to update endpoint meadow/copper-lynx: Operation cannot be fulfilled on endpoints "copper-lynx": the object has been modified; please apply your changes to the latest version and try again',
      first: 32,
      component: 'endpoint-controller',
    }),
  ],
  expect: {
    rootCause: { kind: 'Deployment', namespace, name: 'bronze-heron', class: 'ImageNotFound' },
    mustMention: ['4.2.0-rc7'],
    mustNotBlame: ['Secret/lagoon/registry-pull', 'ServiceAccount/lagoon/default', 'Deployment/meadow/copper-lynx'],
  },
}
