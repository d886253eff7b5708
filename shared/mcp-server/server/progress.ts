import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js'
import type { Clock } from '../../runtime/clock.ts'

/** A caller who sees nothing for longer wonders whether anybody is there. */
const EVERY_MS = 2_000

/** Tells a caller who asked for it, while a call lasts, how long it has lasted and when it ends at the latest. */
export async function withProgress<T>(
  {
    _meta,
    sendNotification,
  }: Pick<RequestHandlerExtra<ServerRequest, ServerNotification>, '_meta' | 'sendNotification'>,
  { clock, mostMs, tool }: { readonly clock: Clock; readonly mostMs: number; readonly tool: string },
  work: () => Promise<T>,
): Promise<T> {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return work()
  const over = new AbortController()
  async function report(token: string | number) {
    for (let seconds = EVERY_MS / 1000; !over.signal.aborted; seconds += EVERY_MS / 1000) {
      await clock.sleep(EVERY_MS, over.signal)
      if (over.signal.aborted) return
      const message = `${tool} is at work for ${seconds} s; it ends within ${mostMs / 1000} s, with what is known by then`
      await sendNotification({
        method: 'notifications/progress',
        params: { progressToken: token, progress: seconds, total: mostMs / 1000, message },
      })
    }
  }
  // Whoever cannot be told still gets the answer.
  void report(progressToken).catch(() => undefined)
  try {
    return await work()
  } finally {
    over.abort()
  }
}
