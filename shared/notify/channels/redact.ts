const HIDDEN = '‹redacted›'
/** Shorter parts of an address are words (`api`, `v2`), and are in every text. */
const SHORTEST = 6

/**
 * Takes an address and its keys out of a text: whole, its path and query, and each part of them by itself, since
 * receivers repeat what they were asked for, decoded or not.
 */
export function redactor(address: string, ...secrets: readonly string[]): (text: string) => string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const parts =
    url === undefined
      ? [address]
      : [
          address,
          url.href,
          `${url.pathname}${url.search}`,
          url.pathname,
          url.search.slice(1),
          ...url.pathname.split('/'),
          ...[...url.searchParams].map(([, value]) => value),
          ...url.search
            .slice(1)
            .split('&')
            .map((pair) => pair.slice(pair.indexOf('=') + 1)),
          url.username,
          url.password,
        ]
  const all = [...parts, ...secrets].flatMap((part) => [part, decoded(part), encodeURIComponent(part)])
  // The longest first, so that no rest of a longer one stays.
  const hidden = [...new Set(all)].filter((part) => part.length >= SHORTEST).sort((a, b) => b.length - a.length)
  return (text) => hidden.reduce((left, part) => left.replaceAll(part, HIDDEN), text)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
