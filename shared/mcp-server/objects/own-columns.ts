import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { ageText } from './age-text.ts'
import { eventFields } from './event-fields.ts'

type Cell = (object: KubeObject, now: Date) => string
type Column = readonly [title: string, cell: Cell]

const whole = z.number().catch(0)
const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().catch('') })
const ContainerStatus = z.object({
  ready: z.boolean().catch(false),
  started: z.boolean().nullish().catch(undefined),
  restartCount: whole,
  state: z
    .object({
      waiting: z.object({ reason: z.string().catch('') }).nullish(),
      terminated: z.object({ reason: z.string().catch(''), exitCode: whole }).nullish(),
      running: z.unknown().optional(),
    })
    .catch({}),
})
const Statuses = z.array(ContainerStatus).nullish().catch([])
const Pod = z.object({
  spec: z
    .object({
      nodeName: z.string().catch(''),
      containers: z.array(z.unknown()).catch([]),
      initContainers: z
        .array(z.looseObject({ restartPolicy: z.string().optional().catch(undefined) }))
        .nullish()
        .catch([]),
    })
    .catch({ nodeName: '', containers: [], initContainers: [] }),
  status: z
    .object({
      phase: z.string().catch(''),
      reason: z.string().catch(''),
      conditions: z.array(Condition).nullish().catch([]),
      containerStatuses: Statuses,
      initContainerStatuses: Statuses,
    })
    .catch({ phase: '', reason: '', conditions: [], containerStatuses: [], initContainerStatuses: [] }),
})
const Replicas = z.object({
  spec: z.object({ replicas: z.number().catch(1) }).catch({ replicas: 1 }),
  status: z
    .object({ readyReplicas: whole, numberReady: whole, desiredNumberScheduled: whole })
    .catch({ readyReplicas: 0, numberReady: 0, desiredNumberScheduled: 0 }),
})
const Node = z.object({
  spec: z
    .object({
      unschedulable: z.boolean().catch(false),
      taints: z
        .array(z.looseObject({ key: z.string(), effect: z.string().catch('') }))
        .nullish()
        .catch([]),
    })
    .catch({ unschedulable: false, taints: [] }),
  status: z.object({ conditions: z.array(Condition).nullish().catch([]) }).catch({ conditions: [] }),
})
const Slice = z.object({
  endpoints: z
    .array(
      z.looseObject({
        conditions: z
          .looseObject({ ready: z.boolean().nullish().catch(undefined) })
          .nullish()
          .catch(undefined),
      }),
    )
    .nullish()
    .catch([]),
})
const Plain = z.object({
  spec: z.object({ type: z.string().catch('') }).catch({ type: '' }),
  status: z.object({ phase: z.string().catch('') }).catch({ phase: '' }),
})

const age: Column = ['AGE', ({ metadata }, now) => ageText(Date.parse(metadata.creationTimestamp ?? ''), now)]
const ready: Column = [
  'READY',
  (one) => `${Replicas.parse(one).status.readyReplicas}/${Replicas.parse(one).spec.replicas}`,
]

/** As kubectl's printer counts and names it, init containers and sidecars included. */
function podCells(object: KubeObject): { ready: string; status: string; restarts: number } {
  const { spec, status } = Pod.parse(object)
  const main = status.containerStatuses ?? []
  const starting = (status.initContainerStatuses ?? []).map((one, at) => ({
    ...one,
    sidecar: spec.initContainers?.[at]?.restartPolicy === 'Always',
  }))
  const sidecars = starting.filter(({ sidecar }) => sidecar)
  const all = [...main, ...sidecars]
  const total =
    Math.max(main.length, spec.containers.length) +
    (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length
  const gated = (status.conditions ?? []).find(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  )
  const failing = starting.findIndex(
    ({ state, sidecar, started }) =>
      !(sidecar ? started === true : state.terminated?.exitCode === 0 && state.terminated.reason !== ''),
  )
  const waits = main.map(({ state }) => state.waiting?.reason || state.terminated?.reason || '')
  const own = waits.find((wait) => wait !== '' && wait !== 'Completed') ?? waits.find((wait) => wait !== '')
  const at = failing < 0 ? undefined : starting[failing]
  const init =
    at === undefined
      ? undefined
      : at.state.waiting?.reason && at.state.waiting.reason !== 'PodInitializing'
        ? `Init:${at.state.waiting.reason}`
        : at.state.terminated
          ? `Init:${at.state.terminated.reason || `ExitCode:${at.state.terminated.exitCode}`}`
          : `Init:${failing}/${spec.initContainers?.length ?? starting.length}`
  // Once a main container has run, what counts is how it fares.
  const initialised = (status.conditions ?? []).some(({ type, status: is }) => type === 'Initialized' && is === 'True')
  const begun = initialised || main.some(({ state, restartCount }) => state.running !== undefined || restartCount > 0)
  const named = (begun ? own : (init ?? own)) || gated?.reason || status.reason || status.phase || 'Unknown'
  return {
    ready: `${all.filter((one) => one.ready).length}/${total}`,
    status: object.metadata.deletionTimestamp === undefined ? named : 'Terminating',
    restarts: [...main, ...starting].reduce((sum, { restartCount }) => sum + restartCount, 0),
  }
}

/** What presses a node, and who may come: the server's own table tells neither. */
function nodeTrouble(object: KubeObject): string {
  const { spec, status } = Node.parse(object)
  const pressing = (status.conditions ?? [])
    .filter(({ type, status: is }) => type !== 'Ready' && is === 'True')
    .map(({ type }) => type)
  const unknown = (status.conditions ?? [])
    .filter(({ type, status: is }) => type !== 'Ready' && is === 'Unknown')
    .map(({ type }) => `${type}?`)
  const taints = (spec.taints ?? [])
    .filter(({ effect, key }) => effect !== 'PreferNoSchedule' && !key.startsWith('node-role.'))
    .map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)
  return [...pressing, ...unknown, ...taints].join(',') || 'none'
}
function nodeStatus(object: KubeObject): string {
  const { spec, status } = Node.parse(object)
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready')
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return `${state}${spec.unschedulable ? ',SchedulingDisabled' : ''}`
}
function sliceReady(object: KubeObject): string {
  const endpoints = Slice.parse(object).endpoints ?? []
  // Absent means ready (API reference of EndpointConditions).
  return `${endpoints.filter(({ conditions }) => conditions?.ready !== false).length}/${endpoints.length}`
}
const event: readonly Column[] = [
  ['LAST SEEN', (one, now) => ageText(eventFields(one).at, now)],
  ['TYPE', (one) => eventFields(one).type],
  ['REASON', (one) => eventFields(one).reason],
  ['OBJECT', (one) => eventFields(one).object],
  ['COUNT', (one) => String(eventFields(one).count)],
  ['FROM', (one) => eventFields(one).from],
  ['MESSAGE', (one) => eventFields(one).message.slice(0, 300)],
]

/** By group and kind: a kind's name alone says nothing. Used where the server gives no table. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  '/Pod': [
    ['READY', (one) => podCells(one).ready],
    ['STATUS', (one) => podCells(one).status],
    ['RESTARTS', (one) => String(podCells(one).restarts)],
    age,
    ['NODE', (one) => Pod.parse(one).spec.nodeName],
  ],
  '/Event': event,
  'events.k8s.io/Event': event,
  'apps/Deployment': [ready, age],
  'apps/ReplicaSet': [ready, age],
  'apps/StatefulSet': [ready, age],
  'apps/DaemonSet': [
    [
      'READY',
      (one) => `${Replicas.parse(one).status.numberReady}/${Replicas.parse(one).status.desiredNumberScheduled}`,
    ],
    age,
  ],
  '/Node': [['STATUS', nodeStatus], age],
  '/Service': [['TYPE', (one) => Plain.parse(one).spec.type], age],
  '/Namespace': [['STATUS', (one) => Plain.parse(one).status.phase], age],
  '/PersistentVolumeClaim': [['STATUS', (one) => Plain.parse(one).status.phase], age],
}
/** Beside the server's own, where more is known. They need the objects whole. */
const beside: Readonly<Record<string, readonly Column[]>> = {
  '/Node': [['TROUBLE', nodeTrouble]],
  'discovery.k8s.io/EndpointSlice': [['READY', sliceReady]],
}
/** The server's own table tells less, or nothing that is in order. */
const instead = new Set(['/Event', 'events.k8s.io/Event'])

type Of = { readonly apiVersion: string; readonly kind: string }
const keyOf = ({ apiVersion, kind }: Of) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`

export const columnsOf = (of: Of): readonly Column[] => columns[keyOf(of)] ?? [age]
export const columnsBeside = (of: Of): readonly Column[] => beside[keyOf(of)] ?? []
/** Which form of list the rows of a kind need. */
export const tableFor = (of: Of): 'rows' | 'objects' | undefined =>
  instead.has(keyOf(of)) ? undefined : keyOf(of) in beside ? 'objects' : 'rows'
export const isEvent = (of: Of): boolean => keyOf(of) === '/Event' || keyOf(of) === 'events.k8s.io/Event'
