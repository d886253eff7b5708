import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { cite } from './cite.ts'
import type { SeenLog, Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

export type FailureKind = 'refused' | 'timeout' | 'no-host' | 'auth' | 'tls' | 'unavailable' | 'reset'
/** A line in which a program says that it could not reach or use something. Only a hint: logs can be wrong, or lie. */
export type LogFailure = {
  readonly kind: FailureKind
  /** As written: a name, a name with a namespace, or an address; '' when the line names none. */
  readonly host: string
  readonly port: number | undefined
  readonly line: string
  readonly log: SeenLog
  /** 0 is the last line of its log. */
  readonly fromEnd: number
  readonly times: number
}

/** In this order: `lookup db on 10.96.0.10:53: i/o timeout` is about the name, not about the time. */
const patterns: readonly (readonly [FailureKind, RegExp])[] = [
  [
    'no-host',
    /no such host|ENOTFOUND|EAI_AGAIN|name or service not known|could not translate host ?name|temporary failure in name resolution|name does not resolve|could not resolve(?! (?:placeholder|dependenc|type|module|symbol|reference|import|parameter|variable))|NXDOMAIN|UnknownHostException|unknown host|server misbehaving|failed to resolve(?! (?:placeholder|dependenc|type|module|symbol|reference|import|parameter|variable))|lookup \S+(?: on \S+)?:.*(timeout|timed out|refused|unreachable)|resolv\w+ .*(timed out|timeout)|nodename nor servname|host not found|can(?:'|no)?t resolve(?! (?:placeholder|['"]?\.|module|dependenc|symbol|reference|import))|can't find/i,
  ],
  [
    'auth',
    /password authentication failed|access denied for user|authentication failed|WRONGPASS|NOAUTH|invalid (username|password|credentials)|login failed|28P01|SASL.*fail|incorrect password|unauthori[sz]ed|\b401\b/i,
  ],
  [
    'tls',
    /x509|certificate (has expired|verify failed|signed by unknown)|tls: |SSL_ERROR|CERT_HAS_EXPIRED|self.signed certificate|PKIX path/i,
  ],
  [
    'refused',
    /connection refused|ECONNREFUSED|actively refused|connect: refused|could not connect to server(?!.*timed out)|errno 111/i,
  ],
  [
    'timeout',
    /i\/o timeout|ETIMEDOUT|timed? ?out|context deadline exceeded|no route to host|EHOSTUNREACH|ENETUNREACH|dial tcp .*timeout/i,
  ],
  [
    'unavailable',
    /no healthy upstream|\b50[234]\b.*(bad gateway|unavailable|gateway time)|(bad gateway|service unavailable)|no endpoints available|upstream connect error/i,
  ],
  ['reset', /connection reset|ECONNRESET|socket hang up|broken pipe|unexpected EOF|server closed the connection/i],
]
const address =
  /(?:\/\/|[@\s"'`([=>]|^)((?:\d{1,3}\.){3}\d{1,3}|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*):(\d{2,5})(?!\d|:\d)/gi
const named =
  /(?:lookup|ENOTFOUND|EAI_AGAIN|getaddrinfo(?: [A-Z_]+)?|host ?name|host|can't find|resolve|resolving|server at|UnknownHostException:?|to)\s+"?'?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)"?'?/gi
/** A name in quotes, after a word that says it is one: surer than the word that happens to follow `to`. */
const quoted =
  /(?:upstream|(?:server|host) (?:on|at)|host ?name|host=|host|lookup|resolve|resolving)\s*[:=]?\s*["'`]([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)["'`]/gi
/** The word after these is the name that was looked up, whatever else the line speaks of. */
const lookedUp =
  /(?:lookup|ENOTFOUND|EAI_AGAIN|getaddrinfo|UnknownHostException:?)\s+(?:ENOTFOUND |EAI_AGAIN )?"?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*)/gi
/** As Java prints an address: `name/10.0.0.7:5432`, and `/10.0.0.7:5432` when it has no name. */
const ofJava = /(?:^|[\s(@:])([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?\/((?:\d{1,3}\.){3}\d{1,3}):(\d{2,5})/gi
const fromUrl = /\/\/(?:[^@/\s]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{2,5}))?/gi
const noHosts = new Set([
  'the',
  'a',
  'server',
  'host',
  'connect',
  'database',
  'be',
  'tcp',
  'localhost',
  'address',
  'name',
  'on',
  'port',
  'db',
  'upstream',
  'not',
  'found',
  'in',
])

export function failuresInLogs(snapshot: Snapshot, subject: Subject): readonly LogFailure[] {
  const names = new Set(subject.pods.map(({ name }) => name))
  const found = new Map<string, LogFailure>()
  for (const log of snapshot.logs.filter((one) => one.namespace === subject.namespace && names.has(one.pod))) {
    for (const [index, line] of log.lines.entries()) {
      const kind = patterns.find(([, pattern]) => pattern.test(line))?.[0]
      if (kind === undefined) continue
      const { host, port } = hostIn(line, kind)
      const key = `${kind} ${host}:${port ?? ''}`
      const before = found.get(key)
      found.set(key, {
        kind,
        host,
        port,
        line,
        log,
        fromEnd: log.lines.length - 1 - index,
        times: (before?.times ?? 0) + 1,
      })
    }
  }
  return [...found.values()].toSorted((a, b) => a.fromEnd - b.fromEnd)
}

export function hostIn(line: string, kind: FailureKind): { readonly host: string; readonly port: number | undefined } {
  // `lookup` messages name the DNS server as well (`on 10.96.0.10:53`): the name looked up comes first.
  const words = [...line.matchAll(quoted), ...line.matchAll(lookedUp), ...line.matchAll(named)]
    .map((match) => match[1] ?? '')
    .filter((word) => !noHosts.has(word.toLowerCase()) && !/^\d+$/.test(word))
  const pairs = [
    ...[...line.matchAll(ofJava)].map((match) => ({ host: match[1] ?? match[2] ?? '', port: Number(match[3]) })),
    ...[...line.matchAll(address)].map((match) => ({ host: match[1] ?? '', port: Number(match[2]) })),
  ].filter(({ host, port }) => port !== 53 && !/^\d+$/.test(host) && !/^\d\d:\d\d$/.test(host))
  const urls = [...line.matchAll(fromUrl)].map((match) => ({
    host: match[1] ?? '',
    port: match[2] === undefined ? undefined : Number(match[2]),
  }))
  if (kind === 'no-host') {
    const word = words[0] ?? urls[0]?.host ?? pairs[0]?.host
    return { host: word ?? '', port: pairs.find(({ host }) => host === word)?.port }
  }
  // `dial tcp 10.0.0.7:5432`: the last pair is the far end (`read tcp here:4711->there:5432`).
  return (
    pairs.find(({ host }) => !isAddress(host)) ?? urls[0] ?? pairs.at(-1) ?? { host: words[0] ?? '', port: undefined }
  )
}
/** A lookup that nobody answered, as opposed to one that was answered with "no such name". */
export const unanswered = ({ kind, line }: Pick<LogFailure, 'kind' | 'line'>): boolean =>
  kind === 'no-host' &&
  /timeout|timed out|EAI_AGAIN|temporary failure|server misbehaving|:53\b.*(refused|unreachable)/i.test(line)
export const isAddress = (host: string): boolean => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)

export const citeFailure = (failure: LogFailure): readonly Citation[] => cite(failure.log, failure.line)
