import type { RequestOptions } from 'node:https'
import type { buildConnector } from 'undici'
import type { Kubeconfig } from './kubeconfig.ts'

export type Credential = {
  readonly tls: buildConnector.BuildOptions
  /** Asked anew for every call: a login program's token runs out. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
}

/** Half a second of loading: only whoever reaches a cluster pays for it, and no call's deadline. */
export const loadLibrary = () => import('./kube-config.ts')

/** What a kubeconfig's user and cluster mean for TLS and for request headers. */
export async function credentialOf(kubeconfig: Kubeconfig): Promise<Credential> {
  const { newKubeConfig } = await loadLibrary()
  const loaded = newKubeConfig()
  loaded.loadFromString(kubeconfig.text)
  // The library refuses plain http unless TLS is off; here the server's address was checked before (loopback only).
  if (kubeconfig.server.startsWith('http:'))
    loaded.clusters = loaded.clusters.map((cluster) => ({ ...cluster, skipTLSVerify: true }))

  const asked = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {}
    await loaded.applyToHTTPSOptions(options)
    return options
  }
  const { ca, cert, key, passphrase, servername, rejectUnauthorized } = await asked()
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    },
    headers: async () => {
      const options = await asked()
      const headers: Record<string, string> = {}
      for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value)
      if (typeof options.auth === 'string')
        headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`
      return headers
    },
  }
}
