/** What a model is shown of one answer; about 8,000 tokens. */
const MAX_TEXT_BYTES = 32 * 1024

/** Cut at a character, with how much is missing. */
export function boundText(text: string, maxBytes = MAX_TEXT_BYTES): string {
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxBytes) return text
  const mark = (missing: number) => `\n[cut here: ${missing} of ${bytes} bytes are not shown]`
  const room = maxBytes - Buffer.byteLength(mark(bytes))
  // The decoder holds back half a character at the cut.
  const kept = new TextDecoder().decode(Buffer.from(text).subarray(0, room), { stream: true })
  return kept + mark(bytes - Buffer.byteLength(kept))
}

/** Steps from gentle to hard; each keeps the object's form. */
const steps = [
  { characters: 8_000, items: 200 },
  { characters: 2_000, items: 50 },
  { characters: 500, items: 20 },
  { characters: 120, items: 5 },
]
const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '')

/** The first ones that fit together; the very first in any case. */
export function withinBytes<T>(values: readonly T[], maxBytes: number): T[] {
  let bytes = 0
  const end = values.findIndex((value, at) => {
    bytes += size(value)
    return at > 0 && bytes > maxBytes
  })
  return values.slice(0, end < 0 ? values.length : end)
}

/** The value itself when it fits, else with long texts and lists cut, each cut marked where it is. */
export function fitValue(value: unknown, maxBytes: number): { readonly value: unknown; readonly cut: boolean } {
  if (size(value) <= maxBytes) return { value, cut: false }
  for (const step of steps) {
    const shorter = shorten(value, step.characters, step.items)
    if (size(shorter) <= maxBytes) return { value: shorter, cut: true }
  }
  // Thousands of keys: what identifies it is all that fits.
  const known = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const names = known.filter(([key]) => key === 'apiVersion' || key === 'kind' || key === 'metadata')
  return { value: shorten(Object.fromEntries(names), 120, 5, 40), cut: true }
}

function shorten(value: unknown, characters: number, items: number, keys = Number.POSITIVE_INFINITY): unknown {
  if (typeof value === 'string') {
    if (value.length <= characters) return value
    return `${value.slice(0, characters)}…[cut here: ${value.length - characters} characters are not shown]`
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, items).map((item) => shorten(item, characters, items, keys))
  const entries = Object.entries(value).slice(0, keys)
  return Object.fromEntries(entries.map(([key, item]) => [key, shorten(item, characters, items, keys)]))
}
