import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { own } from '../runtime/own.ts'
import { ClusterApiError } from './cluster-api.ts'
import type { ProxyChoice } from './proxy.ts'

const Status = z.looseObject({
  kind: z.literal('Status'),
  message: z.string().catch(''),
  reason: z.string().catch(''),
  code: z.number().optional(),
})

/** An answer that is no success, as one sentence. What the server wrote is data: cut short, without control characters. */
export function refusedBy(
  server: string,
  what: string,
  status: number,
  contentType: string,
  body: string,
  /** As its Retry-After has it. */
  waitSeconds = '',
): ClusterApiError {
  const stated = statusOf(body)
  const reason = stated?.reason || `HTTP${status}`
  const said = stated?.message ? ` (${oneLine(stated.message)})` : ''
  if (status === 401)
    return new ClusterApiError(
      `${server} does not accept the credential (401)${said}. Renew the token or certificate in the kubeconfig.`,
      status,
      stated?.reason || 'Unauthorized',
    )
  if (status >= 300 && status < 400)
    return new ClusterApiError(
      `${server} sends ${what} elsewhere (${status}), as a login page does. Check the server address in the kubeconfig.`,
      status,
      'Redirect',
    )
  if (stated === undefined && /html/i.test(contentType))
    return new ClusterApiError(
      `${server} answered ${what} with a web page (${status}), not as a Kubernetes API. Check the server address in the kubeconfig.`,
      status,
      'NotKubernetes',
    )
  const refusal = `${server} refused ${what}: ${status} ${oneLine(stated?.message || reason)}`
  if (status === 429 && /^\d{1,5}$/.test(waitSeconds))
    return new ClusterApiError(`${refusal}.`, status, reason, {
      remedy: `It is overloaded: try again in ${waitSeconds} s.`,
    })
  return new ClusterApiError(refusal, status, reason)
}

/** A 404 that speaks of the object, not of an unknown path or a server that is no Kubernetes API. */
export const isNoSuchObject = (error: unknown): boolean =>
  error instanceof ClusterApiError && error.status === 404 && error.reason === 'NotFound'

/** A `Status` object within a watch. */
export function failedWatch(server: string, what: string, object: unknown): ClusterApiError {
  const stated = Status.safeParse(object)
  if (!stated.success) return new ClusterApiError(`${server} ended ${what} with an error.`, 500, 'WatchError')
  const { code, reason, message } = stated.data
  return new ClusterApiError(
    `${server} ended ${what}: ${oneLine(message || reason)}`,
    code ?? 500,
    reason || 'WatchError',
  )
}

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Check the server address in the kubeconfig',
  ENOTFOUND: 'its name cannot be resolved. Check the server address in the kubeconfig',
  EAI_AGAIN: 'its name cannot be resolved just now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it takes no connection in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name. Check the server address, or set tls-server-name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS at that port. Check the server address in the kubeconfig',
}
/** The API server of a private AKS cluster: a name that is known in networks that are linked to its zone only. */
const privateAks = /\.privatelink\.[\w.-]*azmk8s\./i
const PRIVATE =
  'it is a private cluster, whose name cannot be resolved from here. Link this network to its private DNS zone, or use its public FQDN'
const untrusted = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)$/

/** No answer at all. */
export function notReached(
  server: string,
  what: string,
  error: unknown,
  timeoutMs: number,
  cancelled: boolean,
  proxy?: ProxyChoice,
): ClusterApiError {
  if (error instanceof ClusterApiError) return error
  const fail = (why: string, reason: string) =>
    new ClusterApiError(`${server} did not answer ${what}: ${why}.`, 0, reason, { cause: error })
  if (cancelled) return fail('the time of this call was over, or the caller stopped waiting', 'Cancelled')
  if (error instanceof Error && /^(TimeoutError|HeadersTimeoutError|BodyTimeoutError)$/.test(error.name))
    return fail(`no answer within ${timeoutMs / 1000} s`, 'Timeout')
  const code = errorCode(error)
  if (proxy !== undefined) {
    const why = proxyFault(error, code)
    if (why !== undefined) {
      // Its address may hold a password.
      const { protocol, host } = URL.parse(proxy.url) ?? { protocol: '', host: 'of that address' }
      const words = `The proxy ${protocol}//${host} (${proxy.from}) ${why}, so ${server} was not asked for ${what}. Check ${proxy.from}, or let NO_PROXY name this server.`
      return new ClusterApiError(words, 0, 'Proxy', { cause: error })
    }
  }
  if (untrusted.test(code))
    return fail('its certificate is not trusted. Add its certificate-authority-data to the kubeconfig', 'Tls')
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code) && privateAks.test(server)) return fail(PRIVATE, code)
  return fail(own(remedies, code) ?? oneLine(errorText(error)), code || 'Unreachable')
}

/** Whoever speaks through a proxy connects to nothing else. */
function proxyFault(error: unknown, code: string): string | undefined {
  const stated = /Proxy response \((\d+)\)/.exec(errorText(error))?.[1]
  if (stated !== undefined) return stated === '407' ? 'asks for a login of its own (407)' : `answered ${stated}`
  if (code.startsWith('UND_ERR_SOCKS5')) return `does not connect: ${oneLine(errorText(error))}`
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(
    code,
  )
    ? `cannot be reached (${code})`
    : undefined
}

export function errorCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code
  return ''
}

function statusOf(body: string): z.infer<typeof Status> | undefined {
  try {
    const parsed = Status.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
