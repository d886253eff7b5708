import { deadApis } from '../snapshot/aggregated.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { dependenciesOf, servedBy, serviceName } from '../snapshot/dependencies.ts'
import { ingresses } from '../snapshot/kinds.ts'
import { failuresInLogs } from '../snapshot/log-failures.ts'
import { writersOf, writesKind } from '../snapshot/makers.ts'
import { namedObjects } from '../snapshot/named-objects.ts'
import { agentPods, brokenGround } from '../snapshot/node-agents.ts'
import { producerKinds, sourceOf } from '../snapshot/producers.ts'
import { references } from '../snapshot/references.ts'
import { present, type Snapshot, seek, whether } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'
import { unknownEdges } from './edge-queries.ts'
import { logQueries } from './log-queries.ts'
import { pointing } from './pointing-queries.ts'
import { grants, mutators, provisioners } from './provisioner-queries.ts'
import { deviceAgents, nodeFillers, placeTakers } from './queries-of-nodes.ts'
import { k, type Queries, type Query } from './query.ts'
import { spokenOf } from './spoken-queries.ts'

/** Owners above what was read, of whatever kind they are. */
const owners: Queries = (snapshot, subjects) =>
  subjects.flatMap((subject) =>
    [
      ...(subject.seen === undefined ? [] : [subject.seen]),
      ...subject.pods.slice(0, 3),
      ...subject.revisions.slice(0, 1),
    ].flatMap((one) =>
      (one.object.metadata.ownerReferences ?? []).flatMap((owner): readonly Query[] => {
        const ref = { kind: owner.kind, namespace: one.namespace, name: owner.name }
        if (owner.kind === 'Node' || whether(snapshot, ref.kind, ref.namespace, ref.name).is !== 'unknown') return []
        return [{ tool: 'get', kind: k(owner.apiVersion, owner.kind), name: owner.name, namespace: one.namespace }]
      }),
    ),
  )

/** What the template names and the namespace does not seem to have: looked for once more, by its name. */
const missing: Queries = (snapshot, subjects) =>
  subjects.flatMap((subject) =>
    references(subject)
      .filter((ref) => ref.kind !== 'Secret' && !ref.optional)
      .flatMap((ref): readonly Query[] => {
        const known = whether(snapshot, ref.kind, ref.namespace, ref.name)
        if (known.is === 'there' || known.source?.name === ref.name) return []
        return [
          {
            tool: 'list',
            kind: ref.api,
            name: ref.name,
            ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
          },
        ]
      }),
  )

const storage: Queries = (snapshot, subjects) => {
  const unbound = subjects.some(
    (subject) =>
      subject.kind === 'PersistentVolumeClaim' ||
      (symptomsOf(snapshot, subject).some(({ kind }) => kind === 'creating' || kind === 'unschedulable') &&
        // A StatefulSet's template names no claim; its pods do.
        [...(subject.spec?.volumes ?? []), ...(subject.pods[0]?.data.spec.volumes ?? [])].some(
          ({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined,
        )),
  )
  return unbound
    ? [
        { tool: 'list', kind: k('storage.k8s.io/v1', 'StorageClass') },
        { tool: 'list', kind: k('v1', 'PersistentVolume') },
        { tool: 'list', kind: k('storage.k8s.io/v1', 'VolumeAttachment') },
      ]
    : []
}

const nodeTrouble: Queries = (snapshot, subjects) => {
  const names = new Set(
    subjects.flatMap((subject) =>
      symptomsOf(snapshot, subject)
        .filter(({ kind }) => kind === 'node' || kind === 'evicted' || kind === 'rejected' || kind === 'creating')
        .flatMap(({ pods }) => pods.flatMap((pod) => pod.data.spec.nodeName ?? [])),
    ),
  )
  return [...names].slice(0, 2).map((name) => ({
    tool: 'list',
    kind: k('v1', 'Event'),
    namespace: 'default',
    fieldSelector: `involvedObject.name=${name}`,
  }))
}

/** Who should write a Secret that is waited for, or that a door shows; and where it takes it from. */
const secretProducers: Queries = (snapshot, subjects) =>
  subjects.slice(0, 3).flatMap((subject): readonly Query[] => {
    const names = secretsAwaited(snapshot, subject)
    if (names.length === 0) return []
    const found = names.flatMap((name) => writersOf(snapshot, { kind: 'Secret', namespace: subject.namespace, name }))
    return [
      ...[...producerKinds, ...writingSecrets(snapshot)].map(
        (kind): Query => ({ tool: 'list', kind, namespace: subject.namespace }),
      ),
      ...found.slice(0, 4).flatMap((seen): readonly Query[] => {
        const from = sourceOf(seen, subject.namespace)
        return from === undefined
          ? []
          : [
              {
                tool: 'get',
                kind: k(from.apiVersion, from.ref.kind),
                name: from.ref.name,
                namespace: from.ref.namespace,
              },
              // A name that stands as the other kind is the commonest slip.
              {
                tool: 'get',
                kind: k(
                  from.apiVersion,
                  from.ref.kind.startsWith('Cluster') ? from.ref.kind.slice(7) : `Cluster${from.ref.kind}`,
                ),
                name: from.ref.name,
                namespace: from.ref.kind.startsWith('Cluster') ? subject.namespace : '',
              },
            ]
      }),
    ]
  })

/** A cluster has one or two ways to get Secrets. */
const MOST_WRITING = 4
const writingSecrets = ({ kinds }: Snapshot) =>
  kinds
    .filter(
      ({ apiVersion, kind, namespaced, verbs }) =>
        namespaced &&
        verbs.includes('list') &&
        writesKind(apiVersion, kind, 'Secret') &&
        !/Request|Push|Generator/.test(kind),
    )
    .filter((one) => !producerKinds.some(({ kind }) => kind === one.kind))
    .slice(0, MOST_WRITING)
    .map(({ apiVersion, kind }) => k(apiVersion, kind))

function secretsAwaited(snapshot: Snapshot, subject: Subject): readonly string[] {
  if (subject.kind === 'Ingress')
    return (present(snapshot, ingresses, subject.namespace, subject.name)?.data.spec.tls ?? []).flatMap(
      ({ secretName }) => secretName ?? [],
    )
  const expired = failuresInLogs(snapshot, subject).some(({ kind }) => kind === 'tls')
  const waits = symptomsOf(snapshot, subject).filter(({ kind }) => kind === 'config' || kind === 'creating')
  return references(subject)
    .filter(({ kind, name }) => kind === 'Secret' && (expired || mentioned(name)))
    .map(({ name }) => name)
  function mentioned(name: string): boolean {
    return waits.some(({ evidence }) => evidence.some(({ quote }) => quote.includes(name)))
  }
}

/** An API that another server should serve, named by a namespace that cannot go. */
const aggregated: Queries = (_snapshot, subjects) =>
  subjects.slice(0, 1).flatMap((subject): readonly Query[] =>
    subject.kind === 'Namespace' && subject.seen !== undefined
      ? deadApis(subject.seen).map((name) => ({
          tool: 'get',
          kind: k('apiregistration.k8s.io/v1', 'APIService'),
          name,
          namespace: '',
        }))
      : [],
  )

/** Network and disk agents of the node where pods cannot be set up. */
const agents: Queries = (snapshot, subjects) =>
  [...new Set(subjects.slice(0, 1).flatMap((subject) => brokenGround(snapshot, subject)))]
    .slice(0, 2)
    .flatMap((name): readonly Query[] => [
      { tool: 'list', kind: k('v1', 'Pod'), fieldSelector: `spec.nodeName=${name}` },
      ...agentPods(snapshot, name).flatMap(({ namespace }): readonly Query[] => [
        { tool: 'list', kind: k('apps/v1', 'DaemonSet'), namespace },
        { tool: 'list', kind: k('v1', 'Event'), namespace },
      ]),
    ])

/** Set-like workloads keep their earlier templates as ControllerRevisions. */
const revisions: Queries = (snapshot, subjects) =>
  subjects
    .slice(0, 1)
    .filter(({ kind }) => kind === 'StatefulSet' || kind === 'DaemonSet')
    .filter((subject) => symptomsOf(snapshot, subject).length > 0)
    .map(({ namespace }) => ({ tool: 'list', kind: k('apps/v1', 'ControllerRevision'), namespace }))

const names: Queries = (snapshot, subjects) => {
  const lookups = subjects.some((subject) => failuresInLogs(snapshot, subject).some(({ kind }) => kind === 'no-host'))
  return lookups
    ? [
        { tool: 'list', kind: k('v1', 'Pod'), namespace: 'kube-system' },
        { tool: 'list', kind: k('v1', 'ConfigMap'), namespace: 'kube-system' },
        { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace: 'kube-system' },
        { tool: 'list', kind: k('v1', 'Service'), namespace: 'kube-system' },
        { tool: 'list', kind: k('v1', 'Event'), namespace: 'kube-system' },
      ]
    : []
}

/** A name that cannot be resolved, and that no list shows: looked for once more, so that its absence is on record. */
const unresolved: Queries = (snapshot, subjects) =>
  subjects.slice(0, 3).flatMap((subject) =>
    failuresInLogs(snapshot, subject)
      .filter(({ kind }) => kind === 'no-host')
      .slice(0, 2)
      .flatMap(({ host }): readonly Query[] => {
        const place = serviceName(host, subject.namespace)
        const known = place === undefined ? undefined : whether(snapshot, 'Service', place.namespace, place.name)
        if (place === undefined || known?.is !== 'absent' || known.source?.name === place.name) return []
        return [{ tool: 'list', kind: k('v1', 'Service'), namespace: place.namespace, name: place.name }]
      }),
  )

/** A service of another namespace: it, what it chooses, and what happened there. Two such places are followed. */
const elsewhere: Queries = (snapshot, subjects) => {
  const own = new Set(subjects.slice(0, 1).map(({ namespace }) => namespace))
  const places = new Map<string, Query[]>()
  for (const subject of subjects)
    for (const one of dependenciesOf(snapshot, subject)) {
      if (own.has(one.namespace) || (places.size >= 2 && !places.has(one.namespace))) continue
      if (one.failure === undefined && !/\.svc(\.|$)/.test(one.host)) continue
      places.set(one.namespace, [
        ...['Service'].map((kind): Query => ({ tool: 'list', kind: k('v1', kind), namespace: one.namespace })),
        { tool: 'list', kind: k('v1', 'Pod'), namespace: one.namespace },
        { tool: 'list', kind: k('v1', 'Event'), namespace: one.namespace },
        { tool: 'list', kind: k('discovery.k8s.io/v1', 'EndpointSlice'), namespace: one.namespace },
        { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace: one.namespace },
        { tool: 'list', kind: k('apps/v1', 'ReplicaSet'), namespace: one.namespace },
        { tool: 'list', kind: k('apps/v1', 'StatefulSet'), namespace: one.namespace },
        { tool: 'list', kind: k('networking.k8s.io/v1', 'NetworkPolicy'), namespace: one.namespace },
      ])
    }
  return [...places.values()].flat()
}

const webhook = /(?:calling|admission) webhook "([^"]+)"/
const admission: Queries = (snapshot, subjects) => {
  const texts = snapshot.events.filter(({ message }) => webhook.test(message))
  if (texts.length === 0) return []
  const service = texts
    .flatMap(({ message }) => [...message.matchAll(/https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc/g)])
    .at(-1)
  const namespace = service?.[2]
  const known = subjects[0]?.namespace
  return [
    { tool: 'list', kind: k('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration') },
    { tool: 'list', kind: k('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration') },
    ...(namespace === undefined || namespace === known
      ? []
      : ([
          { tool: 'list', kind: k('v1', 'Service'), namespace },
          { tool: 'list', kind: k('v1', 'Pod'), namespace },
          { tool: 'list', kind: k('discovery.k8s.io/v1', 'EndpointSlice'), namespace },
          { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace },
          { tool: 'list', kind: k('apps/v1', 'ReplicaSet'), namespace },
          { tool: 'list', kind: k('v1', 'Event'), namespace },
        ] as const)),
  ]
}

const metrics: Queries = (snapshot, subjects) => {
  const first = subjects[0]
  const about =
    first?.kind === 'HorizontalPodAutoscaler' ||
    snapshot.events.some(({ reason }) => reason === 'FailedGetResourceMetric')
  if (first === undefined || !about) return []
  return [
    { tool: 'get', kind: k('apiregistration.k8s.io/v1', 'APIService'), name: 'v1beta1.metrics.k8s.io', namespace: '' },
    { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace: 'kube-system' },
    { tool: 'list', kind: k('v1', 'Pod'), namespace: 'kube-system' },
  ]
}

const ingressClasses: Queries = (_snapshot, subjects) =>
  subjects.some(({ kind }) => kind === 'Ingress' || kind === 'Service')
    ? [{ tool: 'list', kind: k('networking.k8s.io/v1', 'IngressClass') }]
    : []

/** What stands behind an API that another server serves, or behind a webhook. */
const servers: Queries = (_snapshot, subjects) =>
  subjects
    .slice(0, 1)
    .flatMap(({ seen }) => (seen === undefined ? [] : servedBy(seen)))
    .slice(0, 1)
    .flatMap(({ namespace }) =>
      [
        k('v1', 'Service'),
        k('v1', 'Pod'),
        k('v1', 'Event'),
        k('discovery.k8s.io/v1', 'EndpointSlice'),
        k('apps/v1', 'Deployment'),
        k('apps/v1', 'ReplicaSet'),
      ].map((kind): Query => ({ tool: 'list', kind, namespace })),
    )

/** Peers outside: a policy that lets only some namespaces in is understood with their labels. */
const policyNamespaces: Queries = (snapshot, subjects) => {
  const requested = new Set<string>()
  for (const subject of subjects)
    for (const one of dependenciesOf(snapshot, subject))
      if (one.failure?.kind === 'timeout') requested.add(one.namespace)
  return [...requested]
    .filter((name) => seek(snapshot, { kind: 'Namespace', namespace: '', name }) === undefined)
    .slice(0, 2)
    .map((name) => ({ tool: 'get', kind: k('v1', 'Namespace'), name, namespace: '' }))
}

/** What a custom resource that is not ready leans on, and what that leans on in turn. */
const named: Queries = (_snapshot, subjects) =>
  subjects
    .flatMap(({ seen }) => (seen === undefined || badConditions(seen).length === 0 ? [] : namedObjects(seen)))
    .slice(0, 6)
    .map(({ apiVersion, kind, name, namespace }) => ({ tool: 'get', kind: k(apiVersion, kind), name, namespace }))

/** Most telling first: when the budget ends, it ends with the rare ones. */
export const queries: readonly Queries[] = [
  logQueries,
  owners,
  missing,
  storage,
  nodeTrouble,
  placeTakers,
  nodeFillers,
  deviceAgents,
  revisions,
  names,
  unresolved,
  elsewhere,
  admission,
  named,
  secretProducers,
  agents,
  aggregated,
  servers,
  metrics,
  ingressClasses,
  grants,
  mutators,
  provisioners,
  policyNamespaces,
  spokenOf,
  unknownEdges,
  pointing,
]
export const queriesOf = (snapshot: Snapshot, subjects: readonly Subject[]): readonly Query[] =>
  queries.flatMap((one) => one(snapshot, subjects))
