import { Agent, ProxyAgent, request, Socks5ProxyAgent } from 'undici'
import { environment } from '../../config/environment.ts'
import { errorCode } from '../../kubernetes/api-failure.ts'
import { proxyTo } from '../../kubernetes/proxy.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** A page of 500 clusters with all that Rancher tells of them is about 5 MiB. */
const MAX_BYTES = 16 * 1024 * 1024
const CALL_MS = 10_000

export type RancherAnswer = { readonly status: number; readonly body: unknown }
export type RancherHttp = {
  /** `path` is made of constants and checked ids only. Answers of any status; GiveUp when there is none. */
  readonly ask: (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    options?: { readonly post?: unknown; readonly signal?: AbortSignal },
  ) => Promise<RancherAnswer>
  readonly close: () => Promise<void>
}

/** Speaks to one Rancher. A refused token is looked up again and tried once more: its file may hold a new one. */
export function rancherHttp(deps: {
  readonly url: string
  readonly token: () => Promise<string>
  readonly insecure: boolean
}): RancherHttp {
  const { url } = deps
  const agent = wayTo(url, deps.insecure)
  async function once(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    bearer: string,
    post: unknown,
    signal: AbortSignal,
  ) {
    // Redirects are not followed: the token is for this server only.
    const { statusCode, body } = await request(`${url}${path}`, {
      method,
      dispatcher: agent,
      signal,
      headers: {
        authorization: `Bearer ${bearer}`,
        accept: 'application/json',
        'user-agent': 'nightcrier',
        ...(post === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: post === undefined ? null : JSON.stringify(post),
    })
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
      if (length > MAX_BYTES) throw new GiveUp(`Rancher ${url} answered ${path.split('?')[0]} with over 16 MiB.`)
    }
    return { status: statusCode, body: parsed(Buffer.concat(chunks).toString('utf8')) }
  }
  return {
    ask: async (method, path, { post, signal } = {}) => {
      const deadline = AbortSignal.timeout(CALL_MS)
      const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
      try {
        const bearer = await deps.token()
        const answer = await once(method, path, bearer, post, until)
        return answer.status === 401 ? await once(method, path, await deps.token(), post, until) : answer
      } catch (error) {
        if (error instanceof GiveUp) throw error
        const why = until.aborted ? 'no answer in 10 s' : errorCode(error) || 'the connection failed'
        throw new GiveUp(`Rancher ${url} cannot be reached (${why}). Check rancher_url and the way there.`, {
          cause: error,
        })
      }
    },
    close: () => agent.destroy(),
  }
}

/** As every API is reached: by HTTPS_PROXY and NO_PROXY. */
function wayTo(url: string, insecure: boolean) {
  const tls = { timeout: CALL_MS, rejectUnauthorized: !insecure }
  const common = { connections: 4, allowH2: false }
  const proxy = proxyTo(url, undefined, environment())
  if (proxy === undefined) return new Agent({ ...common, connect: tls })
  if (proxy.url.startsWith('socks5:')) return new Socks5ProxyAgent(proxy.url, { ...common, requestTls: tls })
  return new ProxyAgent({ ...common, uri: proxy.url, requestTls: tls })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a status other than the expected one means; the answer's own text is not quoted. */
export function refused(url: string, what: string, status: number): GiveUp {
  const said: Readonly<Record<number, string>> = {
    401: 'the token is refused: it is wrong, or has run out. Make a new API key and put it into rancher_token',
    403: 'the token may not do that. Use one of a user who may',
    404: 'there is no such thing there. Check that rancher_url is the address of a Rancher',
  }
  const elsewhere =
    status >= 300 && status < 400
      ? 'it leads elsewhere, and the token is for this address only. Set rancher_url to where Rancher itself answers, with https:// and without a sign-in before it'
      : 'try again later'
  return new GiveUp(`Rancher ${url}: ${what} failed (${status}): ${said[status] ?? elsewhere}.`)
}
