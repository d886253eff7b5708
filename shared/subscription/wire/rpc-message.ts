import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { errorText } from '../../runtime/errors.ts'

/** One part of what came in: a log notification as it is, a message of the protocol, or what is neither. */
export type Part =
  | { readonly kind: 'notice'; readonly params: unknown }
  | { readonly kind: 'message'; readonly message: JSONRPCMessage }
  | { readonly kind: 'garbage'; readonly text: string; readonly reason: string }

type Loose = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null
/** Told apart by hand: a schema would copy each fault once more, and what hears it has one of its own. */
const isNotice = (value: Loose): boolean => value.method === 'notifications/message'

/** A bad member of a batch keeps none of the others back. */
export function partsOf(text: string): readonly Part[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return [{ kind: 'garbage', text, reason: 'not JSON' }]
  }
  // Some say nothing in this way.
  if (parsed === null) return []
  return Array.isArray(parsed) ? parsed.map((one) => partOf(one, JSON.stringify(one) ?? '')) : [partOf(parsed, text)]
}

function partOf(value: unknown, text: string): Part {
  if (isObject(value) && isNotice(value)) return { kind: 'notice', params: value.params }
  const message = JSONRPCMessageSchema.safeParse(isObject(value) ? plain(value) : value)
  if (message.success) return { kind: 'message', message: message.data }
  return { kind: 'garbage', text, reason: `no MCP message: ${errorText(message.error).slice(0, 200)}` }
}

/** Servers write `"error": null` beside a result, and a result of null: absent and null are one. An id may be a text. */
function plain(value: Loose): Loose {
  const { method, params, id, result, error } = value
  const idPart = id === undefined || id === null ? {} : { id }
  if (typeof method === 'string') return { jsonrpc: '2.0', ...idPart, method, ...(isObject(params) ? { params } : {}) }
  if (isObject(error)) {
    const { code, message, data } = error
    return {
      ...{ jsonrpc: '2.0', id: id ?? NOBODY },
      error: {
        code: Number.isInteger(code) ? code : -32_603,
        message: typeof message === 'string' ? message : (JSON.stringify(message) ?? 'no message'),
        ...(data === undefined ? {} : { data }),
      },
    }
  }
  // A text in place of an error object is all that some give.
  if (typeof error === 'string') return { jsonrpc: '2.0', id: id ?? NOBODY, error: { code: -32_603, message: error } }
  if (!('result' in value)) return value
  return { jsonrpc: '2.0', id: id ?? NOBODY, result: isObject(result) ? withoutNulls(result, 3) : {} }
}

/** In place of the id of an answer that names none: it belongs to whoever asked on that connection. */
export const NOBODY = 'nobody'

/** To some depth: what lies deeper is a fault's or an object's own. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (depth === 0 || !isObject(value)) return value
  if (Array.isArray(value)) return value.map((one) => withoutNulls(one, depth - 1))
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one, depth - 1)]])),
  )
}
