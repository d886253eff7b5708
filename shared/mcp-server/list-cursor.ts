import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'

/** Where a list goes on, kept by the caller: the API's own token of the page, and the last object shown of it. */
const Cursor = z.strictObject({
  /** Cluster and kind: a cursor of another list is refused. */
  of: z.string().max(600),
  page: z.string().max(8_000).optional(),
  after: z.string().max(600).optional(),
})
export type Cursor = z.infer<typeof Cursor>

export const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

export function readCursor(text: string, of: string): Cursor {
  const wrong = new GiveUp(
    'continue is not what an earlier answer to this same question gave. Leave it out to begin again.',
  )
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    if (cursor.of === of) return cursor
  } catch {
    throw wrong
  }
  throw wrong
}
