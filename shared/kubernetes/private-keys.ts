/** Private keys are up to some 13 KiB (RSA 16384); beyond that an END belongs to another. */
const MAX_KEY = 16 * 1024
const begin = /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const ends = /-----END [A-Z\d ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
/** Lines of Base64, with line ends as they are or as JSON writes them; a token that follows is no part of them. */
const body = /(?:[A-Za-z\d+/=]{1,200}(?![\w.@:+/=-])|\s|\\[nr])*/y

/** Hides PEM private keys: whole ones, ones without their end, and ones of which only the end is there (a log's first lines). */
export function hidePrivateKeys(text: string, hide: (key: string) => string): string {
  if (!text.includes('PRIVATE KEY')) return text
  let out = ''
  let from = 0
  const closings = [...text.matchAll(ends)]
  let next = 0
  for (const match of text.matchAll(begin)) {
    if (match.index < from) continue
    const after = match.index + match[0].length
    while (closings[next] !== undefined && (closings[next]?.index ?? 0) < after) next += 1
    const closing = closings[next]
    const within = closing !== undefined && closing.index - after < MAX_KEY
    const until = within ? closing.index + closing[0].length : endOfBody(text, after)
    out += text.slice(from, match.index) + hide(text.slice(match.index, until))
    from = until
  }
  return hideTails(out + text.slice(from), hide)
}

function hideTails(text: string, hide: (key: string) => string): string {
  let out = ''
  let from = 0
  for (const match of text.matchAll(ends)) {
    const before = text.slice(Math.max(from, match.index - MAX_KEY), match.index)
    const start = match.index - (before.length - startOfBody(before))
    const until = match.index + match[0].length
    out += text.slice(from, start) + hide(text.slice(start, until))
    from = until
  }
  return out + text.slice(from)
}

function endOfBody(text: string, from: number): number {
  body.lastIndex = from
  return from + (body.exec(text)?.[0].length ?? 0)
}

/** Where the lines of Base64 at the end of `text` begin. */
function startOfBody(text: string): number {
  let start = text.length
  for (const line of text.split('\n').reverse()) {
    const trimmed = line.trim()
    // The last line of a key may be short; words of a log line are no such line.
    if (trimmed !== '' && !/[A-Za-z\d+/=]{16,}$/.test(trimmed) && !/^[A-Za-z\d+/]{1,16}={0,2}$/.test(trimmed)) break
    start -= line.length + 1
  }
  return Math.max(0, start + 1)
}
