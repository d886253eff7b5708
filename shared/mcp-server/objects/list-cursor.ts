import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'

/** Where a list goes on, kept by the caller: the API's own token of the page, and the last object shown of it. */
const Cursor = z.strictObject({
  /** Cluster, kind and selectors: a cursor of another list is refused. */
  of: z.string().max(6_000),
  page: z.string().max(8_000).optional(),
  after: z.string().max(600).optional(),
})
export type Cursor = z.infer<typeof Cursor>
export type Cursors = {
  readonly write: (cursor: Cursor) => string
  readonly read: (text: string, of: string) => Cursor
}

/**
 * Cursors of one caller, signed: nothing is kept here, and nobody can make one up or use another's. Instances that
 * answer for each other must have the same key.
 */
export function signedCursors(key: string, caller: string): Cursors {
  const sign = (payload: string) => createHmac('sha256', key).update(`${caller}\n${payload}`).digest().subarray(0, 16)
  const wrong = new GiveUp(
    'continue is not what an earlier answer to this same question gave. Leave it out to begin again.',
  )
  function read(text: string, of: string): Cursor {
    const [payload = '', signature = '', ...more] = text.split('.')
    const given = Buffer.from(signature, 'base64url')
    const expected = sign(payload)
    if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) throw wrong
    const cursor = Cursor.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    if (cursor.of !== of) throw wrong
    return cursor
  }
  return {
    write: (cursor) => {
      const payload = Buffer.from(JSON.stringify(cursor)).toString('base64url')
      return `${payload}.${sign(payload).toString('base64url')}`
    },
    read,
  }
}
