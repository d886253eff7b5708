import { z } from 'zod'
import { referencesOf } from '../../cluster/graph/references.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import { allKinds } from './all-objects.ts'
import { type Backend, type Behind, follow } from './backends.ts'
import { eventFields } from './event-fields.ts'
import { whatThereIs } from './get-object.ts'
import type { FoundKind } from './which-kind.ts'
import type { Broken, WorkloadView } from './workload-view.ts'

/** Named by one object: more is a list of its own. */
const MAX_RELATED = 20
const MAX_BACKENDS = 10

const kinds = (apiVersion: string, names: string): readonly Kind[] =>
  names.split(' ').map((kind) => ({ apiVersion, kind }))
const serving: readonly Kind[] = [
  ...kinds('v1', 'Service Pod Event'),
  ...kinds('discovery.k8s.io/v1', 'EndpointSlice'),
  ...kinds('networking.k8s.io/v1', 'NetworkPolicy'),
  ...kinds('apps/v1', 'Deployment StatefulSet DaemonSet'),
]
const classes = kinds('networking.k8s.io/v1', 'IngressClass')
const storing = kinds('v1', 'Pod Event')

/** The same picture for what is no workload: what lies between it and the pods that serve it, or that it serves. */
export async function relatedView(
  api: ClusterApi,
  { kind, namespaced }: FoundKind,
  name: string,
  space: string,
  { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>,
): Promise<WorkloadView> {
  const namespace = namespaced === false ? undefined : space
  const object = await api.get(kind, name, namespace, signal)
  if (object === undefined)
    throw new GiveUp(
      `There is no ${kind.kind} "${name}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}. ${whatThereIs(kind)}`,
    )
  const isNode = kind.kind === 'Node' && kind.apiVersion === 'v1'
  const traffic = trafficKinds.has(kind.kind)
  const where = isNode ? { fieldSelector: `spec.nodeName=${name}` } : { namespace }
  const requested = isNode ? kinds('v1', 'Pod') : traffic ? serving : storing
  const [around, wide, own, related] = await Promise.all([
    allKinds(api, requested, where, signal),
    kind.kind === 'Ingress' ? allKinds(api, classes, {}, signal) : nothing,
    isNode
      ? allKinds(
          api,
          kinds('v1', 'Event'),
          { fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}` },
          signal,
        )
      : nothing,
    named(api, object, signal),
  ])
  const of = (which: string) => around.objects.filter((one) => one.kind === which)
  const behind: Behind = {
    services: of('Service'),
    pods: of('Pod'),
    slices: of('EndpointSlice'),
    policies: of('NetworkPolicy'),
    workloads: [...of('Deployment'), ...of('StatefulSet'), ...of('DaemonSet')],
    complete: around.complete,
  }
  const from = `${kind.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  const steps = traffic
    ? backendsOf(object).map((backend) => follow(backend, kind.kind === 'Service' ? '' : from, space, behind))
    : []
  const pods = isNode ? behind.pods : traffic ? steps.flatMap((step) => step.pods) : usersOf(object, behind.pods)
  const mine = new Set([object, ...pods, ...related.objects].map((one) => `${one.kind}/${one.metadata.name}`))
  const events = [...around.objects, ...own.objects].filter(
    (one) => one.kind === 'Event' && mine.has(eventFields(one).object),
  )
  const clean = (objects: readonly KubeObject[]) => objects.map(redact.object)
  return {
    workload: redact.object(object),
    owners: [],
    pods: clean([...new Set(pods)]),
    revisions: [],
    events: clean(events),
    nodes: [],
    related: clean([
      ...(traffic ? behind.services.filter(({ metadata }) => isNamed(metadata.name, object)) : []),
      ...behind.workloads,
      ...wide.objects,
      ...related.objects,
    ]),
    // Absence counts where the whole namespace was seen.
    complete: isNode ? [] : [...around.complete, ...wide.complete],
    chain: [...steps.map(({ chain }) => chain.replace(/^ → /, '')), ...related.chain],
    broken: [...steps.flatMap((step) => step.broken), ...related.broken],
    notVisible: [...around.notSeen, ...wide.notSeen, ...own.notSeen, ...related.notSeen],
  }
}

const trafficKinds: ReadonlySet<string> = new Set([
  'Service',
  'Ingress',
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
])
const nothing = { objects: [], complete: [], notSeen: [] }

const backend = z.looseObject({
  service: z.looseObject({
    name: z.string(),
    port: z.looseObject({ number: z.number().optional(), name: z.string().optional() }).optional(),
  }),
})
const Ingress = z.looseObject({
  spec: z.looseObject({
    defaultBackend: backend.optional().catch(undefined),
    rules: z
      .array(
        z.looseObject({
          host: z.string().optional(),
          http: z
            .looseObject({ paths: z.array(z.looseObject({ path: z.string().optional(), backend: z.unknown() })) })
            .optional(),
        }),
      )
      .catch([]),
  }),
})
const Route = z.looseObject({
  spec: z.looseObject({
    rules: z
      .array(
        z.looseObject({
          backendRefs: z
            .array(z.looseObject({ name: z.string(), kind: z.string().optional(), port: z.number().optional() }))
            .catch([]),
        }),
      )
      .catch([]),
  }),
})

/** The Services that an object sends its callers to; a Service leads to itself. */
function backendsOf(object: KubeObject): readonly Backend[] {
  if (object.kind === 'Service') return [{ service: object.metadata.name, port: undefined, path: '' }]
  const found: Backend[] = []
  if (object.kind === 'Ingress') {
    const { rules, defaultBackend } = Ingress.parse(object).spec
    const add = (given: unknown, path: string) => {
      const one = backend.safeParse(given).data?.service
      if (one !== undefined) found.push({ service: one.name, port: one.port?.number ?? one.port?.name, path })
    }
    for (const { host = '*', http } of rules)
      for (const { path = '/', backend: given } of http?.paths ?? []) add(given, `rule ${host}${path}`)
    if (defaultBackend !== undefined) add(defaultBackend, 'spec.defaultBackend')
  } else {
    for (const [at, { backendRefs }] of (Route.safeParse(object).data?.spec.rules ?? []).entries())
      for (const one of backendRefs)
        if ((one.kind ?? 'Service') === 'Service')
          found.push({ service: one.name, port: one.port, path: `spec.rules[${at}].backendRefs` })
  }
  const once = new Map(found.map((one) => [`${one.service}:${one.port}`, one]))
  return [...once.values()].slice(0, MAX_BACKENDS)
}
const isNamed = (service: string, object: KubeObject) => backendsOf(object).some((one) => one.service === service)

/** Pods that mount a claim. */
function usersOf({ kind, metadata }: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter((pod) =>
    referencesOf(pod).some(({ to }) => to.kind === kind && to.name === metadata.name && to.kind !== 'Secret'),
  )
}

/** What an object names in its spec, beside Services and Secrets, each looked at by itself. */
async function named(api: ClusterApi, object: KubeObject, signal: AbortSignal) {
  const chain: string[] = []
  const broken: Broken[] = []
  const notSeen: string[] = []
  const objects: KubeObject[] = []
  const from = `${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`
  const references = referencesOf(object)
    .filter(({ to }) => to.kind !== 'Service' && to.kind !== 'IngressClass')
    .slice(0, MAX_RELATED)
  await Promise.all(
    references.map(async ({ to, apiVersion, path, optional }) => {
      const name = `${to.kind} ${to.namespace ? `${to.namespace}/` : ''}${to.name}`
      if (to.kind === 'Secret') {
        chain.push(`${from} → ${name} (Secrets are not read)`)
        return
      }
      if (apiVersion === undefined) return
      const missing = (why: string) => {
        chain.push(`${from} → ${name} (${why})`)
        if (optional) return
        const evidence = `${from} names it at ${path}; ${why === 'does not exist' ? 'it does not exist' : why}`
        broken.push({ severity: 'critical', what: `${to.kind}Missing`, object: name, evidence })
      }
      try {
        const found = await api.get({ apiVersion, kind: to.kind }, to.name, to.namespace || undefined, signal)
        if (found !== undefined) objects.push(found)
        if (found === undefined) missing('does not exist')
        else chain.push(`${from} → ${name}`)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof ClusterApiError && error.reason === 'NoSuchKind') {
          missing('the cluster serves no such kind')
          return
        }
        notSeen.push(`${name}: ${errorText(error).slice(0, 160)}`)
      }
    }),
  )
  return { chain, broken, notSeen, objects }
}
