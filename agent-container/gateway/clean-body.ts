import type { Body } from './vendors.ts'

/** Vendors sign or encode some texts, which must come back to them as they are. */
const OPAQUE = new Set([
  'signature',
  'thoughtSignature',
  'thought_signature',
  'encrypted_content',
  'id',
  'call_id',
  'tool_use_id',
  'tool_call_id',
  'data',
  'name',
  'type',
  'role',
  'model',
  'reasoning_opaque',
  'thinking',
  'extra_content',
])
const isOpaque = (key: string, owner: object): boolean =>
  OPAQUE.has(key) && (key !== 'thinking' || 'signature' in owner || 'type' in owner)

/** Half a character, where a text was cut: strict vendors refuse the whole request for it, and each later one. */
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Cluster text is redacted where it is read; this is the second look, at the door of the model. */
export function cleanBody(body: Body, redact: (text: string) => string): Body {
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return redact(value).replace(halves, '')
    if (typeof value !== 'object' || value === null || depth > 60) return value
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, isOpaque(key, value) ? item : walk(item, depth + 1)]),
    )
  }
  // Schemas of tools are ours.
  return Object.fromEntries(
    Object.entries(body).map(([key, item]) => [key, key === 'tools' || OPAQUE.has(key) ? item : walk(item, 0)]),
  )
}
