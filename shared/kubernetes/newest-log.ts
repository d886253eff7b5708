import { ClusterApiError, type LogQuery } from './cluster-api.ts'
import { assertLog, logRefusal, logText } from './log-text.ts'
import { logBytes, logParameters, queryText, resourcePath } from './paths.ts'
import { type Ask, MAX_ANSWER_BYTES, type Tail } from './transport.ts'

/** Of a log so many times what is kept is read before fewer lines are asked for. */
const READ_FACTOR = 4

/** The end of a log. The API cuts at the new end what is limited by bytes, so that only lines are limited there, and bytes here. */
export async function newestLog(
  askTail: (ask: Ask, maxBytes: number, readBytes: number) => Promise<Tail>,
  query: LogQuery,
  signal: AbortSignal | undefined,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  const path = resourcePath('v1', { plural: 'pods', namespaced: true }, query.namespace, query.pod, 'log')
  const maxBytes = logBytes(query)
  for (let tailLines = query.tailLines; ; ) {
    const ask = { path: path + queryText(logParameters({ ...query, tailLines })), signal, accept: 'text/plain, */*' }
    // One line has no shorter tail: it is read to its end.
    const readBytes = tailLines <= 1 ? MAX_ANSWER_BYTES : maxBytes * READ_FACTOR
    const tail = await askTail(ask, maxBytes, readBytes).catch((error: unknown) => {
      throw logRefusal(error, query)
    })
    if (!tail.over) {
      const text = logText(tail.bytes, tail.cut)
      assertLog(text, query)
      return { text, truncated: tail.cut || tailLines < query.tailLines }
    }
    if (tailLines <= 1) throw new ClusterApiError('The last line of this log is over 32 MiB.', 413, 'TooLarge')
    // As many lines as would fit if they were all like those that came, and at most half as many as before.
    const average = readBytes / Math.max(1, tail.lines)
    tailLines = Math.max(1, Math.min(Math.floor(tailLines / 2), Math.floor(maxBytes / average)))
  }
}
