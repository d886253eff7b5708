import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi, Kind } from '../../kubernetes/cluster-api.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import { whatThereIs } from './get-object.ts'
import { LabelSelector, selectorText } from './label-selector.ts'

/** Enough to see what a workload does; one with more is told by these. */
const MAX_PODS = 200
const MAX_EVENTS = 500
const MAX_REVISIONS = 50
const MAX_NODES = 3

const Selector = z.looseObject({ spec: z.looseObject({ selector: LabelSelector }) })
const OnNode = z.looseObject({ spec: z.looseObject({ nodeName: z.string().optional() }).optional() })
const About = z.looseObject({
  involvedObject: z.looseObject({ kind: z.string().catch(''), name: z.string().catch(''), uid: z.string().catch('') }),
})

/** All that is looked at for one diagnosis, and what could not be. */
export type WorkloadView = {
  readonly workload: KubeObject
  readonly owners: readonly KubeObject[]
  readonly pods: readonly KubeObject[]
  readonly revisions: readonly KubeObject[]
  readonly events: readonly KubeObject[]
  readonly nodes: readonly KubeObject[]
  readonly notVisible: readonly string[]
  /** What else it needs or is needed by, for kinds that are no workloads. */
  readonly related?: readonly KubeObject[]
  /** Kinds of which all of the namespace were seen. */
  readonly complete?: readonly string[]
  /** From it to what serves, one step a line. */
  readonly chain?: readonly string[]
  /** What is wrong between two objects. */
  readonly broken?: readonly Broken[]
}
export type Broken = {
  readonly severity: 'critical' | 'warning' | 'info'
  readonly what: string
  readonly object: string
  readonly evidence: string
  /** The fault that says the same of it, as `faultKey` writes it: one defect is told once. */
  readonly covers?: string
}
/** A fault by its type, the field it is read from, and its object as it is written here. */
export const faultKey = (faultType: string, field: string, object: string): string => `${faultType} ${field} ${object}`

export async function workloadView(
  api: ClusterApi,
  kind: Kind,
  name: string,
  namespace: string,
  { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>,
): Promise<WorkloadView> {
  const workload = await api.get(kind, name, namespace, signal)
  if (workload === undefined)
    throw new GiveUp(`There is no ${kind.kind} "${name}" in namespace "${namespace}". ${whatThereIs(kind)}`)
  const notVisible: string[] = []
  /** What is refused hides something, and is no reason to tell nothing. */
  async function part<T>(what: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      notVisible.push(`${what}: ${redact.text(errorText(error)).slice(0, 200)}`)
      return otherwise
    }
  }
  async function list(of: Kind, limit: number, more: { labelSelector?: string } = {}): Promise<readonly KubeObject[]> {
    const page = await api.list(of, { namespace, limit, ...more }, signal)
    if (page.continueToken !== undefined) notVisible.push(`${of.kind}s beyond the first ${limit}`)
    return page.items
  }
  const selector = selectorOf(workload)
  const [pods, revisions, allEvents, owners] = await Promise.all([
    part('pods', async () => podsOf(workload, selector, list), []),
    kind.kind === 'Deployment' && selector !== undefined
      ? part(
          'rollouts',
          () => list({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }, MAX_REVISIONS, { labelSelector: selector }),
          [],
        )
      : [],
    part('events', () => list({ apiVersion: 'v1', kind: 'Event' }, MAX_EVENTS), []),
    part('owners', () => ownersOf(api, workload, namespace, signal), []),
  ])
  const mine = revisions.filter(({ metadata }) => isOwned(metadata, workload))
  const family = [workload, ...owners, ...mine, ...pods]
  const names = [...new Set(pods.flatMap((pod) => OnNode.safeParse(pod).data?.spec?.nodeName ?? []))].slice(
    0,
    MAX_NODES,
  )
  const nodes = await Promise.all(
    names.map((node) =>
      part(`node ${node}`, () => api.get({ apiVersion: 'v1', kind: 'Node' }, node, undefined, signal), undefined),
    ),
  )
  // Redacted before anything is cut: half a secret is not known for one.
  const clean = (objects: readonly KubeObject[]) => objects.map(redact.object)
  return {
    workload: redact.object(workload),
    owners: clean(owners),
    pods: clean(pods),
    revisions: clean(mine),
    events: clean(allEvents.filter((event) => isAbout(event, family))),
    nodes: clean(nodes.filter((node) => node !== undefined)),
    notVisible,
  }
}

async function podsOf(
  workload: KubeObject,
  selector: string | undefined,
  list: (of: Kind, limit: number, more?: { labelSelector?: string }) => Promise<readonly KubeObject[]>,
): Promise<readonly KubeObject[]> {
  if (workload.kind === 'Pod') return [workload]
  const kind = { apiVersion: 'v1', kind: 'Pod' }
  if (selector !== undefined) return list(kind, MAX_PODS, { labelSelector: selector })
  // A CronJob has no selector; its pods are its jobs' pods, by name.
  const all = await list(kind, MAX_PODS)
  return all.filter(({ metadata }) =>
    metadata.ownerReferences?.some((one) => one.name.startsWith(workload.metadata.name)),
  )
}

function selectorOf(workload: KubeObject): string | undefined {
  const parsed = Selector.safeParse(workload)
  return parsed.success ? selectorText(parsed.data.spec.selector) || undefined : undefined
}

/** Upwards, as far as there is a controller that can be seen. */
async function ownersOf(api: ClusterApi, of: KubeObject, namespace: string, signal: AbortSignal) {
  const owners: KubeObject[] = []
  for (let at: KubeObject | undefined = of; at !== undefined && owners.length < 4; ) {
    const reference: NonNullable<KubeObject['metadata']['ownerReferences']>[number] | undefined =
      at.metadata.ownerReferences?.find((one) => one.controller === true)
    if (reference === undefined || reference.kind === 'Node') break
    const { apiVersion, kind, name } = reference
    at = await api.get({ apiVersion, kind }, name, namespace, signal)
    if (at !== undefined) owners.push(at)
  }
  return owners
}

const isOwned = (metadata: KubeObject['metadata'], { metadata: { uid, name } }: KubeObject): boolean =>
  metadata.ownerReferences?.some((one) => (uid === undefined ? one.name === name : one.uid === uid)) === true

function isAbout(event: KubeObject, family: readonly KubeObject[]): boolean {
  const about = About.safeParse(event).data?.involvedObject
  if (about === undefined) return false
  return family.some(
    ({ kind, metadata: { name, uid } }) =>
      about.kind === kind && about.name === name && (!about.uid || !uid || about.uid === uid),
  )
}
