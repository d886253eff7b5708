import { bystander, container, node, system } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { createAuthor, event } from './picture.ts'
import { deployment } from './workloads.ts'

const now = '2026-01-12T09:41:00Z'
const author = createAuthor(now, 'giant-narwhal', ['pool-a-7d2k', 'pool-a-m4xq', 'pool-b-92wz'])
const [first = '', second = '', third = ''] = author.nodes
const namespace = 'orchard'
const image = 'registry.example.net/orchard/giant-narwhal:2.14.0'

const template = (tag: string, command: readonly string[]) => ({
  labels: {},
  containers: [
    container('api', tag, {
      args: ['--listen=:8080', '--log-format=json'],
      command,
      livenessProbe: { httpGet: { path: '/livez', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
      readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' }, periodSeconds: 5 },
    }),
  ],
})
const message =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/usr/local/bin/ledgerd": stat /usr/local/bin/ledgerd: no such file or directory'
const narwhal = deployment(author, {
  namespace,
  name: 'giant-narwhal',
  created: 61_000,
  replicas: 3,
  revisions: [
    {
      template: template('registry.example.net/orchard/giant-narwhal:2.13.4', ['/app/ledgerd']),
      created: 8_640,
      pods: [{ node: first }, { node: second }, { node: third }],
    },
    {
      template: template(image, ['/usr/local/bin/ledgerd']),
      created: 9,
      pods: [
        {
          node: second,
          state: {
            ready: false,
            restarts: 6,
            state: {
              waiting: {
                message: `back-off 2m40s restarting failed container=api pod=giant-narwhal_${namespace}`,
                reason: 'CrashLoopBackOff',
              },
            },
            lastState: {
              terminated: {
                containerID: `containerd://${author.uid('last').replaceAll('-', '').repeat(2)}`,
                exitCode: 128,
                finishedAt: author.ago(2.8),
                message,
                reason: 'StartError',
                startedAt: '1970-01-01T00:00:00Z',
              },
            },
          },
        },
      ],
    },
  ],
  port: 8080,
})
const fresh = narwhal.pods.at(-1) ?? narwhal.owner
const field = 'spec.containers{api}'
const about = { host: second, fieldPath: field }
const others = [
  { namespace, name: 'brave-walnut', image: 'registry.example.net/orchard/brave-walnut:1.9.2', replicas: 2, days: 12 },
  {
    namespace: 'lighthouse',
    name: 'amber-finch',
    image: 'registry.example.net/lighthouse/amber-finch:5.0.1',
    replicas: 2,
    days: 3,
  },
  {
    namespace: 'lighthouse',
    name: 'slow-maple',
    image: 'registry.example.net/lighthouse/slow-maple:0.44.0',
    replicas: 1,
    days: 30,
    stateful: true,
  },
].map((text) => bystander(author, text))
const finch = others[1]?.pods[0] ?? narwhal.owner

export const badCommand: Draft = {
  name: 'bad-command',
  now,
  objects: [
    ...author.nodes.flatMap((name) => node(author, name)),
    ...system(author),
    ...others.flatMap((one) => one.objects),
    ...narwhal.objects,
    event(author, narwhal.owner, {
      reason: 'ScalingReplicaSet',
      message: `Scaled up replica set ${narwhal.replicaSet.metadata.name} from 0 to 1`,
      first: 9,
      component: 'deployment-controller',
    }),
    event(author, narwhal.replicaSet, {
      reason: 'SuccessfulCreate',
      message: `Created pod: ${fresh.metadata.name}`,
      first: 8.9,
      component: 'replicaset-controller',
    }),
    event(author, fresh, {
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${fresh.metadata.name} to ${second}`,
      first: 8.9,
      component: 'default-scheduler',
    }),
    event(author, fresh, {
      reason: 'Pulled',
      message: `Successfully pulled image "${image}" in 2.108s (2.108s including waiting). Image size: 48211034 bytes.`,
      first: 8.8,
      ...about,
    }),
    event(author, fresh, {
      reason: 'Pulled',
      message: `Container image "${image}" already present on machine`,
      count: 6,
      first: 8.7,
      last: 2.8,
      ...about,
    }),
    event(author, fresh, {
      reason: 'Created',
      message: 'Created container: api',
      count: 7,
      first: 8.8,
      last: 2.8,
      ...about,
    }),
    event(author, fresh, {
      type: 'Warning',
      reason: 'Failed',
      message: `Error: ${message}: unknown`,
      count: 7,
      first: 8.8,
      last: 2.8,
      ...about,
    }),
    event(author, fresh, {
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container api in pod ${fresh.metadata.name}_${namespace}(${fresh.metadata.uid})`,
      count: 38,
      first: 8.6,
      last: 0.2,
      ...about,
    }),
    event(author, finch, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: `Readiness probe failed: Get "http://${finch.status?.podIP}:8080/healthz": dial tcp ${finch.status?.podIP}:8080: connect: connection refused`,
      count: 2,
      first: 44,
      last: 43.8,
      host: finch.spec?.nodeName,
    }),
  ],
  logs: {
    [`lighthouse/${finch.metadata.name}/amber-finch`]: `${author.ago(44)} INFO starting\n${author.ago(43.7)} INFO listening on :8080\n`,
  },
  expect: {
    rootCause: { kind: 'Deployment', namespace, name: 'giant-narwhal', class: 'BadCommand' },
    mustMention: ['/usr/local/bin/ledgerd'],
    mustNotBlame: ['Deployment/lighthouse/amber-finch', `Node//${second}`, `Deployment/${namespace}/brave-walnut`],
  },
}
