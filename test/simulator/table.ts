import type { Resource } from './kinds.ts'
import { fieldAt, type Loose, type SimObject } from './objects.ts'

type Column = {
  readonly name: string
  readonly type?: string
  readonly priority?: number
  readonly value: (object: SimObject, now: Date) => string | number
}

const at = (name: string, path: string): Column => ({ name, value: (object) => fieldAt(object, path) ?? '<none>' })
const name: Column = { name: 'Name', value: (object) => object.metadata.name }
const age: Column = { name: 'Age', value: (object, now) => ageOf(object.metadata.creationTimestamp, now) }

/** As kubectl shortens it (apimachinery duration.HumanDuration), to its first unit. */
function ageOf(stamp: Loose, now: Date): string {
  if (typeof stamp !== 'string') return '<unknown>'
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(stamp)) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

const statuses = (pod: SimObject): Loose[] => pod.status?.containerStatuses ?? []
function podStatus(pod: SimObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  for (const { state } of statuses(pod)) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason
    if (reason !== undefined && reason !== 'Completed') return reason
  }
  return pod.status?.reason ?? pod.status?.phase ?? 'Unknown'
}
const podColumns: readonly Column[] = [
  name,
  {
    name: 'Ready',
    value: (pod) => `${statuses(pod).filter((one) => one.ready).length}/${pod.spec?.containers?.length ?? 0}`,
  },
  { name: 'Status', value: podStatus },
  {
    name: 'Restarts',
    value: (pod) => String(statuses(pod).reduce((sum, one) => sum + (one.restartCount ?? 0), 0)),
  },
  age,
  { ...at('IP', 'status.podIP'), priority: 1 },
  { ...at('Node', 'spec.nodeName'), priority: 1 },
]
const ofTotal = (ready: string, total: string): Column => ({
  name: 'Ready',
  value: (object) => `${fieldAt(object, ready) ?? 0}/${fieldAt(object, total) ?? 0}`,
})
const columns: Readonly<Record<string, readonly Column[]>> = {
  '/Pod': podColumns,
  '/Node': [
    name,
    {
      name: 'Status',
      value: (node) => {
        const ready = node.status?.conditions?.find((one: Loose) => one.type === 'Ready')?.status === 'True'
        return `${ready ? 'Ready' : 'NotReady'}${node.spec?.unschedulable === true ? ',SchedulingDisabled' : ''}`
      },
    },
    age,
    at('Version', 'status.nodeInfo.kubeletVersion'),
  ],
  '/Service': [name, at('Type', 'spec.type'), at('Cluster-IP', 'spec.clusterIP'), age],
  '/Event': [
    { name: 'Last Seen', value: (event, now) => ageOf(event.lastTimestamp ?? event.eventTime, now) },
    at('Type', 'type'),
    at('Reason', 'reason'),
    {
      name: 'Object',
      value: ({ involvedObject }) => `${String(involvedObject?.kind).toLowerCase()}/${involvedObject?.name}`,
    },
    at('Message', 'message'),
  ],
  'apps/Deployment': [
    name,
    ofTotal('status.readyReplicas', 'spec.replicas'),
    { ...at('Up-to-date', 'status.updatedReplicas'), type: 'integer' },
    { name: 'Available', type: 'integer', value: (object) => object.status?.availableReplicas ?? 0 },
    age,
  ],
  'apps/StatefulSet': [name, ofTotal('status.readyReplicas', 'spec.replicas'), age],
  'apps/DaemonSet': [
    name,
    at('Desired', 'status.desiredNumberScheduled'),
    at('Current', 'status.currentNumberScheduled'),
    at('Ready', 'status.numberReady'),
    age,
  ],
  '/Namespace': [name, at('Status', 'status.phase'), age],
  '/PersistentVolumeClaim': [
    name,
    at('Status', 'status.phase'),
    at('Volume', 'spec.volumeName'),
    at('StorageClass', 'spec.storageClassName'),
    age,
  ],
}

export function partial(object: SimObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

export function tableOf(
  objects: readonly SimObject[],
  resource: Resource,
  listMetadata: object,
  include: string,
  now: Date,
): object {
  const shown = columns[resource.stored] ?? [name, age]
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMetadata,
    columnDefinitions: shown.map((column) => ({
      name: column.name,
      type: column.type ?? 'string',
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.priority ?? 0,
    })),
    rows: objects.map((object) => ({
      cells: shown.map((column) => column.value(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : partial(object) }),
    })),
  }
}
