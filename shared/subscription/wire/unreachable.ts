import { errorText } from '../../runtime/errors.ts'
import { own } from '../../runtime/own.ts'

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host: check the name in mcp.endpoint',
  EAI_AGAIN: 'its name does not resolve now: check DNS',
  ENODATA: 'its name has no address: check DNS',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  ETIMEDOUT: 'no connection came about in time',
  EHOSTUNREACH: 'there is no way to its network',
  ENETUNREACH: 'there is no way to its network',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: set mcp.ca, or NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate has an unknown issuer: set mcp.ca, or NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate has an unknown issuer: set mcp.ca, or NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate has an unknown issuer: set mcp.ca, or NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not yet valid: check the clocks',
  EPROTO: 'it does not speak TLS as it should: http:// perhaps, or a port of another service',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: http:// perhaps, or a port of another service',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there: http:// perhaps, or a port of another service',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'it asks for a client certificate: set mcp.client_certificate and mcp.client_key',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'it refuses the handshake: it may ask for a client certificate (mcp.client_certificate), or for another version of TLS',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the issuer of the client certificate: check mcp.client_certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it refuses the client certificate: check mcp.client_certificate',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'it speaks HTTP/2 only, and MCP needs HTTP/1.1 here',
  HPE_INVALID_CONSTANT:
    'it does not speak HTTP/1.1 there: HTTP/2 only perhaps, TLS on a plain port, or another service',
  HPE_HEADER_OVERFLOW: 'its answer has more than 16 KB of headers',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has more than 16 KB of headers',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer is shorter or longer than it says',
  Z_DATA_ERROR: 'its answer is not compressed as it says',
}

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''

/** Whether the connection broke, as one that was idle for too long does, and the next may hold. */
export const wasCut = (cause: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(cause)) && !/EPROTO|SSL/.test(errorText(cause))

/** One sentence on why there was no answer, and whose fault that is. */
export function unreachable(shown: string, cause: unknown): string {
  return `${shown} cannot be reached: ${why(cause)}`
}

function why(cause: unknown): string {
  // Of a name with several addresses: each has its own reason, and the error itself is empty.
  if (cause instanceof AggregateError && cause.errors.length > 0)
    return cause.errors.slice(0, 4).map(oneAddress).join('; ')
  const code = codeOf(cause)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cause instanceof Error ? /altnames: (.+)$/.exec(cause.message)?.[1] : undefined
    return `its certificate is for another name${names === undefined ? '' : ` (${names.slice(0, 150)})`}: check the host in mcp.endpoint`
  }
  // The parser gives its errors a code only sometimes.
  if (code.startsWith('HPE_') || (cause instanceof Error && cause.name === 'HTTPParserError'))
    return own(words, code) ?? words.HPE_INVALID_CONSTANT ?? code
  const known = own(words, code)
  if (known !== undefined) return known
  if (code.startsWith('ERR_SSL')) return `the TLS handshake failed (${code})`
  if (code === 'UND_ERR_ABORTED' && cause instanceof Error) return `the proxy refuses: ${cause.message}`
  const text = errorText(cause)
  // The dump of a library says nothing to a person beyond its reason.
  return /:SSL routines:/.test(text)
    ? `the TLS handshake failed (${/:([a-z0-9 ]+):\.*/.exec(text.split('SSL routines')[1] ?? '')?.[1] ?? 'see the log'})`
    : text
}

function oneAddress(error: unknown): string {
  const where = error instanceof Error && 'address' in error ? `${String(error.address)}: ` : ''
  return `${where}${own(words, codeOf(error)) ?? errorText(error)}`
}
