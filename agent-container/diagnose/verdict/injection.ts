import { Pod } from '../snapshot/shapes.ts'
import { ConfigMap, Workload } from '../snapshot/shapes-around.ts'
import type { Seen, Snapshot } from '../snapshot/snapshot.ts'

/**
 * Text that speaks to whoever reads it for a machine. The rules follow no text; the reader is told that somebody tried.
 * Labels, images and names cannot hold blanks: there the words are joined by hyphens, dots or underscores.
 */
const orders = new RegExp(
  [
    'ignore (?:all |any )?(?:previous|prior|above|earlier) (?:instructions|messages|text|evidence)',
    'disregard (?:all|the|any|previous)',
    'you are (?:now )?an? (?:ai|assistant|agent|language model)',
    'system prompt',
    '\\bsystem:? (?:the|you|your|new) ',
    'role["\' :]+system',
    'changed your task',
    '(?:important|note|instructions?) (?:for|to) (?:automated|automatic|ai|the (?:ai|agent|model|assistant))',
    '(?:the )?root cause is\\b.{0,80}(?:run|execute|kubectl|report|only cause)',
    '(?:run|execute|apply)[: ]+`?kubectl (?:delete|apply|patch|scale|exec|edit)',
    '<\\/?(?:system|assistant|tool_result|instructions)>',
    '\\[?tool result\\]?.{0,40}(?:rejected|reviewer|says)',
    'submit[_ ]verdict|submit (?:the verdict|outcome)',
    'do not (?:report|mention|investigate|hand in)',
    'report (?:that )?(?:everything|all) is (?:fine|healthy)',
    '(?:AI|LLM|assistant|agent)s?[,:] (?:please|you must|stop)',
  ].join('|'),
  'i',
)
const asWords = (text: string): string => text.replace(/[-_.]+/g, ' ')

/** Whether a text speaks to a machine that reads it. */
export const givesOrders = (text: string): boolean => orders.test(text) || orders.test(asWords(text))

export function injectionFlags(snapshot: Snapshot): string[] {
  const logs = new Map(
    snapshot.logs
      .filter(({ lines }) => lines.some(givesOrders))
      .map((log) => [`${log.namespace}/${log.pod} ${log.container}`, log]),
  )
  const flags = [
    ...[...logs.values()].map(
      (log) =>
        `The log of ${log.namespace}/${log.pod} (${log.container}, ${log.id}) holds text that gives orders to its reader.`,
    ),
    ...snapshot.events
      .filter(({ message }) => givesOrders(message))
      .map(
        (event) =>
          `An event of ${event.kind} ${event.namespace}/${event.name} (${event.id}) holds text that gives orders to its reader.`,
      ),
    ...snapshot.objects
      .filter((seen) => textsOf(seen).some(givesOrders))
      .map(
        (seen) =>
          `${seen.kind} ${seen.namespace}/${seen.name} (${seen.id}) bears text that gives orders to its reader.`,
      ),
  ]
  if (givesOrders(snapshot.incident.context))
    flags.push('What the fault was reported with holds text that gives orders to its reader.')
  return [...new Set(flags)].slice(0, 50).map((flag) => flag.slice(0, 300))
}

/** Where an object can carry a text of somebody's own: its marks, its images, what its program left behind, its data. */
function textsOf({ kind, object, raw }: Seen): readonly string[] {
  const { annotations = {}, labels = {} } = object.metadata
  const { spec, status } = Pod.safeParse(object).data ?? {}
  const template = kind === 'Pod' ? spec : anyTemplate(object)
  return [
    ...Object.values({ ...annotations, ...labels }),
    ...(template?.containers ?? []).flatMap(({ image }) => image ?? []),
    ...(kind === 'Pod' ? (status?.containerStatuses ?? []) : []).flatMap(({ state, lastState }) => [
      state.waiting?.message ?? '',
      state.terminated?.message ?? '',
      lastState.terminated?.message ?? '',
    ]),
    // What a ConfigMap holds is shown by its keys alone; that it speaks to a machine is said all the same.
    ...(kind === 'ConfigMap' ? Object.values(ConfigMap.parse(raw).data).map((text) => text.slice(0, MAX_TEXT)) : []),
  ]
}
/** An order stands at the front, or is one among many. */
const MAX_TEXT = 20_000
const anyTemplate = (object: Seen['object']) => Workload.safeParse(object).data?.spec.template?.spec
