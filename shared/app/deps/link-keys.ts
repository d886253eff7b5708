import { type LinkKeys, newLinkKeys, parseLinkKeys } from '../../access/link-keys.ts'
import type { Blobs } from '../../runtime/blobs.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RetryLater } from '../../runtime/errors.ts'

const NAME = 'link-keys.txt'
/** Ten lines of at most some hundred characters. */
const MAX_BYTES = 16 * 1024
/** A key that is taken away closes its links within this time, and a storm of readers does not ask for it each time. */
const FRESH_MS = 60_000

type LinkKeyDeps = {
  /** LINK_KEYS: where the keys are; empty: a blob of the private container, made by whoever needs it first. */
  readonly reference: string
  readonly secret: (reference: string) => Promise<{ readonly text: string }>
  readonly blobs: Pick<Blobs, 'read' | 'write'>
  readonly clock: Clock
}

/** With which links are signed. Keys that were read stay good while their place does not answer. */
export function sharedLinkKeys(deps: LinkKeyDeps): () => Promise<LinkKeys> {
  let known: { readonly keys: LinkKeys; readonly until: number } | undefined
  return async () => {
    const now = deps.clock.now().getTime()
    if (known !== undefined && now < known.until) return known.keys
    try {
      const text = deps.reference === '' ? await ownKeys(deps.blobs) : (await deps.secret(deps.reference)).text
      known = { keys: parseLinkKeys(text), until: now + FRESH_MS }
    } catch (error) {
      if (known === undefined) throw error
      known = { ...known, until: now + FRESH_MS }
    }
    return known.keys
  }
}

async function ownKeys(blobs: LinkKeyDeps['blobs']): Promise<string> {
  const found = await blobs.read(NAME, MAX_BYTES)
  if (found !== undefined) return found.text
  await blobs.write(NAME, newLinkKeys(), { onlyIfNew: true })
  const written = await blobs.read(NAME, MAX_BYTES)
  if (written === undefined) throw new RetryLater(`${NAME} has just been written and cannot be read.`)
  return written.text
}
