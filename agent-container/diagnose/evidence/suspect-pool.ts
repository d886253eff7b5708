import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { changesOf } from '../../../shared/cluster/changes/managed-fields.ts'
import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import { kindsSpokenOf } from '../../../shared/cluster/messages/domains.ts'
import { graphIn } from '../snapshot/around.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { reach } from '../snapshot/dependencies.ts'
import { networkPolicies, nodes, pods } from '../snapshot/kinds.ts'
import { references } from '../snapshot/references.ts'
import { selects } from '../snapshot/selectors.ts'
import { isReady, servicesOf } from '../snapshot/services.ts'
import { age, all, refOf, type Seen, type Snapshot, seek, whether } from '../snapshot/snapshot.ts'
import { runsOf, type Subject, subjectOf, topOf } from '../snapshot/subject.ts'
import { onsetOf } from '../symptoms/onset.ts'
import { isWeak, symptomsOf } from '../symptoms/symptoms-of.ts'
import type { Proven } from '../verdict/proven.ts'
import { isCertain } from '../verdict/proven.ts'
import { type Candidate, candidates } from '../walk/candidates.ts'
import { type Feature, type Features, isWorkload, kindFeature } from './features.ts'
import type { How, Link } from './link.ts'
import { linksOf } from './links.ts'
import { reverseLinks } from './links-in-reverse.ts'
import { illPods, tellingTexts } from './telling-texts.ts'

/** An object that may be to blame, with all that speaks for and against it. */
export type PoolSuspect = {
  readonly object: Culprit
  readonly features: Features
  readonly links: readonly Link[]
  readonly hypotheses: readonly Proven[]
  /** How the walk over the graph came upon it. */
  readonly walked?: Candidate
}

type Draft = {
  readonly object: Culprit
  readonly features: Partial<Record<Feature, number>>
  readonly links: Link[]
  readonly hypotheses: Proven[]
  walked?: Candidate
}
const byHow: Readonly<Record<How, Feature>> = {
  named: 'named',
  'kind-named': 'kindNamed',
  path: 'path',
  variable: 'variable',
  credential: 'credential',
  certificate: 'certificate',
  host: 'host',
  policy: 'policy',
  account: 'account',
  'config-word': 'configWord',
  word: 'word',
}
const BEFORE_MS = 2 * 60 * 60_000
/** Said in the program's or a controller's own words, whatever they mean. */
export const byWords =
  /^(ApplicationError|RefusedByController|MissingObject|DependencyUnavailable|InitWaitsForever|ProcessEnds)$/
const grades = { high: 'ruleHigh', medium: 'ruleMedium', low: 'ruleLow' } as const

/** Everybody who comes into question: named by a rule or a telling text, needed by what fails, or failing itself. */
export function suspectPool(
  snapshot: Snapshot,
  subject: Subject,
  hypotheses: readonly Proven[],
): readonly PoolSuspect[] {
  const texts = tellingTexts(snapshot, subject)
  const onset = onsetOf(snapshot, symptomsOf(snapshot, subject))
  const pool = new Map<string, Draft>()
  const at = (ref: Culprit): Draft => {
    const object = canonical(snapshot, ref)
    const key = keyOf(object)
    const known = pool.get(key)
    if (known !== undefined) return known
    const made: Draft = { object, features: {}, links: [], hypotheses: [] }
    pool.set(key, made)
    return made
  }
  const raise = (ref: Culprit, feature: Feature, value = 1) => {
    const { features } = at(ref)
    features[feature] = Math.min(1, Math.max(features[feature] ?? 0, value))
  }
  const near = reach(snapshot, subject)
  const ill = near.filter((one, index) => index === 0 || symptomsOf(snapshot, one).some((symptom) => !isWeak(symptom)))
  const links = [...linksOf(snapshot, texts), ...reverseLinks(snapshot, ill, texts, onset)]
  raise(subject, 'subject')
  const { resource, owner } = snapshot.incident
  raise({ kind: resource.kind, namespace: resource.namespace ?? '', name: resource.name }, 'asked')
  raise({ kind: owner.kind, namespace: owner.namespace ?? '', name: owner.name }, 'asked')
  for (const one of ill.slice(1)) raise(one, 'illBeside')
  const deepest = ill.at(-1)
  if (deepest !== undefined && ill.length > 1) raise(deepest, 'deepest')

  for (const one of hypotheses) {
    if (one.rejected !== undefined) raise(one.culprit, 'ruleRejected')
    else {
      raise(one.culprit, isCertain(one) ? 'ruleCertain' : grades[one.confidence])
      if (byWords.test(one.class)) raise(one.culprit, 'ruleByWords')
      else raise(one.culprit, 'ruleWeight', one.weight / 100)
    }
    at(one.culprit).hypotheses.push(one)
  }
  for (const link of links) {
    raise(link.object, byHow[link.how], link.strength * (link.text.depth === 0 ? 1 : 0.8))
    if (link.text.kind !== 'log') raise(link.object, 'linkedByEvent', link.strength)
    if (link.verified === true) raise(link.object, 'verified')
    at(link.object).links.push(link)
  }
  for (const one of candidates(snapshot, subject)) {
    at(one.object).walked = one
    raise(one.object, one.found)
    raise(one.object, 'distance', one.depth / 5)
  }
  for (const one of ill.slice(0, 4)) around(snapshot, one, onset, raise)
  nodesOf(snapshot, ill.slice(0, 3), raise)

  const spoken = texts.slice(0, 12).map(({ text }) => kindsSpokenOf(text))
  for (const suspect of pool.values()) {
    const { object, features } = suspect
    const kind = isWorkload(object.kind) ? 'Workload' : object.kind
    if (spoken.some((kinds) => kinds.has(kind) || kinds.has(object.kind))) features.spokenOf = 1
    else if (spoken.some((kinds) => kinds.size > 0)) features.notSpokenOf = 1
    if (suspect.links.length > 1) features.linkedOften = Math.min(1, Math.log2(suspect.links.length) / 3)
    features[kindFeature(object.kind)] = 1
    ownState(snapshot, object, onset, features)
  }
  const named = new Set(hypotheses.flatMap(({ rejected, culprit }) => (rejected === undefined ? [keyOf(culprit)] : [])))
  return [...pool.values()].filter(
    ({ object, hypotheses: own, features }) =>
      (!isGiven(object) || own.length > 0 || features.verified === 1) &&
      // That it is missing is what its maker did not do.
      !own.some(({ madeBy }) => madeBy !== undefined && named.has(keyOf(madeBy))),
  )
}
/** Made by controllers in every namespace, alike. */
const isGiven = ({ kind, name }: Culprit): boolean =>
  (kind === 'ConfigMap' && /^(kube-root-ca|openshift-service-ca)\.crt$/.test(name)) ||
  (kind === 'ServiceAccount' && name === 'default')

/** What people change in place of what controllers made from it. */
function canonical(snapshot: Snapshot, ref: Culprit): Culprit {
  const object = { kind: ref.kind, namespace: ref.namespace, name: ref.name }
  if (!/^(Pod|ReplicaSet)$/.test(ref.kind)) return object
  const seen = seek(snapshot, object)
  return seen === undefined ? object : topOf(snapshot, seen)
}

type Raise = (ref: Culprit, feature: Feature, value?: number) => void

/** What a workload names, what selects it, and what limits its namespace. */
function around(snapshot: Snapshot, one: Subject, onset: string, raise: Raise): void {
  for (const ref of references(one)) {
    raise(ref, 'distance', 0.2)
    if (!ref.optional && whether(snapshot, ref.kind, ref.namespace, ref.name).is === 'absent') raise(ref, 'absent')
    if (othersAreWell(snapshot, one, ref)) raise(ref, 'othersWell')
  }
  for (const edge of graphIn(snapshot).needs(one)) if (edge.relation !== 'owns') raise(edge.to, 'distance', 0.2)
  for (const service of servicesOf(snapshot, one.namespace, one.pods)) raise(service, 'distance', 0.2)
  for (const policy of all(snapshot, networkPolicies, one.namespace))
    if (selects(policy.data.spec.podSelector, one.labels)) raise(policy, 'distance', 0.2)
  for (const seen of snapshot.objects)
    if (seen.namespace === one.namespace && /^(ResourceQuota|LimitRange)$/.test(seen.kind))
      raise(refOf(seen), 'distance', 0.2)
  // What every pod of a revision has in common does not explain why some of them are well.
  const revisionOf = (pod: Seen) =>
    pod.object.metadata.labels?.['pod-template-hash'] ?? pod.object.metadata.labels?.['controller-revision-hash']
  const sick = new Set(one.pods.filter((pod) => !isReady(pod)).map(revisionOf))
  if (one.pods.some((pod) => isReady(pod) && sick.has(revisionOf(pod)))) raise(one, 'siblingsWell')
  for (const run of runsOf(snapshot, one)
    .filter((run) => isLong(snapshot, run))
    .slice(0, 2))
    raise(run, 'ownFault')
  const [newest, before] = one.revisions
  if (newest !== undefined && before !== undefined) {
    const young = Math.abs(Date.parse(onset) - Date.parse(newest.object.metadata.creationTimestamp ?? '')) < BEFORE_MS
    const hash = newest.object.metadata.labels?.['pod-template-hash']
    const oldWell = one.pods.some(
      (pod) => isReady(pod) && hash !== undefined && pod.object.metadata.labels?.['pod-template-hash'] !== hash,
    )
    raise(one, young || oldWell ? 'templateNew' : 'templateOld')
  } else if (one.revisions.length > 0) raise(one, 'templateOld')
}

/** A run that goes on for hours keeps those behind it waiting. */
const isLong = (snapshot: Snapshot, run: Subject['revisions'][number]): boolean =>
  run.data.status.conditions.every(({ type, status }) => !/^(Complete|Failed)$/.test(type) || status !== 'True') &&
  (age(snapshot, run.object.metadata.creationTimestamp) ?? 0) > BEFORE_MS

/** Another workload of the namespace that names the same object, and whose pods are all well. */
const othersAreWell = (snapshot: Snapshot, one: Subject, ref: Culprit): boolean =>
  wellIn(snapshot, one.namespace).some(
    ({ name, needs }) =>
      name !== one.name && needs.some(({ kind, name: own }) => kind === ref.kind && own === ref.name),
  )

type Well = { readonly name: string; readonly needs: readonly Culprit[] }
const wellKept = new WeakMap<Snapshot, Map<string, readonly Well[]>>()
/** What the workloads of a namespace need whose pods are all well: asked for each reference, found out once. */
function wellIn(snapshot: Snapshot, namespace: string): readonly Well[] {
  const known = wellKept.get(snapshot) ?? new Map<string, readonly Well[]>()
  wellKept.set(snapshot, known)
  const before = known.get(namespace)
  if (before !== undefined) return before
  const found = snapshot.objects
    .filter((seen) => seen.namespace === namespace && /^(Deployment|StatefulSet|DaemonSet)$/.test(seen.kind))
    .map((seen) => subjectOf(snapshot, refOf(seen)))
    .filter(({ pods: own }) => own.length > 0 && own.every(isReady))
    .map((other) => ({ name: other.name, needs: references(other) }))
  known.set(namespace, found)
  return found
}

/** Nodes of what fails: whether it fails only there, while the same and others run well elsewhere. */
function nodesOf(snapshot: Snapshot, ill: readonly Subject[], raise: Raise): void {
  const sick = ill.flatMap((one) => illPods(snapshot, one).filter((pod) => !isReady(pod)))
  const at = new Set(sick.flatMap(({ data }) => data.spec.nodeName ?? []))
  const siblings = ill.flatMap((one) => one.pods.filter(isReady))
  for (const name of [...at].slice(0, 5)) {
    const object = { kind: 'Node', namespace: '', name }
    raise(object, 'distance', 0.2)
    const elsewhere = siblings.some(({ data }) => data.spec.nodeName !== undefined && data.spec.nodeName !== name)
    const here = siblings.some(({ data }) => data.spec.nodeName === name)
    if (at.size === 1 && elsewhere && !here) {
      raise(object, 'onlyHere')
      // A set has one pod on each node: what is well on all others is not ill by its template.
      const others = new Set(siblings.flatMap(({ data }) => data.spec.nodeName ?? []))
      if (ill[0]?.kind === 'DaemonSet' && others.size > 1) raise(object, 'verified')
    }
    const others = all(snapshot, pods).filter((pod) => pod.data.spec.nodeName === name && isReady(pod)).length
    if (others > 2) raise(object, 'othersWell', Math.min(1, others / 10))
  }
  for (const node of all(snapshot, nodes)) {
    const bad = node.data.status.conditions.some(({ type, status }) =>
      type === 'Ready' ? status !== 'True' : status === 'True',
    )
    const taints = node.data.spec.taints.some(({ key }) =>
      /^node\.|uninitialized|unschedulable|not-ready/.test(key ?? ''),
    )
    if (bad || taints) raise(node, 'ownFault')
  }
}

function ownState(
  snapshot: Snapshot,
  object: Culprit,
  onset: string,
  features: Partial<Record<Feature, number>>,
): void {
  const seen = seek(snapshot, object)
  if (seen === undefined) {
    if (whether(snapshot, object.kind, object.namespace, object.name).is === 'absent') features.absent = 1
    return
  }
  if (object.kind !== 'Node' && badConditions(seen).length > 0) features.ownFault = 1
  if (changedShortlyBefore(seen, onset)) features.changed = 1
}

function changedShortlyBefore(seen: Seen, onset: string): boolean {
  const since = Date.parse(onset)
  return changesOf(seen.raw).some(({ at, by }) => {
    const before = since - Date.parse(at)
    return before > -60_000 && before < BEFORE_MS && !/controller-manager|kube-scheduler|kubelet/.test(by)
  })
}
