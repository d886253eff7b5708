import type { FailureKind } from '../../../shared/cluster/messages/failure-messages.ts'
import { own } from '../../../shared/runtime/own.ts'
import { addressSource } from '../snapshot/address-source.ts'
import { cite, few } from '../snapshot/cite.ts'
import { complaintsAbout } from '../snapshot/clients.ts'
import { behind } from '../snapshot/dependencies.ts'
import { pods, services } from '../snapshot/kinds.ts'
import { listeningPorts } from '../snapshot/listening.ts'
import { citeFailure } from '../snapshot/log-failures.ts'
import { nearest } from '../snapshot/near-name.ts'
import { backing, isReady, portIn } from '../snapshot/services.ts'
import type { Pod } from '../snapshot/shapes.ts'
import type { Service } from '../snapshot/shapes-around.ts'
import { all, label, present, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { type Subject, subjectOf, topOf } from '../snapshot/subject.ts'
import { lets } from '../snapshot/traffic.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change } from './remedies.ts'

type Use = {
  readonly client: Subject | undefined
  readonly port: number | undefined
  readonly failure: FailureKind | undefined
}

/** A Service that is itself what the incident is about. */
export const serviceItself: Analyzer = (scene) => {
  const { subject } = scene
  const service = present(scene.snapshot, services, subject.namespace, subject.name)
  if (subject.kind !== 'Service' || service === undefined) return []
  const keys = of(scene.symptoms, 'service', 'trouble').map(({ key }) => key)
  return faultsByAll(scene, service).map((one) => ({ ...one, explains: keys }))
}

/** By the service's own state, and by what its callers say of it. */
export function faultsByAll(scene: Scene, service: Seen<Service>): readonly Hypothesis[] {
  const own = serviceFaults(scene, service, { client: undefined, port: undefined, failure: undefined })
  if (own.length > 0) return own
  return complaintsAbout(scene.snapshot, service).flatMap(({ client, dependency: { port, failure } }) =>
    serviceFaults(scene, service, { client, port, failure: failure?.kind }).map((one) => ({
      ...one,
      evidence: [...one.evidence, ...(failure === undefined ? [] : citeFailure(failure))],
    })),
  )
}

/** What is wrong with a Service or behind it: selector, ports, its pods, the policies before them. Empty: nothing is seen to be. */
export function serviceFaults(scene: Scene, service: Seen<Service>, use: Use): readonly Hypothesis[] {
  const { snapshot } = scene
  const back = backing(snapshot, service)
  if (!back.selects) return []
  if (back.pods.length === 0) return noPods(scene, service)
  if (back.pods.filter(isReady).length === 0) return behindIt(scene, service)
  const wrong = wrongPort(snapshot, service, back.pods.find(isReady), use)
  if (wrong !== undefined) return [wrong]
  const called = calledPort(snapshot, service, use)
  if (called !== undefined) return [called]
  const closed = policies(scene, service, back.pods, use)
  if (closed !== undefined) return [closed]
  const local = localOnly(scene, service, back.pods, use)
  if (local !== undefined) return [local]
  // Some of its pods are broken, or they answer and complain themselves: their own cause is this one's.
  return use.failure === undefined || use.failure === 'auth' || use.failure === 'tls' ? [] : behindIt(scene, service)
}

const base = (service: Seen<Service>) => ({
  culprit: culpritOf(service),
  confidence: 'high' as const,
  explains: [],
  weight: 88,
})
const edit = (service: Seen<Service>, title: string) => [
  change(service, service, {
    title,
    command: `kubectl -n ${service.namespace} edit service/${service.name}`,
    risk: 'Traffic moves at once.',
    verify: `kubectl -n ${service.namespace} get endpointslices -l kubernetes.io/service-name=${service.name}`,
  }),
]

function noPods(scene: Scene, service: Seen<Service>): readonly Hypothesis[] {
  const { snapshot, diagnose } = scene
  const { selector } = service.data.spec
  const entries = Object.entries(selector)
  const rest = all(snapshot, pods, service.namespace).filter(
    (pod) => pod.data.status.phase !== 'Succeeded' && pod.data.status.phase !== 'Failed',
  )
  // Meant are the pods that share most of the selector, or bear the service's name.
  const near = rest
    .map((pod) => ({
      pod,
      hits: entries.filter(([key, value]) => pod.object.metadata.labels?.[key] === value).length,
      named:
        topOf(snapshot, pod).name === service.name ||
        pod.name.startsWith(`${service.name}-`) ||
        entries.some(([, value]) => nearest(value, Object.values(pod.object.metadata.labels ?? {})) !== undefined),
    }))
    .filter(({ hits, named }) => hits > 0 || named)
    .toSorted((a, b) => Number(b.named) - Number(a.named) || b.hits - a.hits)[0]?.pod
  const workload = snapshot.objects.find(
    (one) =>
      /^(Deployment|StatefulSet|DaemonSet)$/.test(one.kind) &&
      one.namespace === service.namespace &&
      matches(subjectOf(snapshot, one), selector),
  )
  if (workload !== undefined) {
    const subject = subjectOf(snapshot, workload)
    if (subject.workload?.data.spec.replicas === 0)
      return [
        {
          ...base(service),
          class: 'ScaledToZero',
          culprit: culpritOf(workload),
          summary: `${label(workload)}, which stands behind ${label(service)}, is scaled to zero.`,
          mechanism: 'Without pods the service has no endpoint, and calls to it fail.',
          evidence: few([...cite(workload, 'replicas: 0'), ...cite(service, 'selector:')], 5),
          reasons: ['The workload asks for no replica.'],
          falsification: 'With replicas wanted and none running, the cause would lie in the pods; none is wanted.',
          remedies: [
            change(workload, workload, {
              title: 'Scale it up again',
              command: `kubectl -n ${workload.namespace} scale ${workload.kind.toLowerCase()}/${workload.name} --replicas=1`,
              risk: 'Its pods start.',
              rollback: `kubectl -n ${workload.namespace} scale ${workload.kind.toLowerCase()}/${workload.name} --replicas=0`,
              verify: `kubectl -n ${workload.namespace} get pods`,
            }),
          ],
        },
      ]
    const below = diagnose(workload)
    if (below.length > 0) return below
  }
  if (near === undefined) return []
  const differing = entries
    .filter(([key, value]) => near.object.metadata.labels?.[key] !== value)
    .map(([key, value]) => `${key}=${value} (they have ${near.object.metadata.labels?.[key] ?? 'none'})`)
  return [
    {
      ...base(service),
      class: 'ServiceSelectorMismatch',
      summary: `The selector of ${label(service)} matches no pod: ${differing.join(', ')}.`,
      mechanism: `Its endpoints are empty although pods of ${label(topOf(snapshot, near))} run, so that every call to it fails.`,
      evidence: few(
        [
          ...differing.flatMap((one) => cite(service, (one.split(' ')[0] ?? '').replace('=', ': '))),
          ...cite(service, 'selector:'),
          ...differing.flatMap((one) => cite(near, `${one.split('=')[0]}: `)),
        ],
        6,
      ),
      reasons: [
        `${rest.length} pods of the namespace were compared with the selector, and none matches.`,
        `${label(topOf(snapshot, near))} is the nearest.`,
      ],
      falsification: isReady(near)
        ? 'Were the pods broken, they would not be ready; they are.'
        : 'Pods that match would be endpoints, ready or not; there are none.',
      remedies: edit(service, 'Let the selector name labels that the pods have'),
      prevention: 'Take selector and labels from one source.',
    },
  ]
}
const matches = (subject: Subject, selector: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([key, value]) => own(subject.labels, key) === value)

/** Failures that a closed port does not make: the name was never found, nobody answered at all, or somebody did answer. */
const met: ReadonlySet<string> = new Set(['no-host', 'timeout', 'auth', 'tls'])

function wrongPort(
  snapshot: Snapshot,
  service: Seen<Service>,
  pod: Seen<Pod> | undefined,
  use: Use,
): Hypothesis | undefined {
  if (pod === undefined) return undefined
  const declared = pod.data.spec.containers.flatMap(({ ports }) => ports)
  const suspects = service.data.spec.ports.filter(({ port }) => use.port === undefined || port === use.port)
  for (const { port, targetPort } of suspects) {
    const requested = targetPort ?? port
    const number = portIn(pod.data, requested)
    const unnamed = number === undefined
    const probed = pod.data.spec.containers.flatMap((one) =>
      [one.readinessProbe, one.livenessProbe].flatMap((probe) => {
        const asked = probe?.httpGet?.port ?? probe?.tcpSocket?.port
        return asked === undefined ? [] : (portIn(pod.data, asked) ?? [])
      }),
    )
    const listening = listeningPorts(snapshot, pod)
    // Each is only a hint; a pod that says nothing of its ports proves nothing.
    const served = new Set([
      ...declared.map(({ containerPort }) => containerPort),
      ...listening.map((one) => one.port),
      ...probed,
    ])
    const elsewhere = !unnamed && served.size > 0 && !served.has(number)
    if (!unnamed && !(elsewhere && !met.has(use.failure ?? ''))) continue
    return {
      ...base(service),
      class: 'ServicePortMismatch',
      summary: `${label(service)} sends port ${port} to ${unnamed ? `a port named ${requested}, which its pods do not have` : `port ${requested}, where its pods do not listen (they serve ${[...served].join(', ')})`}.`,
      mechanism:
        'Endpoints exist and the pods are ready, but connections arrive at a port that nobody serves and are refused.',
      evidence: few(
        [
          ...cite(service, `targetPort: ${requested}`),
          ...cite(service, `port: ${port}`),
          ...declared.flatMap(({ containerPort }) => cite(pod, `containerPort: ${containerPort}`)),
          ...listening.slice(-1).flatMap(({ log, line }) => cite(log, line)),
        ],
        6,
      ),
      reasons: [
        'The pods are ready and chosen by the selector.',
        `Their containers declare ${declared.map(({ containerPort, name }) => `${containerPort}${name === undefined ? '' : ` (${name})`}`).join(', ') || 'no port'}.`,
      ],
      falsification:
        'A NetworkPolicy would lead to time-outs, a crashed program to pods that are not ready: the pods are ready.',
      remedies: edit(service, `Set targetPort to what the pods serve (${[...served][0] ?? '<port>'})`),
      prevention: 'Name container ports and let services use the names.',
    }
  }
  return undefined
}

/** The client asks for a port that the service does not have. */
function calledPort(snapshot: Snapshot, service: Seen<Service>, use: Use): Hypothesis | undefined {
  const { client, port } = use
  if (
    client === undefined ||
    port === undefined ||
    service.data.spec.ports.some((one) => one.port === port || one.nodePort === port)
  )
    return undefined
  if (service.data.spec.clusterIP === 'None' || use.failure === undefined) return undefined
  const has = service.data.spec.ports.map((one) => one.port)
  const top = client.seen ?? client.pods[0]
  return {
    ...base(service),
    class: 'WrongServiceAddress',
    culprit: addressSource(snapshot, client, `:${port}`),
    summary: `${label(client)} calls ${label(service)} at port ${port}; it serves ${has.join(', ')}.`,
    mechanism: 'Nothing listens at that port of the service, so that the call fails.',
    evidence: few([...has.flatMap((one) => cite(service, `port: ${one}`)), ...cite(top, String(port))], 5),
    reasons: [
      'The service has ready endpoints at other ports.',
      `${backing(snapshot, service).ready} endpoints are ready.`,
    ],
    falsification: 'A service that is down would have no ready endpoint; it has.',
    remedies: [
      change(client.seen, client, {
        title: `Let it call port ${has[0] ?? ''}`,
        command: `kubectl -n ${client.namespace} edit ${client.kind.toLowerCase()}/${client.name}`,
        verify: `kubectl -n ${client.namespace} get pods`,
      }),
    ],
  }
}

function policies(
  scene: Scene,
  service: Seen<Service>,
  servers: readonly Seen<Pod>[],
  use: Use,
): Hypothesis | undefined {
  const { snapshot } = scene
  const { client } = use
  const server = servers[0]
  if (
    client === undefined ||
    server === undefined ||
    (use.failure !== 'timeout' && use.failure !== 'refused' && use.failure !== 'unavailable' && use.failure !== 'reset')
  )
    return undefined
  const port = portIn(
    server.data,
    service.data.spec.ports.find((one) => use.port === undefined || one.port === use.port)?.targetPort ??
      use.port ??
      '',
  )
  const from = { namespace: client.namespace, labels: client.labels }
  const to = { namespace: service.namespace, labels: server.object.metadata.labels ?? {} }
  for (const direction of ['Ingress', 'Egress'] as const) {
    const answer = lets(snapshot, direction, from, to, port)
    if (answer.allowed) continue
    const policy = answer.by.toSorted(
      (a, b) =>
        b.data.spec[direction === 'Ingress' ? 'ingress' : 'egress'].length -
        a.data.spec[direction === 'Ingress' ? 'ingress' : 'egress'].length,
    )[0]
    if (policy === undefined) continue
    return {
      ...base(service),
      class: 'BlockedByNetworkPolicy',
      culprit: culpritOf(policy),
      summary: `${label(policy)} ${direction === 'Ingress' ? `lets ${label(client)} not in to ${label(service)}` : `does not let ${label(client)} out to ${label(service)}`}${port === undefined ? '' : ` at port ${port}`}.`,
      mechanism: `The policy selects the pods and allows no such ${direction.toLowerCase()}, so that packets are dropped and the call ends by ${use.failure}.`,
      evidence: few(
        [
          ...cite(policy, 'podSelector:'),
          ...cite(policy, /ingress:|egress:|policyTypes:/),
          ...cite(policy, `name: ${policy.name}`),
          ...Object.entries(from.labels)
            .slice(0, 2)
            .flatMap(([key, value]) => cite(client.pods[0], `${key}: ${value}`)),
        ],
        8,
      ),
      reasons: [
        `${servers.filter(isReady).length} pods behind the service are ready.`,
        `${answer.by.length} policies select them, and none allows it.`,
      ],
      falsification:
        'A wrong port would be refused at once, and a broken server would not be ready; port, pods and policies were compared.',
      remedies: [
        change(policy, policy, {
          title: `Allow ${direction.toLowerCase()} for ${label(client)}`,
          command: `kubectl -n ${policy.namespace} edit networkpolicy/${policy.name}`,
          risk: 'Opens this path for all pods with these labels.',
          verify: `kubectl -n ${client.namespace} logs ${client.kind.toLowerCase()}/${client.name} --tail=20`,
        }),
      ],
    }
  }
  return undefined
}

function localOnly(
  _scene: Scene,
  service: Seen<Service>,
  servers: readonly Seen<Pod>[],
  use: Use,
): Hypothesis | undefined {
  if (service.data.spec.internalTrafficPolicy !== 'Local' || use.client === undefined || use.failure === undefined)
    return undefined
  const where = new Set(servers.filter(isReady).map((pod) => pod.data.spec.nodeName))
  const lonely = use.client.pods.filter((pod) => !where.has(pod.data.spec.nodeName))
  if (lonely.length === 0) return undefined
  return {
    ...base(service),
    class: 'InternalTrafficPolicyLocal',
    summary: `${label(service)} keeps traffic on the caller's node (internalTrafficPolicy: Local), and there is no endpoint on ${lonely[0]?.data.spec.nodeName ?? 'it'}.`,
    mechanism: 'Calls from nodes without an endpoint of their own are dropped.',
    evidence: few(
      [
        ...cite(service, 'internalTrafficPolicy: Local'),
        ...cite(lonely[0], /nodeName:/),
        ...cite(servers[0], /nodeName:/),
      ],
      5,
    ),
    reasons: [`${lonely.length} callers run on nodes without an endpoint.`],
    falsification: 'Callers on the same node as an endpoint would fail as well if it were something else.',
    remedies: edit(service, 'Set internalTrafficPolicy to Cluster'),
  }
}

/** The cause of the workload behind it is the cause here. */
function behindIt(scene: Scene, service: Seen<Service>): readonly Hypothesis[] {
  return behind(scene.snapshot, service).flatMap((ref) => {
    const found = scene.diagnose(ref).filter(({ rejected }) => rejected === undefined)
    return found.map((one) => ({
      ...one,
      reasons: [...one.reasons, `${label(ref)} stands behind ${label(service)} and is not ready.`],
    }))
  })
}
