import { z } from 'zod'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { type RancherHttp, refused } from './rancher-http.ts'

/** An hour of work; what a crash leaves behind is gone soon after. Rancher's own default is 30 days. */
const TTL_SECONDS = 3_600
const objectName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,252}$/)

export type Minted = {
  readonly text: string
  readonly expires?: string
  /** Takes the token back. */
  readonly remove: () => Promise<void>
}
const Made = z.looseObject({
  metadata: z.looseObject({ name: objectName }),
  status: z.looseObject({ value: z.string().min(1) }),
})
const Generated = z.looseObject({ config: z.string().min(1) })
const Token = z.looseObject({
  expiresAt: z.string().catch(''),
  expired: z.boolean().catch(false),
  /** Milliseconds; 0: for ever. */
  ttl: z.number().catch(0),
})
const Users = z.looseObject({ data: z.array(z.looseObject({ username: z.string().catch('') })) })

/**
 * A kubeconfig of one cluster with a token of its own. Each costs a token in Rancher, so it is taken back after use. The
 * path is made from the cluster's id: the address that Rancher gives for the action may be another than ours.
 */
export async function mintKubeconfig(url: string, http: RancherHttp, id: string, clock: Clock): Promise<Minted> {
  const { status, body } = await http.ask('POST', '/apis/ext.cattle.io/v1/kubeconfigs', {
    post: {
      apiVersion: 'ext.cattle.io/v1',
      kind: 'Kubeconfig',
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'nightcrier' } },
      spec: { clusters: [id], ttl: TTL_SECONDS, currentContext: id, description: 'nightcrier' },
    },
  })
  if (status === 404 || status === 405) return generated(url, http, id)
  const made = Made.safeParse(body)
  if (status >= 300 || !made.success) throw refused(url, `a kubeconfig for ${id}`, status)
  const { name } = made.data.metadata
  return {
    text: made.data.status.value,
    expires: new Date(clock.now().getTime() + TTL_SECONDS * 1000).toISOString(),
    remove: async () => {
      await http.ask('DELETE', `/apis/ext.cattle.io/v1/kubeconfigs/${name}`)
    },
  }
}

/** Before Rancher 2.12. */
async function generated(url: string, http: RancherHttp, id: string): Promise<Minted> {
  const { status, body } = await http.ask('POST', `/v3/clusters/${id}?action=generateKubeconfig`)
  if (status === 404 || status === 405 || status === 422)
    throw new GiveUp(
      `Rancher ${url} makes no kubeconfig for ${id}: it is not ready, or the token has no right to it. Use access = "proxy".`,
    )
  const made = Generated.safeParse(body)
  if (status >= 300 || !made.success) throw refused(url, `a kubeconfig for ${id}`, status)
  const name = tokenName(/\b(kubeconfig-[a-z0-9.-]+:[a-z0-9]+)\b/.exec(made.data.config)?.[1] ?? '')
  const expires = name === undefined ? undefined : (await tokenInfo(http, name))?.expires
  return {
    text: made.data.config,
    ...(expires === undefined ? {} : { expires }),
    remove: async () => {
      if (name !== undefined) await http.ask('DELETE', `/v3/tokens/${name}`)
    },
  }
}

/** The part that is no secret; `undefined` for a token of another form. */
export function tokenName(token: string): string | undefined {
  const [name = '', secret] = token.split(':')
  return secret !== undefined && objectName.safeParse(name).success ? name : undefined
}

export type TokenInfo = { readonly expires?: string; readonly expired: boolean; readonly ttlMs: number }
/** `undefined` where Rancher does not tell. */
export async function tokenInfo(http: RancherHttp, name: string, signal?: AbortSignal): Promise<TokenInfo | undefined> {
  const { status, body } = await http.ask('GET', `/v3/tokens/${name}`, signal === undefined ? {} : { signal })
  const parsed = Token.safeParse(body)
  if (status !== 200 || !parsed.success) return undefined
  const { expiresAt, expired, ttl } = parsed.data
  const at = Date.parse(expiresAt)
  return {
    expired,
    ttlMs: ttl,
    ...(Number.isNaN(at) ? {} : { expires: `${new Date(at).toISOString().slice(0, 19)}Z` }),
  }
}

/** Whom the token is of. */
export async function whoAmI(url: string, http: RancherHttp, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await http.ask('GET', '/v3/users?me=true', { signal })
  if (status === 401) throw refused(url, 'the login', status)
  return status === 200 ? Users.safeParse(body).data?.data[0]?.username || undefined : undefined
}
