/** A whole number with more digits than a double keeps, as a value of its own: not within a longer number. */
const LONG = /[:[,\s]-?\d{16}/
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * JSON as an API server writes it. Whole numbers that a double would round (int64 beyond 2^53) come as their digits, in
 * text: whoever shows or compares them has what stands there, and not its neighbour.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(LONG.test(text) ? longAsText(text) : text)
}

function longAsText(text: string): string {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at)
    const end = quote < 0 ? text.length : quote
    parts.push(text.slice(at, end).replace(NUMBER, (number) => (isRounded(number) ? `"${number}"` : number)))
    if (quote < 0) break
    const close = closing(text, quote + 1)
    parts.push(text.slice(quote, close))
    at = close
  }
  return parts.join('')
}
const isRounded = (number: string): boolean => /^-?\d{16,}$/.test(number) && !Number.isSafeInteger(Number(number))

/** Behind the quote that ends a text: one before which stands an even number of backslashes. */
function closing(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return at + 1
  }
  return text.length
}

/** The other way: as JSON.stringify has it, and a bigint with all its digits. */
export function exactText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => exactText(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${exactText(item)}`).join(',')}}`
}
