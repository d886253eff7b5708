import type { FailureKind } from './failure-messages.ts'

export type Place = { readonly host: string; readonly port: number | undefined }

const address =
  /(?:\/\/|[@\s"'`([=>]|^)((?:\d{1,3}\.){3}\d{1,3}|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*):(\d{2,5})(?!\d|:\d)/gi
const named =
  /\b(?:lookup|ENOTFOUND|EAI_AGAIN|getaddrinfo(?: [A-Z_]+)?|host ?name|host|can't find|resolve|resolving|server at|UnknownHostException:?|to)\s+"?'?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)"?'?/gi
/** A name in quotes, after a word that says it is one: surer than the word that happens to follow `to`. */
const quoted =
  /(?:upstream|(?:server|host) (?:on|at)|host ?name|host=|host|lookup|resolve|resolving)\s*[:=]?\s*["'`]([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)["'`]/gi
/** The word after these is the name that was looked up, whatever else the line speaks of. */
const asOf =
  /\b(?:lookup|ENOTFOUND|EAI_AGAIN|getaddrinfo|UnknownHostException:?)\s+(?:ENOTFOUND |EAI_AGAIN )?"?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)/gi
/** `host: db, port: 5432`, and the host without a port. */
const labelled =
  /\bhost(?:name)?\s*[:=]\s*"?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)"?(?:[,;)\s]+port\s*[:=]?\s*(\d{2,5}))?/gi
/** As Java prints an address: `name/10.0.0.7:5432`, and `/10.0.0.7:5432` when it has no name. */
const ofJava = /(?:^|[\s(@:])([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?\/((?:\d{1,3}\.){3}\d{1,3}):(\d{2,5})/gi
const fromUrl = /\/\/(?:[^@/\s]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{2,5}))?/gi
const noHosts = new Set(
  'the a server host connect database be tcp localhost address name on port db upstream not found in'.split(' '),
)
/** `loader.py:42` is a place in a program's source. No top-level domain that is in use for hosts ends so, but `.rs`. */
const sourcePlace =
  /\.(?:py|go|js|mjs|cjs|ts|tsx|jsx|java|kt|scala|rb|php|rs|cs|fs|c|cc|cpp|h|hpp|ex|exs|erl|lua|pl|swift|sh)$/i

/** The far end that a line about a failed call names; `host` is '' when it names none. */
export function hostIn(line: string, kind: FailureKind): Place {
  // `lookup` messages name the DNS server as well (`on 10.96.0.10:53`): the name looked up comes first.
  const words = [...line.matchAll(quoted), ...line.matchAll(asOf), ...line.matchAll(named)]
    .map((match) => match[1] ?? '')
    .filter((word) => !noHosts.has(word.toLowerCase()) && !/^\d+$/.test(word) && !sourcePlace.test(word))
  const pairs = [
    ...[...line.matchAll(ofJava)].map((match) => ({ host: match[1] ?? match[2] ?? '', port: Number(match[3]) })),
    ...[...line.matchAll(address)].map((match) => ({ host: match[1] ?? '', port: Number(match[2]) })),
  ].filter(({ host, port }) => port !== 53 && !/^\d+$/.test(host) && !sourcePlace.test(host))
  const urls = placesOf(line, fromUrl)
  const labels = placesOf(line, labelled).filter(({ host }) => !noHosts.has(host.toLowerCase()))
  if (kind === 'no-host') {
    const word = words[0] ?? urls[0]?.host ?? pairs[0]?.host ?? labels[0]?.host
    return { host: word ?? '', port: pairs.find(({ host }) => host === word)?.port }
  }
  // `dial tcp 10.0.0.7:5432`: the last pair is the far end (`read tcp here:4711->there:5432`).
  return (
    pairs.find(({ host }) => !isAddress(host)) ??
    urls[0] ??
    pairs.at(-1) ??
    labels[0] ?? { host: words[0] ?? '', port: undefined }
  )
}
const placesOf = (line: string, pattern: RegExp): readonly Place[] =>
  [...line.matchAll(pattern)].map((match) => ({
    host: match[1] ?? '',
    port: match[2] === undefined ? undefined : Number(match[2]),
  }))

/** Programs print the far end on a line of its own, after or before the one that says what failed. */
const AROUND = [1, 2, -1] as const
export function hostAround(lines: readonly string[], index: number, kind: FailureKind): Place {
  const here = hostIn(lines[index] ?? '', kind)
  if (here.host !== '') return here
  for (const step of AROUND) {
    const [place] = [...placesOf(lines[index + step] ?? '', labelled), ...placesOf(lines[index + step] ?? '', fromUrl)]
    if (place !== undefined && !noHosts.has(place.host.toLowerCase())) return place
  }
  return here
}

export const isAddress = (host: string): boolean => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)
