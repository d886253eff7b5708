import type { Readable } from 'node:stream'
import { GiveUp } from '../runtime/errors.ts'

/** A key is one line; who pipes more has piped something else. */
const MOST_BYTES = 64 * 1024
/** `az functionapp keys list` takes some seconds; a pipe that nobody writes to, or closes, takes for ever. */
const WAIT_MS = 60_000

/** What is piped in, to its end; '' when somebody sits before it. */
export async function pipedIn(
  stdin: Readable & { readonly isTTY?: boolean },
  signal: AbortSignal,
  waitMs = WAIT_MS,
): Promise<string> {
  if (stdin.isTTY === true) return ''
  const late = AbortSignal.timeout(waitMs)
  const ended = AbortSignal.any([signal, late])
  const gone = () => stdin.destroy()
  ended.addEventListener('abort', gone)
  if (ended.aborted) gone()
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of stdin) {
      const read = Buffer.from(part)
      bytes += read.length
      if (bytes > MOST_BYTES) throw new GiveUp('More than 64 kB are piped in: that is no key.')
      parts.push(read)
    }
  } catch (error) {
    if (!ended.aborted) throw error
  } finally {
    ended.removeEventListener('abort', gone)
  }
  signal.throwIfAborted()
  if (late.aborted) throw new GiveUp(`What is piped in does not end within ${waitMs / 1000} s. Give --key instead.`)
  return Buffer.concat(parts).toString('utf8')
}
