export type FailureKind = 'refused' | 'timeout' | 'no-host' | 'auth' | 'tls' | 'unavailable' | 'reset'
/** Which software says so, in which version it was read, and what is the matter then: always with what is called. */
export type FailureMessage = { readonly source: string; readonly mechanism: FailureKind; readonly pattern: RegExp }

/** What is resolved in these sentences is no host. */
const notNames = String.raw`(?! (?:placeholder|dependenc|type|module|symbol|reference|import|parameter|variable|['"]?\.))`
const said = (source: string, mechanism: FailureKind, pattern: RegExp): FailureMessage => ({
  source,
  mechanism,
  pattern,
})

/**
 * What programs say of a call that failed. Codes are matched as they are written, whole, so that no longer word holds
 * them; sentences from a word's beginning to a word's end. The first that matches is it: `lookup db on 10.96.0.10:53:
 * i/o timeout` is about the name, not about the time.
 */
export const failureMessages: readonly FailureMessage[] = [
  said('Go net 1.24', 'no-host', /\bno such host\b/),
  said('Go net 1.24', 'no-host', /\blookup \S+(?: on \S+)?:.*(?:timeout|timed out|refused|unreachable)/),
  said('Go net 1.24', 'no-host', /\bserver misbehaving\b/),
  said('libuv 1.51 (Node)', 'no-host', /\b(?:ENOTFOUND|EAI_AGAIN)\b/),
  said(
    'glibc 2.41 getaddrinfo',
    'no-host',
    /\b[Nn]ame or service not known\b|\b[Tt]emporary failure in name resolution\b/,
  ),
  said('musl 1.2 getaddrinfo', 'no-host', /\bName does not resolve\b/i),
  said('macOS getaddrinfo', 'no-host', /\bnodename nor servname\b/),
  said('libpq 17', 'no-host', /\bcould not translate host ?name\b/),
  said('curl 8', 'no-host', new RegExp(`\\b[Cc]ould not resolve${notNames}\\b`)),
  said('OpenJDK 21', 'no-host', /\bUnknownHostException\b/),
  said('MySQL 8 client', 'no-host', /\b[Uu]nknown (?:MySQL server )?host\b/),
  said('nginx 1.27', 'no-host', /\bhost not found\b/i),
  said('BIND 9 dig', 'no-host', /\bNXDOMAIN\b/),
  said('BusyBox 1.37 nslookup', 'no-host', new RegExp(`\\bcan(?:'|no)?t (?:resolve|find)${notNames}\\b`, 'i')),
  said('common', 'no-host', new RegExp(`\\bfailed to resolve${notNames}\\b`, 'i')),
  said('common', 'no-host', /\bresolv\w+ .*(?:timed out|timeout)\b/i),
  said('PostgreSQL 17', 'auth', /\bpassword authentication failed\b|\b28P01\b/i),
  said('MySQL 8', 'auth', /\baccess denied for user\b/i),
  said('Redis 8', 'auth', /\b(?:WRONGPASS|NOAUTH)\b/),
  said('MongoDB 8, RabbitMQ 4, Kafka 4', 'auth', /\bauthentication failed\b|\bSASL\b.*\bfail|\blogin failed\b/i),
  said('common', 'auth', /\binvalid (?:username|password|credentials)\b|\bincorrect password\b/i),
  said('HTTP', 'auth', /\bunauthori[sz]ed\b|(?<![\w.:-])401(?![\w.:-])/i),
  said('Go crypto/x509 1.24', 'tls', /\bx509\b|\btls: /),
  said(
    'OpenSSL 3, Node',
    'tls',
    /\bcertificate (?:has expired|verify failed|signed by unknown)\b|\bself.signed certificate\b/i,
  ),
  said('OpenSSL 3, Node', 'tls', /\bSSL_ERROR|\bCERT_HAS_EXPIRED\b/),
  said('OpenJDK 21', 'tls', /\bPKIX path\b/),
  said('POSIX', 'refused', /\bconnection refused\b|\bactively refused\b|\b[Ee]rrno 111\b/i),
  said('libuv 1.51 (Node)', 'refused', /\bECONNREFUSED\b/),
  said('libpq 17', 'refused', /\bcould not connect to server\b(?!.*timed out)/),
  said('Go net 1.24', 'timeout', /\bi\/o timeout\b|\bcontext deadline exceeded\b|\bdial tcp .*\btimeout\b/),
  said('POSIX', 'timeout', /\bno route to host\b/i),
  said('libuv 1.51 (Node)', 'timeout', /\b(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b/),
  said('common', 'timeout', /\btime(?:d ?)?[- ]?out\b/i),
  said('Envoy 1.35', 'unavailable', /\bno healthy upstream\b|\bupstream connect error\b/i),
  said(
    'HTTP',
    'unavailable',
    /\b50[234]\b.*(?:bad gateway|unavailable|gateway time)|\b(?:bad gateway|service unavailable)\b/i,
  ),
  said('kube-proxy, API server 1.34', 'unavailable', /\bno endpoints available\b/),
  said('Cassandra driver 4, pools', 'unavailable', /\bno (?:available|free) connections?\b|\ball host\(s\) tried\b/i),
  said('POSIX', 'reset', /\bconnection reset\b|\bbroken pipe\b/i),
  said('libuv 1.51 (Node)', 'reset', /\bECONNRESET\b|\bsocket hang up\b/),
  said('Go io 1.24', 'reset', /\bunexpected EOF\b/),
  said('libpq 17', 'reset', /\bserver closed the connection\b/),
]

/** What a line says of a call, when it says that one failed. */
export const failureIn = (line: string): FailureKind | undefined =>
  failureMessages.find(({ pattern }) => pattern.test(line))?.mechanism
