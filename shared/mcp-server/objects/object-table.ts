import { z } from 'zod'
import type { Item, ListAnswer } from './list-answer.ts'

/** Only what the columns show; anything that has another form leaves its cell empty. */
const whole = z.number().catch(0)
const Shown = z.object({
  spec: z
    .object({ replicas: whole, nodeName: z.string().catch(''), type: z.string().catch('') })
    .catch({ replicas: 0, nodeName: '', type: '' }),
  status: z
    .object({
      phase: z.string().catch(''),
      reason: z.string().catch(''),
      readyReplicas: whole,
      desiredNumberScheduled: whole,
      numberReady: whole,
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).catch([]),
      containerStatuses: z
        .array(
          z.object({
            ready: z.boolean().catch(false),
            restartCount: whole,
            state: z
              .object({
                waiting: z.object({ reason: z.string().catch('') }).optional(),
                terminated: z.object({ reason: z.string().catch('') }).optional(),
              })
              .catch({}),
          }),
        )
        .catch([]),
    })
    .catch({
      phase: '',
      reason: '',
      readyReplicas: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
      conditions: [],
      containerStatuses: [],
    }),
})
const ShownEvent = z.object({
  type: z.string().catch(''),
  reason: z.string().catch(''),
  message: z.string().catch(''),
  count: z.number().catch(1),
  lastTimestamp: z.string().catch(''),
  eventTime: z.string().catch(''),
  series: z.object({ lastObservedTime: z.string().catch('') }).catch({ lastObservedTime: '' }),
  involvedObject: z.object({ kind: z.string().catch(''), name: z.string().catch('') }).catch({ kind: '', name: '' }),
})

type Column = readonly [title: string, cell: (item: Item, now: Date) => string]

const statusOf = (item: Item) => Shown.parse({ spec: item.spec ?? {}, status: item.status ?? {} })
const created = (item: Item) => z.string().catch('').parse(item.metadata.creationTimestamp)
const age: Column = ['AGE', (item, now) => ageText(created(item), now)]
const ready: Column = ['READY', (item) => `${statusOf(item).status.readyReplicas}/${statusOf(item).spec.replicas}`]

const columns: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    ['READY', (item) => podReady(item)],
    ['STATUS', (item) => podStatus(item)],
    ['RESTARTS', (item) => String(statusOf(item).status.containerStatuses.reduce((sum, c) => sum + c.restartCount, 0))],
    ['NODE', (item) => statusOf(item).spec.nodeName],
    age,
  ],
  Event: [
    ['LAST SEEN', (item, now) => ageText(eventSeen(item), now)],
    ['TYPE', (item) => ShownEvent.parse(item).type],
    ['REASON', (item) => ShownEvent.parse(item).reason],
    ['OBJECT', (item) => `${ShownEvent.parse(item).involvedObject.kind}/${ShownEvent.parse(item).involvedObject.name}`],
    ['COUNT', (item) => String(ShownEvent.parse(item).count)],
    ['MESSAGE', (item) => ShownEvent.parse(item).message.replace(/\s+/g, ' ').slice(0, 300)],
  ],
  Deployment: [ready, age],
  ReplicaSet: [ready, age],
  StatefulSet: [ready, age],
  DaemonSet: [
    ['READY', (item) => `${statusOf(item).status.numberReady}/${statusOf(item).status.desiredNumberScheduled}`],
    age,
  ],
  Node: [['STATUS', (item) => (conditionIs(item, 'Ready') ? 'Ready' : 'NotReady')], age],
  Service: [['TYPE', (item) => statusOf(item).spec.type], age],
  Namespace: [['STATUS', (item) => statusOf(item).status.phase], age],
  PersistentVolumeClaim: [['STATUS', (item) => statusOf(item).status.phase], age],
}

const conditionIs = (item: Item, type: string) =>
  statusOf(item).status.conditions.some((entry) => entry.type === type && entry.status === 'True')

function podReady(item: Item): string {
  const all = statusOf(item).status.containerStatuses
  return `${all.filter((container) => container.ready).length}/${all.length}`
}
function podStatus(item: Item): string {
  if (typeof item.metadata.deletionTimestamp === 'string') return 'Terminating'
  const { containerStatuses, reason, phase } = statusOf(item).status
  const waits = containerStatuses.map(({ state }) => state.waiting?.reason ?? state.terminated?.reason ?? '')
  return waits.find((wait) => wait !== '' && wait !== 'Completed') ?? (reason || phase || 'Unknown')
}
function eventSeen(item: Item): string {
  const { series, lastTimestamp, eventTime } = ShownEvent.parse(item)
  return series.lastObservedTime || lastTimestamp || eventTime || created(item)
}

/** As kubectl shortens it, to the first unit. */
function ageText(stamp: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(stamp)) / 1000)
  if (Number.isNaN(seconds)) return ''
  if (seconds < 120) return `${Math.max(0, seconds)}s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** What the table shows of an object beside its name. */
export const cellsOf = (item: Item, kind: string, now: Date): Record<string, string> =>
  Object.fromEntries((columns[kind] ?? [age]).map(([title, cell]) => [title, cell(item, now)]))

/** The answer of a list tool for people and models: what was looked at, the rows, and what is missing. */
export function listText(answer: ListAnswer, now: Date): string {
  const { scope, items, cluster } = answer
  const spread = items.length === 0 || items.some((item) => item.metadata.namespace !== undefined)
  const where = scope.namespace === '' ? (spread ? ', all namespaces' : '') : `, namespace ${scope.namespace}`
  const filters = [scope.labelSelector, scope.fieldSelector].filter((text) => text !== undefined).join(' and ')
  const head = `# ${scope.kind} (${scope.apiVersion}) in cluster ${cluster}${where}${filters ? `, where ${filters}` : ''}`
  const tail = answer.complete ? '' : '\n\nNot complete: there are more. Call again with the `continue` of this answer.'
  const cut = answer.shortened > 0 ? `\n${answer.shortened} have long values cut; resources_get shows one whole.` : ''
  if (items.length === 0 && answer.complete) return `${head}\n\nNone.`
  return `${head}\n\n${table(items, scope.kind, now)}${cut}${tail}${answer.continue ? `\ncontinue: ${answer.continue}` : ''}`
}

function table(items: readonly Item[], kind: string, now: Date): string {
  const names: Column[] = [['NAME', (item) => item.metadata.name]]
  if (items.some((item) => item.metadata.namespace !== undefined)) {
    names.unshift(['NAMESPACE', (item) => item.metadata.namespace ?? ''])
  }
  // An event's own name says nothing.
  const shown = kind === 'Event' ? names.slice(0, -1) : names
  const all = [...shown, ...(columns[kind] ?? [age])]
  const cellOf = (item: Item, [title, cell]: Column) => item.row?.[title] ?? cell(item, now)
  const rows = [all.map(([title]) => title), ...items.map((item) => all.map((column) => cellOf(item, column) || '-'))]
  // One very long name must not widen every row.
  const widths = all.map((_, at) => Math.min(60, Math.max(...rows.map((row) => row[at]?.length ?? 0))))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
