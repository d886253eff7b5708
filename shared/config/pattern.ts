/** `*` stands for any characters; no regular expression, whose time a pattern could make long. */
export function like(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  let left = text.toLowerCase()
  if (rest.length === 0) return left === first
  if (!left.startsWith(first)) return false
  left = left.slice(first.length)
  const last = rest.pop() ?? ''
  for (const part of rest) {
    const at = left.indexOf(part)
    if (at < 0) return false
    left = left.slice(at + part.length)
  }
  return left.endsWith(last)
}

export const likeAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => like(pattern, text))
