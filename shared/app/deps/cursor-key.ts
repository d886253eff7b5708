import type { Blobs } from '../../runtime/blobs.ts'
import { RetryLater } from '../../runtime/errors.ts'
import { randomId } from '../../runtime/ids.ts'
import { once } from '../../runtime/once.ts'

const MAX_BYTES = 200

/**
 * What signs the cursors of the MCP endpoint, the same in every instance and request: whoever answers first makes it,
 * and the others find it. It opens nothing but the next page of a list.
 */
export const sharedCursorKey = (blobs: Pick<Blobs, 'read' | 'write'>) => sharedKey(blobs, 'mcp-cursor-key.txt')

/** With which secrets become pseudonyms, so that equal ones can be seen to be equal whoever heard of them. */
export const sharedRedactionKey = (blobs: Pick<Blobs, 'read' | 'write'>) => sharedKey(blobs, 'redaction-key.txt')

function sharedKey(blobs: Pick<Blobs, 'read' | 'write'>, name: string): () => Promise<string> {
  return once(async () => {
    const found = await blobs.read(name, MAX_BYTES)
    if (found !== undefined) return found.text
    await blobs.write(name, `${randomId()}${randomId()}`, { onlyIfNew: true })
    const written = await blobs.read(name, MAX_BYTES)
    if (written === undefined) throw new RetryLater(`${name} has just been written and cannot be read.`)
    return written.text
  })
}
