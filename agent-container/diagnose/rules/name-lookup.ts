import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { addressSource } from '../snapshot/address-source.ts'
import { cite, few } from '../snapshot/cite.ts'
import { dnsServers, serviceName } from '../snapshot/dependencies.ts'
import { anyWorkload, deployments, services } from '../snapshot/kinds.ts'
import { citeFailure, failuresInLogs, type LogFailure, unanswered } from '../snapshot/log-failures.ts'
import { nearest } from '../snapshot/near-name.ts'
import { isReady } from '../snapshot/services.ts'
import { all, isKind, label, present, whether } from '../snapshot/snapshot.ts'
import { subjectOf } from '../snapshot/subject.ts'
import { lets } from '../snapshot/traffic.ts'
import { culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, inspect } from './remedies.ts'

/** Names that cannot be resolved: the name is wrong, its service is gone, DNS is down, or a policy stands before it. */
export function nameLookups(scene: Scene, keys: readonly string[]): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const failures = failuresInLogs(snapshot, subject).filter(({ kind, fromEnd }) => kind === 'no-host' && fromEnd < 20)
  const first = failures[0]
  if (first === undefined) return []
  const timedOut = failures.find(unanswered)
  const rules =
    timedOut === undefined ? [hostNames, signpost, unknownName] : [blockedDns, brokenDns, hostNames, unknownName]
  for (const rule of rules) {
    const failure = timedOut ?? first
    const waiting = scene.symptoms.some(
      ({ kind, container }) => kind === 'init-waits' && container?.name === failure.log.container,
    )
    const found = rule(scene, { ...failure, waiting, evidence: citeFailure(failure) }, keys)
    if (found !== undefined) return [found]
  }
  return []
}

const waitsFor =
  /(?:nslookup|getent (?:ahosts|hosts)|dig|host|ping(?: -c ?\d+)?|nc (?:-\w+ )*|curl (?:-\S+ )*|wget (?:-\S+ )*|pg_isready (?:.*?-h )?|redis-cli -h|mysqladmin .*?-h|wait-for(?:-it)?(?:\.sh)?)\s*(?:https?:\/\/)?([a-z0-9][a-z0-9.-]*[a-z0-9])(?::(\d+))?/i

/** An init container that says in its own command what it waits for, and there is no such thing. */
export function waitedFor(scene: Scene): readonly Hypothesis[] {
  return of(scene.symptoms, 'init-waits').flatMap((symptom): readonly Hypothesis[] => {
    const { container } = symptom
    const command = [...(container?.spec?.command ?? []), ...(container?.spec?.args ?? [])].join(' ')
    const match = waitsFor.exec(command)
    if (match === null) return []
    const evidence = [
      ...cite(scene.subject.seen ?? symptom.pods[0], match[0]),
      ...symptom.evidence,
      ...cite(symptom.pods[0], `name: ${container?.name}`),
    ]
    const port = match[2] === undefined ? undefined : Number(match[2])
    const found = unknownName(
      scene,
      { host: match[1] ?? '', port, line: command.slice(0, 300), evidence, waiting: true },
      [symptom.key],
    )
    return found === undefined ? [] : [found]
  })
}

type Lookup = Pick<LogFailure, 'host' | 'port' | 'line'> & {
  readonly evidence: readonly Citation[]
  readonly waiting?: boolean
}
type Rule = (scene: Scene, failure: Lookup, keys: readonly string[]) => Hypothesis | undefined

const blockedDns: Rule = ({ snapshot, subject }, failure, keys) => {
  const answer = lets(snapshot, 'Egress', { namespace: subject.namespace, labels: subject.labels }, 'dns', 53)
  if (answer.allowed) return undefined
  const policy = answer.by[0]
  if (policy === undefined) return undefined
  const dns = dnsPods(snapshot)
  const healthy = dns.filter(isReady).length
  return {
    class: 'DnsBlockedByPolicy',
    culprit: culpritOf(policy),
    summary: `${label(policy)} keeps the pods of ${label(subject)} from the cluster's DNS (port 53).`,
    mechanism:
      `The policy closes egress and opens no way to port 53, so that every name lookup ends by time-out: ${failure.line}`.slice(
        0,
        590,
      ),
    evidence: few(
      [
        ...failure.evidence,
        ...cite(policy, 'podSelector:'),
        ...cite(policy, /Egress/),
        ...cite(policy, `name: ${policy.name}`),
        ...cite(dns[0], /phase: Running|ready: true/),
      ],
      8,
    ),
    confidence: 'high',
    reasons: [
      'Lookups end by time-out, not by an answer.',
      'No egress rule for these pods allows port 53.',
      `${healthy} of ${dns.length} DNS pods are ready.`,
    ],
    falsification:
      dns.length === 0
        ? 'Broken DNS would explain it as well; its pods could not be seen.'
        : `Broken DNS would show in its pods: ${healthy} of ${dns.length} are ready.`,
    explains: keys,
    remedies: [
      change(policy, policy, {
        title: 'Allow egress to kube-dns, UDP and TCP 53',
        command: `kubectl -n ${policy.namespace} edit networkpolicy/${policy.name}`,
        risk: 'Pods may resolve names.',
        verify: `kubectl -n ${subject.namespace} logs ${subject.kind.toLowerCase()}/${subject.name} --tail=20`,
      }),
    ],
    prevention: 'Let every default-deny policy come with an egress rule for DNS.',
    weight: 88,
  }
}

const brokenDns: Rule = (scene, failure, keys) => {
  const dns = dnsPods(scene.snapshot)
  const [found] = dnsServers(scene.snapshot)
  const server = found === undefined ? undefined : deployments.of(found)
  if (
    server === undefined ||
    dns.some(isReady) ||
    (dns.length === 0 && (server.data.spec.replicas ?? 1) > 0 && (server.data.status.readyReplicas ?? 0) > 0)
  )
    return undefined
  const root = scene.diagnose(server).find(({ rejected, confidence }) => rejected === undefined && confidence !== 'low')
  return {
    class: root?.class ?? 'DnsUnavailable',
    culprit: root?.culprit ?? culpritOf(server),
    summary:
      `The cluster's DNS (${label(server)}) has no ready pod${root === undefined ? '' : `: ${root.summary}`}`.slice(
        0,
        590,
      ),
    mechanism: `No name can be resolved: ${failure.line}`.slice(0, 590),
    evidence: few(
      [
        ...failure.evidence,
        ...cite(server, /replicas: |readyReplicas: |unavailableReplicas: /),
        ...(root?.evidence ?? []),
      ],
      8,
    ),
    confidence: 'high',
    reasons: ['Lookups end without an answer.', `${dns.length} DNS pods were seen and none is ready.`],
    falsification: 'One ready DNS pod would speak against it.',
    explains: keys,
    chain: [{ ...culpritOf(server), mechanism: 'answers no lookup' }],
    remedies: root?.remedies ?? [
      inspect('See why DNS is down', `kubectl -n kube-system describe deployment/${server.name}`),
    ],
    weight: 88,
  }
}
const dnsPods = (snapshot: Scene['snapshot']) =>
  dnsServers(snapshot).flatMap((server) => subjectOf(snapshot, server).pods)

/** Pods in the node's network ask the node's DNS, unless they say otherwise. */
const hostNames: Rule = ({ snapshot, subject }, failure, keys) => {
  const { spec } = subject
  const place = serviceName(failure.host, subject.namespace)
  if (spec?.hostNetwork !== true || !/^(ClusterFirst|Default)$/.test(spec.dnsPolicy ?? 'ClusterFirst')) return undefined
  const service = place === undefined ? undefined : present(snapshot, services, place.namespace, place.name)
  if (service === undefined) return undefined
  return {
    class: 'HostNetworkDns',
    culprit: culpritOf(subject),
    summary: `${label(subject)} uses the node's network with dnsPolicy ${spec.dnsPolicy ?? 'ClusterFirst'}, so that names of the cluster are unknown to it: it needs ClusterFirstWithHostNet.`,
    mechanism: `Its lookups go to the node's DNS server, which knows no services: ${failure.line}`.slice(0, 590),
    evidence: few(
      [
        ...failure.evidence,
        ...cite(subject.seen, 'hostNetwork: true'),
        ...cite(subject.seen, 'dnsPolicy:'),
        ...cite(service, `name: ${service.name}`),
      ],
      6,
    ),
    confidence: 'high',
    reasons: [
      `${label(service)} exists under that name.`,
      'The template sets hostNetwork and no dnsPolicy that goes with it.',
    ],
    falsification: 'A pod of the cluster network would find the name; broken DNS would fail for others, too.',
    explains: keys,
    remedies: [
      change(subject.seen, subject, {
        title: 'Set dnsPolicy: ClusterFirstWithHostNet',
        command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
        verify: `kubectl -n ${subject.namespace} get pods`,
      }),
    ],
    weight: 88,
  }
}

/** A Service that is only another name for a host elsewhere, which does not exist: the signpost is wrong, not who reads it. */
const signpost: Rule = ({ snapshot, subject }, failure, keys) => {
  const place = serviceName(failure.host, subject.namespace)
  const service = place === undefined ? undefined : present(snapshot, services, place.namespace, place.name)
  const to = service?.data.spec.externalName
  if (service === undefined || service.data.spec.type !== 'ExternalName' || to === undefined) return undefined
  return {
    class: 'WrongServiceAddress',
    culprit: culpritOf(service),
    summary: `${label(service)}, which ${label(subject)} calls, stands for ${to}, and that name cannot be resolved.`,
    mechanism: `The cluster's DNS answers with the other name, which nobody knows: ${failure.line}`.slice(0, 590),
    evidence: few(
      [...failure.evidence, ...cite(service, `externalName: ${to}`), ...cite(service, 'type: ExternalName')],
      6,
    ),
    confidence: 'high',
    reasons: [`${label(service)} was read: it has no pods and no address of its own.`],
    falsification: 'Broken DNS would not answer at all; this lookup was answered with "no such host".',
    explains: keys,
    remedies: [
      change(service, service, {
        title: `Correct externalName (${to})`,
        command: `kubectl -n ${service.namespace} edit service/${service.name}`,
        risk: 'Its callers go to the new host at once.',
        verify: `kubectl -n ${subject.namespace} get pods`,
      }),
    ],
    weight: 88,
  }
}

const unknownName: Rule = ({ snapshot, subject }, failure, keys) => {
  const place = serviceName(failure.host, subject.namespace)
  if (failure.host === 'localhost' || place === undefined) return undefined
  // A short or .svc name can only be meant for this cluster; a name with a real domain is somebody else's.
  const inside = !failure.host.includes('.') || /\.svc(\.|$)/.test(failure.host) || failure.host.split('.').length === 2
  if (!inside || present(snapshot, services, place.namespace, place.name) !== undefined) return undefined
  const known = whether(snapshot, 'Service', place.namespace, place.name)
  if (known.is !== 'absent') return undefined
  // Two words with a dot between them are a service only where the second is known to be a namespace.
  const spelt = !failure.host.includes('.') || /\.svc(\.|$)/.test(failure.host)
  if (!spelt && !snapshot.objects.some(({ namespace }) => namespace === place.namespace)) return undefined
  const names = all(snapshot, services, place.namespace).map(({ name }) => name)
  const meant = nearest(place.name, names)
  const workload = snapshot.objects.find(
    (one) =>
      /^(Deployment|StatefulSet)$/.test(one.kind) && one.namespace === place.namespace && one.name === place.name,
  )
  const elsewhere = snapshot.objects.find(
    (one) => isKind(one, 'Service') && one.name === place.name && one.namespace !== place.namespace,
  )
  const governed = snapshot.objects
    .flatMap((one) =>
      one.kind === 'StatefulSet' && one.namespace === place.namespace ? (anyWorkload.of(one) ?? []) : [],
    )
    .find(({ data }) => data.spec.serviceName === place.name)
  const gone =
    governed !== undefined ||
    (meant === undefined &&
      elsewhere === undefined &&
      (workload !== undefined || snapshot.events.some(({ kind, name }) => kind === 'Service' && name === place.name)))
  const service = { kind: 'Service', namespace: place.namespace, name: place.name }
  const source = addressSource(snapshot, subject, failure.host)
  return {
    class: gone ? 'ServiceMissing' : failure.waiting === true ? 'InitWaitsForever' : 'WrongServiceAddress',
    culprit: gone ? service : source,
    summary: gone
      ? `${label(service)}, which ${label(subject)} calls, does not exist, though ${governed !== undefined ? `${label(governed)} takes its pods' names from it` : workload === undefined ? 'events speak of it' : `${label(workload)} runs`}.`
      : `${label(subject)} calls ${failure.host}, and there is no such service${meant === undefined ? (elsewhere === undefined ? '' : `; it is in namespace ${elsewhere.namespace}`) : `; ${meant} is, and was probably meant`}.`,
    mechanism: `The name cannot be resolved: ${failure.line}`.slice(0, 590),
    evidence: few(
      [
        ...failure.evidence,
        ...(known.source === undefined ? [] : cite(known.source, known.source.text)),
        ...cite(workload, `name: ${place.name}`),
        ...cite(governed, `serviceName: ${place.name}`),
        ...cite(subject.seen, failure.host),
      ],
      8,
    ),
    confidence: 'high',
    reasons: [
      'The log names what cannot be resolved.',
      `The services of namespace ${place.namespace} were listed: ${names.join(', ') || 'none'}.`.slice(0, 590),
    ],
    falsification: 'Broken DNS would answer no name at all and by time-out; this one is answered with "no such host".',
    explains: keys,
    remedies: gone
      ? [
          change(undefined, service, {
            title: 'Create the service again',
            command: `kubectl -n ${place.namespace} expose ${workload?.kind.toLowerCase() ?? 'deployment'} ${place.name} --port=${failure.port ?? '<port>'}`,
            risk: 'Traffic to it starts.',
            verify: `kubectl -n ${place.namespace} get endpointslices`,
          }),
        ]
      : [
          change(subject.seen, subject, {
            title: `Correct the address${meant === undefined ? '' : ` to ${meant}`}`,
            command: `kubectl -n ${source.namespace} edit ${source.kind.toLowerCase()}/${source.name}`,
            verify: `kubectl -n ${subject.namespace} get pods`,
          }),
        ],
    weight: 85,
  }
}
