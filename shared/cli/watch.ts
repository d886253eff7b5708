import type { Clock } from '../runtime/clock.ts'
import { isAway } from './client.ts'
import type { Output } from './terminal.ts'

const PAUSE_MS = 3_000
const CLEAR = '\u001b[H\u001b[2J'

/** Does it again and again until it is stopped; tells what has changed, on a terminal in the place of what was there. */
export async function watch(
  deps: { readonly out: Output; readonly clock: Clock; readonly signal: AbortSignal },
  show: (out: Output) => Promise<unknown>,
): Promise<void> {
  const { out, clock, signal } = deps
  let before: string | undefined
  while (!signal.aborted) {
    const lines: string[] = []
    const keep = (text: string) => void lines.push(text)
    try {
      await show({ ...out, line: keep, note: keep })
      const text = lines.join('\n')
      // Ages change with each look: in a file they are no news.
      const news = out.live ? text : text.replace(/ +(?:\d+ (?:s|min|h|d) ago|now)\b/g, '')
      if (news !== before) out.line(out.live ? `${CLEAR}${text}` : text)
      before = news
    } catch (error) {
      // The first answer shows whether address and key are right; what passes by itself is waited for.
      if (before === undefined || !isAway(error)) throw error
      out.note('The app does not answer; it is asked again.')
    }
    await clock.sleep(PAUSE_MS, signal)
  }
}
