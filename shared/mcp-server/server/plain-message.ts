import { z } from 'zod'

const record = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const Id = z.union([z.string(), z.number()])

/** An answer to what cannot be understood: JSON-RPC's own form, in one sentence. */
export type Refusal = {
  readonly jsonrpc: '2.0'
  readonly id: string | number | null
  readonly error: { readonly code: number; readonly message: string }
}
export const refusal = (id: unknown, code: number, message: string): Refusal => ({
  jsonrpc: '2.0',
  id: Id.nullable().catch(null).parse(id),
  error: { code, message },
})
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
const INVALID_PARAMS = -32602

/**
 * A message as clients and models write it, in the form that the protocol's schemas take: `params: null` and
 * `arguments: null` are absent, arguments that come as their JSON text are read. A Refusal where they are no object.
 */
export function plainMessage(message: unknown): { readonly message: unknown } | { readonly refusal: Refusal } {
  if (!record(message) || typeof message.method !== 'string') return { message }
  const { params, ...rest } = message
  if (params === undefined) return { message }
  if (params === null) return { message: rest }
  if (message.method !== 'tools/call' || !record(params) || !('arguments' in params)) return { message }
  const { arguments: given, ...others } = params
  if (record(given)) return { message }
  const read = typeof given === 'string' ? fromText(given) : (given ?? {})
  if (!record(read))
    return {
      refusal: refusal(message.id, INVALID_PARAMS, 'arguments must be one object, such as {"name": "web"}.'),
    }
  return { message: { ...rest, params: { ...others, arguments: read } } }
}

function fromText(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same for the body of a request over HTTP; what is no JSON, or too long, is left to whoever reads it next. */
export async function plainRequest(
  request: Request,
  maxBytes: number,
): Promise<{ readonly request: Request } | { readonly refusal: Refusal }> {
  if (request.method !== 'POST' || request.body === null) return { request }
  const text = await shortText(request.clone(), maxBytes)
  if (text === undefined) return { request }
  const value = fromText(text)
  const batch = Array.isArray(value)
  const all = (batch ? value : [value]).map((one: unknown) => ({ one, read: plainMessage(one) }))
  const [only] = all
  if (!batch && only !== undefined && 'refusal' in only.read) return only.read
  const messages = all.map(({ one, read }) => ('message' in read ? read.message : one))
  if (all.every(({ one }, at) => one === messages[at])) return { request }
  const { url, method, headers, signal } = request
  const body = JSON.stringify(batch ? messages : messages[0])
  const changed = new Headers(headers)
  changed.delete('content-length')
  return { request: new Request(url, { method, headers: changed, body, signal }) }
}

async function shortText(request: Request, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}
