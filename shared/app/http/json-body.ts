import type { z } from 'zod'
import { describeIssues } from '../../config/describe-issues.ts'
import type { Door } from '../../runtime/door.ts'
import type { Answer } from './answer.ts'

/** What the Functions library's HttpRequest has of a body. */
export type BodyRequest = { readonly text: () => Promise<string> }

export type Body<T> =
  | { readonly data: T; readonly refused?: undefined }
  | { readonly data?: undefined; readonly refused: Answer }

/**
 * A body as its schema has it, or the answer that says what is wrong with it. Cleared before it is measured: what stands
 * in place of a secret may be longer.
 */
export async function jsonBody<T>(
  request: BodyRequest,
  schema: z.ZodType<T>,
  most: number,
  door?: Door,
): Promise<Body<T>> {
  const text = await request.text()
  if (text.length > most) return { refused: problem(413, `The body: at most ${most} characters`) }
  let sent: unknown
  try {
    sent = JSON.parse(text)
  } catch {
    return { refused: problem(400, 'The body is no JSON. Send an object, with content-type application/json') }
  }
  // Outside: a fault of ours is no fault of the body's.
  const given: unknown = door === undefined ? sent : door.clear(sent)
  const parsed = schema.safeParse(given)
  if (parsed.success) return { data: parsed.data }
  const said = describeIssues(parsed.error, schema, given).slice(0, MOST_ISSUES).join('; ')
  return { refused: problem(400, said.replace(/^the file:/, 'the body:')) }
}
/** The first ones name the mistake; the rest repeat it. */
const MOST_ISSUES = 10

export const problem = (status: number, error: string): Answer => answer(status, { error })
export const answer = (status: number, body: unknown): Answer => ({
  status,
  jsonBody: body,
  headers: { 'cache-control': 'no-store' },
})
