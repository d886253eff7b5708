import { z } from 'zod'

/** The version that this program writes and reads, of every message. */
const OURS = 1
const MOST_ISSUES = 5
const MOST_TEXT = 500

/** What is wrong with foreign data, in one line: the first problems, each with its path. */
export function problems(error: z.ZodError): string {
  const lines = error.issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  return lines.join('; ').slice(0, MOST_TEXT)
}

/** Text when another version of this program wrote a message: nothing is wrong with it, and it can be put back. */
export function otherVersion(body: unknown): string | undefined {
  const version = z.looseObject({ version: z.number() }).safeParse(body).data?.version
  if (version === undefined || version === OURS) return undefined
  const who = version > OURS ? 'a newer' : 'an older'
  return `It was written by ${who} Nightcrier (version ${version}, this one reads ${OURS}). Run that one, and put it back into its queue`
}

/** Why a message cannot be read; the queue brings it again, since the next instance may be of the version that wrote it. */
export const unreadable = (queue: string, body: unknown, error: z.ZodError): Error =>
  new Error(`A message on queue ${queue} cannot be read: ${otherVersion(body) ?? problems(error)}`)
