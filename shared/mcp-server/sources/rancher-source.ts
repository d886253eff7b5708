import { connectCluster } from '../../kubernetes/connect.ts'
import type { CredentialInfo } from '../../kubernetes/credential-expiry.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { RancherTable } from '../server/server-config.ts'
import { discoverySource } from './discovery-source.ts'
import { tokenKubeconfig } from './in-cluster-source.ts'
import { rancherClusters, rancherId } from './rancher-clusters.ts'
import { mintKubeconfig, type TokenInfo, tokenInfo, tokenName, whoAmI } from './rancher-credentials.ts'
import { rancherHttp } from './rancher-http.ts'
import { readSmall } from './small-file.ts'
import type { Connect, Opened, Source } from './source.ts'

/** Time enough to make a new key on a working day; of one that lives for days only its last third. */
const WARN_MS = 3 * 86_400_000

/**
 * The clusters of a Rancher, reached through it with the same token: no files, and no tokens made. With
 * `access: kubeconfig` each gets a kubeconfig with a token of an hour, which is taken back.
 */
export function rancherSource(
  table: RancherTable,
  clock: Clock,
  {
    kind = 'rancher',
    connect = connectCluster,
  }: { readonly kind?: 'rancher' | 'nsk'; readonly connect?: Connect } = {},
): Source {
  const { rancher_url: url, rancher_insecure: insecure } = table
  const token = tokenOf(table.rancher_token)
  const http = rancherHttp({ url, token, insecure })
  let info: TokenInfo | undefined

  async function ownToken(signal?: AbortSignal): Promise<void> {
    const name = tokenName(await token())
    if (name !== undefined) info = (await tokenInfo(http, name, signal).catch(() => undefined)) ?? info
  }
  const ownCredential = (): CredentialInfo => ({
    kind: 'token',
    ...(info?.expires === undefined ? {} : { expires: info.expires }),
  })
  async function throughProxy(server: string): Promise<Opened> {
    const cluster = connect(tokenKubeconfig({ server, token: await token(), insecure }), {
      where: `Rancher ${url}`,
    })
    return { ...cluster, credential: ownCredential() }
  }
  async function byKubeconfig(id: string): Promise<Opened> {
    const { text, expires, remove } = await mintKubeconfig(url, http, id, clock)
    const takenBack = () => remove().catch(() => undefined)
    try {
      const cluster = connect(text, { where: `Rancher’s kubeconfig of ${id}` })
      return {
        ...cluster,
        credential: { kind: 'token', ...(expires === undefined ? {} : { expires }) },
        close: async () => {
          await takenBack()
          await cluster.close()
        },
      }
    } catch (error) {
      await takenBack()
      throw new GiveUp(`${errorText(error)} Or set access = "proxy".`)
    }
  }
  function soon(): string | undefined {
    if (info?.expires === undefined) return undefined
    const left = Date.parse(info.expires) - clock.now().getTime()
    const early = info.ttlMs > 0 ? Math.min(WARN_MS, info.ttlMs / 3) : WARN_MS
    if (left > early) return undefined
    return `Rancher ${url}: its token runs out at ${info.expires}. Make a new API key and put it into rancher_token`
  }
  const source = discoverySource({
    kind,
    name: `Rancher ${url}`,
    place: url,
    filter: table,
    goodId: (id) => rancherId.safeParse(id).success,
    discover: async (signal) => {
      const [clusters] = await Promise.all([rancherClusters(url, http, signal), ownToken(signal)])
      return clusters.map((one) => {
        const server = `${url}/k8s/clusters/${one.id}`
        return {
          ...one,
          server,
          ...(table.access === 'proxy' ? { credential: ownCredential } : {}),
          open: () => (table.access === 'proxy' ? throughProxy(server) : byKubeconfig(one.id)),
        }
      })
    },
    status: async (signal) => {
      const [user] = await Promise.all([whoAmI(url, http, signal), ownToken(signal)])
      return {
        how: table.access === 'proxy' ? 'through Rancher, with its token' : 'with kubeconfigs that Rancher makes',
        ...(user === undefined ? {} : { user }),
        ...(info === undefined ? {} : { tokenExpired: info.expired }),
        ...(info?.expires === undefined ? {} : { tokenExpires: info.expires }),
        ...(table.profile === undefined ? {} : { profile: table.profile }),
      }
    },
    close: http.close,
    clock,
  })
  return { ...source, soon }
}

/** `file:` is read for each use, so that who renews the file renews the token. */
export function tokenOf(given: string): () => Promise<string> {
  if (!given.startsWith('file:')) return async () => given
  const path = given.slice('file:'.length)
  return async () => {
    try {
      return (await readSmall(path)).trim()
    } catch (error) {
      throw new GiveUp(`rancher_token: cannot read ${path}: ${errorText(error)}.`)
    }
  }
}
