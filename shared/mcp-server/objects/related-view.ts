import { referencesOf } from '../../cluster/graph/references.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import { allKinds } from './all-objects.ts'
import { backendsOf } from './backend-references.ts'
import { type Behind, follow } from './backends.ts'
import { eventFields } from './event-fields.ts'
import { whatThereIs } from './get-object.ts'
import type { FoundKind } from './which-kind.ts'
import type { Broken, WorkloadView } from './workload-view.ts'

/** Named by one object: more is a list of its own. */
const MAX_RELATED = 20
const MAX_BACKENDS = 50
/** A route may lead into other namespaces, and each is read whole. */
const MAX_NAMESPACES = 5

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
  const traffic = isTraffic(kind)
  const from = `${kind.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  const backends = traffic ? backendsOf(object, space) : []
  const spaces = [...new Set(backends.map((backend) => backend.namespace))].slice(0, MAX_NAMESPACES)
  const followed = backends.filter((backend) => spaces.includes(backend.namespace)).slice(0, MAX_BACKENDS)
  const where = isNode ? { fieldSelector: `spec.nodeName=${name}` } : { namespace }
  const ofNode = { fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}` }
  const [own, places, wide, related] = await Promise.all([
    traffic ? nothing : allKinds(api, isNode ? kinds('v1', 'Pod') : storing, where, signal),
    Promise.all(
      spaces.map(async (of) => ({ space: of, read: await allKinds(api, serving, { namespace: of }, signal) })),
    ),
    isIngress(kind)
      ? allKinds(api, classes, {}, signal)
      : isNode
        ? allKinds(api, kinds('v1', 'Event'), ofNode, signal)
        : nothing,
    named(api, object, { signal, redact }),
  ])
  const behind = new Map(places.map(({ space: of, read }) => [of, behindOf(read)]))
  const steps = followed.flatMap((backend) => {
    const there = behind.get(backend.namespace)
    return there === undefined ? [] : [follow(backend, kind.kind === 'Service' ? '' : from, there)]
  })
  const around = [own, ...places.map(({ read }) => read), wide]
  const seen = around.flatMap((one) => one.objects)
  const podsThere = seen.filter((one) => one.kind === 'Pod')
  const pods = isNode ? podsThere : traffic ? steps.flatMap((step) => step.pods) : usersOf(object, podsThere)
  const mine = new Set([object, ...pods, ...related.objects].map((one) => `${one.kind}/${one.metadata.name}`))
  const events = seen.filter((one) => one.kind === 'Event' && mine.has(eventFields(one).object))
  const clean = (objects: readonly KubeObject[]) => objects.map(redact.object)
  const beyond = backends.length - followed.length
  return {
    workload: redact.object(object),
    owners: [],
    pods: clean([...new Set(pods)]),
    revisions: [],
    events: clean(events),
    nodes: [],
    // What lies behind it, and not its neighbours in the namespace.
    related: clean(
      [...new Set([...steps.flatMap((step) => step.behind), ...wide.objects, ...related.objects])].filter(
        (one) => one.kind !== kind.kind || one.metadata.name !== name,
      ),
    ),
    // Absence counts where the whole namespace was seen; of a node only its pods were asked for.
    complete: isNode
      ? []
      : [...own.complete, ...wide.complete, ...(beyond > 0 ? [] : (behind.get(space)?.complete ?? []))],
    chain: [...steps.map(({ chain }) => chain.replace(/^ → /, '')), ...related.chain],
    broken: [...steps.flatMap((step) => step.broken), ...related.broken],
    notVisible: [
      ...around.flatMap((one) => one.notSeen),
      ...related.notSeen,
      ...(beyond > 0 ? [`${beyond} more of the ${backends.length} Services that it names`] : []),
    ],
  }
}

const behindOf = ({
  objects,
  complete,
}: Pick<Awaited<ReturnType<typeof allKinds>>, 'objects' | 'complete'>): Behind => {
  const of = (which: string) => objects.filter((one) => one.kind === which)
  return {
    services: of('Service'),
    pods: of('Pod'),
    slices: of('EndpointSlice'),
    policies: of('NetworkPolicy'),
    workloads: [...of('Deployment'), ...of('StatefulSet'), ...of('DaemonSet')],
    complete,
  }
}

const isIngress = ({ apiVersion, kind }: Kind) => kind === 'Ingress' && apiVersion.startsWith('networking.k8s.io/')
const isTraffic = (one: Kind): boolean =>
  isIngress(one) ||
  (one.kind === 'Service' && one.apiVersion === 'v1') ||
  (/^(HTTP|GRPC|TCP|TLS|UDP)Route$/.test(one.kind) && one.apiVersion.startsWith('gateway.networking.k8s.io/'))
const nothing = { objects: [], complete: [], notSeen: [] }

/** Pods that mount a claim. */
function usersOf({ kind, metadata }: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter((pod) =>
    referencesOf(pod).some(({ to }) => to.kind === kind && to.name === metadata.name && to.kind !== 'Secret'),
  )
}

/** What an object names in its spec, beside Services and Secrets, each looked at by itself. */
async function named(api: ClusterApi, object: KubeObject, { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>) {
  const chain: string[] = []
  const broken: Broken[] = []
  const notSeen: string[] = []
  const objects: KubeObject[] = []
  const from = `${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`
  const all = referencesOf(object).filter(({ to }) => to.kind !== 'Service' && to.kind !== 'IngressClass')
  const references = all.slice(0, MAX_RELATED)
  if (all.length > MAX_RELATED)
    notSeen.push(`${all.length - MAX_RELATED} more of the ${all.length} objects that it names`)
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
        notSeen.push(`${name}: ${redact.text(errorText(error)).slice(0, 160)}`)
      }
    }),
  )
  return { chain, broken, notSeen, objects }
}
