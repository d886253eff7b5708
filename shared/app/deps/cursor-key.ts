import type { Blobs } from '../../runtime/blobs.ts'
import { RetryLater } from '../../runtime/errors.ts'
import { randomId } from '../../runtime/ids.ts'
import { once } from '../../runtime/once.ts'

const NAME = 'mcp-cursor-key.txt'
const MAX_BYTES = 200

/**
 * What signs the cursors of the MCP endpoint, the same in every instance and request: whoever answers first makes it,
 * and the others find it. It opens nothing but the next page of a list.
 */
export function sharedCursorKey(blobs: Pick<Blobs, 'read' | 'write'>): () => Promise<string> {
  return once(async () => {
    const found = await blobs.read(NAME, MAX_BYTES)
    if (found !== undefined) return found.text
    await blobs.write(NAME, `${randomId()}${randomId()}`, { onlyIfNew: true })
    const written = await blobs.read(NAME, MAX_BYTES)
    if (written === undefined) throw new RetryLater(`${NAME} has just been written and cannot be read.`)
    return written.text
  })
}
