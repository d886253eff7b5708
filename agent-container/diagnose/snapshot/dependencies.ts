import { z } from 'zod'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { isAddress } from '../../../shared/cluster/messages/host-in.ts'
import { devicesRequested } from './devices.ts'
import { autoscalers, configMaps, disruptionBudgets, ingresses, pods, services } from './kinds.ts'
import { failuresInLogs, type LogFailure, unanswered } from './log-failures.ts'
import { namedAndBad } from './named-objects.ts'
import { agentPods, brokenGround } from './node-agents.ts'
import { provisioningOf } from './provisioner.ts'
import { selects } from './selectors.ts'
import { backing } from './services.ts'
import { ConfigMap, type Ingress, type Service } from './shapes-around.ts'
import { all, present, refOf, type Seen, type Snapshot } from './snapshot.ts'
import { type Subject, subjectOf, topOf } from './subject.ts'

/** Something a workload talks to, and what it says of it. */
export type Dependency = {
  readonly namespace: string
  readonly name: string
  readonly service: Seen<Service> | undefined
  readonly port: number | undefined
  /** What the log says of it; absent: only named in the configuration. */
  readonly failure?: LogFailure
  /** As it was written. */
  readonly host: string
}

/** `db`, `db.shop`, `db.shop.svc`, `db.shop.svc.cluster.local`: a service's name in its own and other namespaces. */
export function serviceName(
  host: string,
  own: string,
): { readonly name: string; readonly namespace: string } | undefined {
  const match = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?)?\.?$/i.exec(host)
  // `broker-0.broker-headless.lake.svc`: one pod, by the service that gives the pods of a set their names.
  const ofPod = /^[a-z0-9-]+-\d+\.([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?\.?$/i.exec(host)
  if (ofPod !== null) return { name: (ofPod[1] ?? '').toLowerCase(), namespace: (ofPod[2] ?? '').toLowerCase() }
  if (match === null || isAddress(host)) return undefined
  return { name: (match[1] ?? '').toLowerCase(), namespace: match[3]?.toLowerCase() ?? own }
}

/** What the subject names in its logs (failures first), environment, arguments and ConfigMaps. */
export function dependenciesOf(snapshot: Snapshot, subject: Subject): readonly Dependency[] {
  const found = new Map<string, Dependency>()
  const add = (one: Dependency) => {
    const key = `${one.namespace}/${one.name}`
    if (!found.has(key)) found.set(key, one)
  }
  for (const failure of failuresInLogs(snapshot, subject)) {
    const place = placeOf(snapshot, failure.host, subject.namespace)
    if (place !== undefined) add({ ...place, host: failure.host, port: failure.port, failure })
  }
  for (const { host, port } of hostsInConfig(snapshot, subject)) {
    const place = placeOf(snapshot, host, subject.namespace)
    // Configuration is full of words: one that is no known service, and does not look like one, is not followed.
    if (place?.service !== undefined || (place !== undefined && /\.svc(\.|$)/.test(host))) add({ ...place, host, port })
  }
  return [...found.values()]
}

function placeOf(
  snapshot: Snapshot,
  host: string,
  own: string,
): Pick<Dependency, 'name' | 'namespace' | 'service'> | undefined {
  if (isAddress(host)) {
    const service = all(snapshot, services).find((one) => one.data.spec.clusterIP === host)
    if (service !== undefined) return { name: service.name, namespace: service.namespace, service }
    const pod = all(snapshot, pods).find((one) => one.data.status.podIP === host)
    const behind =
      pod === undefined
        ? undefined
        : all(snapshot, services, pod.namespace).find((one) => backing(snapshot, one).pods.includes(pod))
    return behind === undefined ? undefined : { name: behind.name, namespace: behind.namespace, service: behind }
  }
  const place = serviceName(host, own)
  if (place === undefined) return undefined
  return { ...place, service: present(snapshot, services, place.namespace, place.name) }
}

const hostAndPort =
  /(?:^|[/@\s"'=,[(])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::(\d{2,5}))?(?=$|[/\s"',;?)\]])/gi

export function hostsInConfig(
  snapshot: Snapshot,
  subject: Subject,
): readonly { readonly host: string; readonly port: number | undefined }[] {
  const containers = [...(subject.rawSpec?.initContainers ?? []), ...(subject.rawSpec?.containers ?? [])]
  const texts = containers.flatMap((one) => [
    ...one.command,
    ...one.args,
    ...one.env.flatMap(({ value }) => value ?? []),
  ])
  const maps = [
    ...containers.flatMap((one) => one.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? [])),
    ...containers.flatMap((one) => one.env.flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef?.name ?? [])),
    ...(subject.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []),
  ]
  for (const name of new Set(maps)) {
    const map = present(snapshot, configMaps, subject.namespace, name)
    // A ConfigMap may hold a megabyte; addresses stand in short ones.
    if (map !== undefined)
      texts.push(...Object.values(ConfigMap.parse(map.raw).data).map((text) => text.slice(0, 20_000)))
  }
  const hosts = texts.flatMap((text) =>
    [...text.matchAll(hostAndPort)].map((match) => ({
      host: match[1] ?? '',
      port: match[2] === undefined ? undefined : Number(match[2]),
    })),
  )
  return hosts.filter(({ host }) => host !== subject.name && !/^\d+$/.test(host))
}

/** The workloads behind a service: the ones its selector chooses now, or the ones that bear its name. */
export function behind(snapshot: Snapshot, service: Seen<Service>): readonly Culprit[] {
  const tops = backing(snapshot, service).pods.map((pod) => topOf(snapshot, pod))
  return [...new Map(tops.map((top) => [`${top.kind}/${top.name}`, top])).values()]
}

/** What a subject without pods of its own stands on: a service on its pods, an ingress on its services, and so on. */
function leansOn(snapshot: Snapshot, subject: Subject): readonly Culprit[] {
  const { seen } = subject
  if (seen === undefined) return []
  if (seen.kind === 'Service') {
    const service = services.of(seen)
    return service === undefined ? [] : behind(snapshot, service)
  }
  if (seen.kind === 'Ingress')
    return backendsOf(ingresses.of(seen)).map(({ name }) => ({ kind: 'Service', namespace: seen.namespace, name }))
  if (seen.kind === 'HorizontalPodAutoscaler') {
    const { kind, name } = autoscalers.of(seen)?.data.spec.scaleTargetRef ?? {}
    const server = blind(seen) ? [{ kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server' }] : []
    return kind === undefined || name === undefined ? server : [{ kind, namespace: seen.namespace, name }, ...server]
  }
  if (seen.kind === 'PodDisruptionBudget') {
    const selector = disruptionBudgets.of(seen)?.data.spec.selector
    return selector === undefined
      ? []
      : all(snapshot, pods, seen.namespace)
          .filter((pod) => selects(selector, pod.object.metadata.labels ?? {}))
          .map((pod) => topOf(snapshot, pod))
  }
  if (seen.kind === 'PersistentVolumeClaim')
    return all(snapshot, pods, seen.namespace)
      .filter((pod) =>
        pod.data.spec.volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === seen.name),
      )
      .map((pod) => topOf(snapshot, pod))
  return servedBy(seen).flatMap(({ namespace, name }) => {
    const service = present(snapshot, services, namespace, name)
    return service === undefined ? [] : behind(snapshot, service)
  })
}

const Served = z.looseObject({ service: z.looseObject({ namespace: z.string(), name: z.string() }) })
/** The Services behind an API that another server serves, and behind admission webhooks. */
export function servedBy({ kind, raw }: Seen): readonly { readonly namespace: string; readonly name: string }[] {
  const holders: readonly unknown[] =
    kind === 'APIService'
      ? [raw.spec]
      : /WebhookConfiguration$/.test(kind) && Array.isArray(raw.webhooks)
        ? raw.webhooks.map(
            (one: unknown) => z.looseObject({ clientConfig: z.unknown() }).safeParse(one).data?.clientConfig,
          )
        : []
  return holders.flatMap((one) => Served.safeParse(one).data?.service ?? []).slice(0, 2)
}

/** An autoscaler that says it gets no figures. */
const blind = (seen: Seen): boolean =>
  autoscalers
    .of(seen)
    ?.data.status.conditions.some(({ status, message }) => status === 'False' && /metrics API/i.test(message ?? '')) ===
  true

export const backendsOf = (ingress: Seen<Ingress> | undefined) =>
  [
    ingress?.data.spec.defaultBackend,
    ...(ingress?.data.spec.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ].flatMap((backend) => backend?.service ?? [])

/** Who answers lookups in most clusters. */
export const dnsServers = (snapshot: Snapshot): readonly Seen[] =>
  snapshot.objects.filter(
    ({ kind, namespace, name }) =>
      kind === 'Deployment' && namespace === 'kube-system' && /coredns|kube-dns/.test(name) && !/autoscaler/.test(name),
  )

/** The subject, then what it leans on, each once; four steps deep, as far as a cascade is told apart by its logs. */
export function reach(snapshot: Snapshot, first: Subject): readonly Subject[] {
  const seen = new Map<string, Subject>([[`${first.kind} ${first.namespace}/${first.name}`, first]])
  let edge: readonly Subject[] = [first]
  for (let depth = 0; depth < 4 && edge.length > 0; depth++) {
    const next: Subject[] = []
    for (const subject of edge)
      for (const ref of nextOf(snapshot, subject)) {
        const key = `${ref.kind} ${ref.namespace}/${ref.name}`
        if (seen.has(key) || seen.size > 25) continue
        const found = subjectOf(snapshot, ref)
        seen.set(key, found)
        next.push(found)
      }
    edge = next
  }
  return [...seen.values()]
}

const nextOf = (snapshot: Snapshot, subject: Subject): readonly Culprit[] => [
  ...leansOn(snapshot, subject),
  ...(failuresInLogs(snapshot, subject).some(unanswered) ? dnsServers(snapshot) : []),
  ...brokenGround(snapshot, subject).flatMap((node) => agentPods(snapshot, node).map((pod) => topOf(snapshot, pod))),
  ...(subject.seen === undefined ? [] : namedAndBad(snapshot, subject.seen).map(refOf)),
  ...provisioningOf(snapshot, subject).flatMap((one) => one.pods.slice(0, 2).map((pod) => topOf(snapshot, pod))),
  ...devicesRequested(snapshot, subject).agents.slice(0, 2).map(refOf),
  ...dependenciesOf(snapshot, subject)
    .slice(0, 12)
    .flatMap(({ service }) => (service === undefined ? [] : behind(snapshot, service))),
]
