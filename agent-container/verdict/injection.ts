import type { Picture } from '../picture/picture.ts'

/** Text that speaks to whoever reads it for a machine. The rules follow no text; the reader is told that somebody tried. */
const orders =
  /ignore (?:all |any )?(?:previous|prior|above|earlier) (?:instructions|messages|text|evidence)|disregard (?:all|the|any|previous)|you are (?:now )?an? (?:ai|assistant|agent|language model)|system prompt|(?:the )?root cause is\b.{0,80}(?:run|execute|kubectl)|(?:run|execute|apply)[: ]+`?kubectl (?:delete|apply|patch|scale|exec|edit)|<\/?(?:system|assistant|tool_result|instructions)>|do not (?:report|mention|investigate)|report (?:that )?(?:everything|all) is (?:fine|healthy)|(?:AI|LLM|assistant|agent)s?[,:] (?:please|you must|stop)/i

/** Whether a text speaks to a machine that reads it. */
export const givesOrders = (text: string): boolean => orders.test(text)

export function injectionFlags(picture: Picture): string[] {
  const logs = new Map(
    picture.logs
      .filter(({ lines }) => lines.some((line) => orders.test(line)))
      .map((log) => [`${log.namespace}/${log.pod} ${log.container}`, log]),
  )
  const flags = [
    ...[...logs.values()].map(
      (log) =>
        `The log of ${log.namespace}/${log.pod} (${log.container}, ${log.id}) holds text that gives orders to its reader.`,
    ),
    ...picture.events
      .filter(({ message }) => orders.test(message))
      .map(
        (event) =>
          `An event of ${event.kind} ${event.namespace}/${event.name} (${event.id}) holds text that gives orders to its reader.`,
      ),
    ...picture.objects
      .filter(({ object }) =>
        orders.test(Object.values({ ...object.metadata.annotations, ...object.metadata.labels }).join('\n')),
      )
      .map(
        (seen) =>
          `${seen.kind} ${seen.namespace}/${seen.name} (${seen.id}) bears text that gives orders to its reader.`,
      ),
  ]
  return [...new Set(flags)].slice(0, 50).map((flag) => flag.slice(0, 300))
}
