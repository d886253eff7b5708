const HIDDEN = '‹redacted›'
/** Shorter parts of an address are words (`api`, `v2`), and are in every text. */
const SHORTEST = 6
/** Of a part this long that has a digit, as keys have, so many characters in a row are no chance. */
const KEY = 12
const PIECE = 8
/** Far more of a text than is told: what is read must not grow with what a receiver answers. */
const MOST_READ = 20_000

/**
 * Takes an address and its keys out of a text: whole, its path and query, and each part of them by itself, since
 * receivers repeat what they were asked for: decoded or not, in Base64, in another case, and cut off in the middle.
 */
export function redactor(address: string, ...secrets: readonly string[]): (text: string) => string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const single = [...(url === undefined ? [address] : partsOf(url)), ...secrets].filter((part) => part !== '')
  const whole =
    url === undefined ? [] : [address, url.href, `${url.pathname}${url.search}`, url.pathname, url.search.slice(1)]
  const all = new Set([...whole, ...single].flatMap(spellings))
  // The longest first, so that no rest of a longer one stays.
  const hidden = [...all].filter((part) => part.length >= SHORTEST).sort((a, b) => b.length - a.length)
  const exact = hidden.length === 0 ? undefined : new RegExp(hidden.map(escaped).join('|'), 'gi')
  const pieces = new Set(single.filter(isKey).flatMap(spellings).flatMap(piecesOf))
  return (text) => {
    const given = text.slice(0, MOST_READ)
    return withoutPieces(exact === undefined ? given : given.replace(exact, HIDDEN), pieces)
  }
}

const partsOf = (url: URL): readonly string[] => [
  ...url.pathname.split('/'),
  ...[...url.searchParams].map(([, value]) => value),
  ...url.search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1)),
  url.username,
  url.password,
  ...(url.username === '' ? [] : [`${decoded(url.username)}:${decoded(url.password)}`]),
]

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
const isKey = (part: string): boolean => part.length >= KEY && /\d/.test(part)

function spellings(part: string): readonly string[] {
  const plain = decoded(part)
  return [
    ...new Set([
      ...[part, plain, plain.replaceAll('+', ' '), encodeURIComponent(part)],
      ...[part, plain].flatMap((one) => (['base64', 'base64url'] as const).map((form) => inBase64(one, form))),
    ]),
  ]
}
/** Without what its last character depends on. */
const inBase64 = (text: string, form: 'base64' | 'base64url'): string =>
  Buffer.from(text).toString(form).replace(/.?=*$/, '')

const piecesOf = (part: string): readonly string[] =>
  Array.from({ length: Math.max(0, part.length - PIECE + 1) }, (_, at) => small(part.slice(at, at + PIECE)))
/** Keeps the length, unlike toLowerCase. */
const small = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

function withoutPieces(text: string, pieces: ReadonlySet<string>): string {
  if (pieces.size === 0) return text
  const given = small(text)
  const runs: { readonly from: number; to: number }[] = []
  for (let at = 0; at + PIECE <= given.length; at++) {
    if (!pieces.has(given.slice(at, at + PIECE))) continue
    const last = runs.at(-1)
    if (last !== undefined && at <= last.to) last.to = at + PIECE
    else runs.push({ from: at, to: at + PIECE })
  }
  const kept = runs.map(({ from }, index) => `${text.slice(runs[index - 1]?.to ?? 0, from)}${HIDDEN}`)
  return `${kept.join('')}${text.slice(runs.at(-1)?.to ?? 0)}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
