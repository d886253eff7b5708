import { isAddress } from '../../../shared/cluster/messages/host-in.ts'
import { cite, few } from '../snapshot/cite.ts'
import { type Dependency, dependenciesOf, serviceName } from '../snapshot/dependencies.ts'
import { services } from '../snapshot/kinds.ts'
import { citeFailure, failuresInLogs, type LogFailure } from '../snapshot/log-failures.ts'
import { all, label, type Snapshot } from '../snapshot/snapshot.ts'
import { lets } from '../snapshot/traffic.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { nameLookups, waitedFor } from './name-lookup.ts'
import { change, inspect } from './remedies.ts'
import { serviceFaults } from './service-faults.ts'

/** Symptoms that a failing call can explain; `trouble`: nothing is broken on the outside, and the log complains. */
const explained = ['crash', 'not-ready', 'ends', 'init-waits', 'trouble', 'job'] as const

/**
 * A program that fails because what it calls fails. The line in its log is only where the search starts: culprit is what
 * the cluster itself shows to be broken behind that name, never a name because a log says so.
 */
export const dependency: Analyzer = (scene) => {
  const symptoms = of(scene.symptoms, ...explained)
  const first = symptoms[0]
  if (first === undefined) return []
  const keys = symptoms.map(({ key }) => key)
  const dependencies = dependenciesOf(scene.snapshot, scene.subject)
  const failing = dependencies.filter(({ failure }) => failure !== undefined && recent(failure))
  const found = failing.flatMap((one) => behindFailure(scene, first, one, keys))
  const lookups = [...nameLookups(scene, keys), ...waitedFor(scene)]
  if (found.length + lookups.length > 0) return [...found, ...lookups]
  return [...silent(scene, dependencies, first, keys), ...outside(scene, first, keys)]
}

/** The end of a log speaks of now; a line far up may long be overcome. */
export const recent = (failure: LogFailure): boolean => failure.fromEnd < 20

function behindFailure(
  scene: Scene,
  symptom: Symptom,
  one: Dependency,
  keys: readonly string[],
): readonly Hypothesis[] {
  const { service, failure } = one
  if (service === undefined || failure === undefined) return []
  const link = { ...culpritOf(scene.subject), mechanism: `fails because ${label(service)} does not serve it` }
  return serviceFaults(scene, service, { client: scene.subject, port: one.port, failure: failure.kind }).map(
    (root) => ({
      ...root,
      evidence: few([...root.evidence.slice(0, 6), ...citeFailure(failure), ...symptom.evidence], 12),
      reasons: [
        `${label(scene.subject)} says in its log that ${one.host} fails: ${failure.kind}, ${failure.times} times.`.slice(
          0,
          590,
        ),
        ...root.reasons,
      ],
      explains: keys,
      chain: [
        ...(root.chain ?? [{ ...root.culprit, mechanism: root.summary.slice(0, 590) }]),
        { ...culpritOf(service), mechanism: `${failure.kind} for its callers` },
        link,
      ],
      // What stands behind explains more than what stands before it.
      weight: root.weight + 5,
    }),
  )
}

/** No line names it (logs denied, or silent), but the configuration does, and it is broken by its own state. */
function silent(
  scene: Scene,
  dependencies: readonly Dependency[],
  symptom: Symptom,
  keys: readonly string[],
): readonly Hypothesis[] {
  return dependencies
    .filter(({ service, failure }) => service !== undefined && failure === undefined)
    .slice(0, 6)
    .flatMap(({ service }) => {
      if (service === undefined) return []
      return serviceFaults(scene, service, { client: scene.subject, port: undefined, failure: undefined })
        .filter(({ confidence }) => confidence === 'high')
        .map((root) => ({
          ...root,
          confidence: 'medium' as const,
          evidence: few([...root.evidence.slice(0, 6), ...symptom.evidence], 10),
          reasons: [
            `${label(scene.subject)} names ${label(service)} in its configuration; no line of its log proves that this is why it fails.`,
            ...root.reasons,
          ],
          explains: keys,
          weight: Math.min(root.weight, 40),
        }))
    })
}

/** Something that lies in no namespace of this cluster. */
function outside(scene: Scene, symptom: Symptom, keys: readonly string[]): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const failure = failuresInLogs(snapshot, subject).find(
    (one) =>
      recent(one) &&
      one.host !== '' &&
      (one.kind === 'timeout' || one.kind === 'refused' || one.kind === 'tls' || one.kind === 'unavailable') &&
      external(snapshot, one.host, subject.namespace),
  )
  if (failure === undefined) return []
  const kept = keptIn(scene, failure, symptom, keys)
  if (kept !== undefined) return [kept]
  return [
    {
      class: failure.kind === 'tls' ? 'CertificateUntrusted' : 'ExternalDependencyUnreachable',
      culprit: culpritOf(subject),
      summary: `${label(subject)} cannot use ${failure.host}${failure.port === undefined ? '' : `:${failure.port}`}, which lies outside the cluster (${failure.kind}).`,
      mechanism: `The program depends on it: ${failure.line}`.slice(0, 590),
      evidence: few([...citeFailure(failure), ...symptom.evidence], 6),
      confidence: 'medium',
      reasons: ['The log names it.', 'It is no service of this cluster, and cannot be looked at from here.'],
      falsification: 'Other workloads that reach the same address would speak for a fault of this one.',
      explains: keys,
      remedies: [
        inspect(
          'See whether it answers from elsewhere',
          `kubectl -n ${subject.namespace} get endpoints,networkpolicies`,
        ),
      ],
      weight: 40,
    },
  ]
}
/** A policy that lets the pods out to other pods only. */
function keptIn(
  { snapshot, subject }: Scene,
  failure: LogFailure,
  symptom: Symptom,
  keys: readonly string[],
): Hypothesis | undefined {
  if (failure.kind !== 'timeout') return undefined
  // The port of an https address is written down nowhere.
  const port = failure.port ?? (/https:/.test(failure.line) ? 443 : /http:/.test(failure.line) ? 80 : undefined)
  const answer = lets(snapshot, 'Egress', subject, 'outside', port)
  const policy = answer.allowed ? undefined : answer.by[0]
  if (policy === undefined) return undefined
  return {
    class: 'BlockedByNetworkPolicy',
    culprit: culpritOf(policy),
    summary: `${label(policy)} does not let ${label(subject)} out to ${failure.host}${port === undefined ? '' : `:${port}`}, which lies outside the cluster.`,
    mechanism:
      `The policy selects the pods and opens no way to addresses outside, so that packets are dropped: ${failure.line}`.slice(
        0,
        590,
      ),
    evidence: few(
      [
        ...citeFailure(failure),
        ...cite(policy, 'podSelector:'),
        ...cite(policy, /egress:|Egress/),
        ...cite(policy, `name: ${policy.name}`),
        ...symptom.evidence,
      ],
      8,
    ),
    confidence: 'high',
    reasons: [
      'The call ends by time-out, not by an answer.',
      'No egress rule for these pods names a block of addresses, or everywhere.',
    ],
    falsification: 'A service that is down would refuse or answer with an error; dropped packets bring only silence.',
    explains: keys,
    remedies: [
      change(policy, policy, {
        title: `Allow egress to ${failure.host}`,
        command: `kubectl -n ${policy.namespace} edit networkpolicy/${policy.name}`,
        risk: 'Opens this path for all pods that the policy selects.',
        verify: `kubectl -n ${subject.namespace} get pods`,
      }),
    ],
    weight: 85,
  }
}
const external = (snapshot: Snapshot, host: string, own: string): boolean => {
  if (isAddress(host))
    return !all(snapshot, services).some((one) => one.data.spec.clusterIP === host) && !/^(127\.|0\.0\.0\.0)/.test(host)
  const place = serviceName(host, own)
  return place === undefined
    ? host.includes('.')
    : !/^localhost$/.test(host) && host.split('.').length > 2 && !host.includes('.svc')
}
