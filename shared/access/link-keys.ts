import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'
import { randomId } from '../runtime/ids.ts'

/** Of one line `id:secret`. A hash of 32 characters cannot be guessed; two of our own ids are 72. */
const LinkKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9]{1,16}$/, 'the id before the colon must be 1 to 16 letters or digits'),
  secret: z.string().min(32, 'the secret after the colon must have at least 32 characters'),
})
export type LinkKey = z.infer<typeof LinkKey>
/** The first signs, all open: a new one is put before the old, which is taken away when its links may die. */
export type LinkKeys = readonly [LinkKey, ...LinkKey[]]

/** More keys than anybody turns over in the life of a link. */
const MOST_KEYS = 10

/** Throws GiveUp with the line that is wrong, never with what stands in it. */
export function parseLinkKeys(text: string): LinkKeys {
  const lines = text.split('\n').flatMap((line) => line.trim() || [])
  const keys = lines.map((line, at) => {
    const colon = line.indexOf(':')
    const parsed = LinkKey.safeParse({ id: line.slice(0, Math.max(colon, 0)), secret: line.slice(colon + 1) })
    if (parsed.success) return parsed.data
    throw new GiveUp(`The keys of links, line ${at + 1}: ${parsed.error.issues[0]?.message ?? 'must be id:secret'}.`)
  })
  const [first, ...rest] = keys
  if (first === undefined) throw new GiveUp('There are no keys of links: put in a line such as k1:<32 random letters>.')
  if (keys.length > MOST_KEYS) throw new GiveUp(`There are ${keys.length} keys of links: keep at most ${MOST_KEYS}.`)
  const twice = keys.find(({ id }, at) => keys.findIndex((other) => other.id === id) !== at)
  if (twice !== undefined) throw new GiveUp(`The keys of links name ${twice.id} twice: give each an id of its own.`)
  return [first, ...rest]
}

export const newLinkKeys = (): string => `k1:${randomId()}${randomId()}\n`
