import { errorText } from '../../runtime/errors.ts'

/** Why no connection came about, in words. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known to DNS',
  EAI_AGAIN: 'DNS does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ERR_INVALID_URL: 'it is no address',
}
const certificate = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/
const PAGERDUTY = /^events(\.eu)?\.pagerduty\.com/

export function whyNot(error: unknown, host: string): string {
  const found = codeOf(error)
  if (found !== undefined && words[found] !== undefined) return `${words[found]} (${found})`
  if (found !== undefined && certificate.test(found)) return `its certificate is not trusted here (${found})`
  if (error instanceof Error && error.name === 'TimeoutError') return 'it was silent until the time was up'
  const region = PAGERDUTY.test(host) ? '; accounts of another service region have another address (PAGERDUTY_URL)' : ''
  return `${errorText(error)}${region}`
}

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AggregateError) return codeOf(at.errors[0])
    if ('code' in at && typeof at.code === 'string' && at.code !== 'UND_ERR_SOCKET') return at.code
  }
  return undefined
}
