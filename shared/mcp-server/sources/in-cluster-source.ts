import { join } from 'node:path'
import { connectCluster } from '../../kubernetes/connect.ts'
import { serverAddress } from '../../kubernetes/server-address.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { readSmall } from './small-file.ts'
import type { Connect, Found, Source } from './source.ts'

/** Where Kubernetes puts a service account, in every pod that has one. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

export type InCluster = {
  /** `https://10.0.0.1:443` */
  readonly server: string
  readonly folder?: string
  /** What it is called in answers. */
  readonly name?: string
  readonly connect?: Connect
}

/** The address that Kubernetes tells each pod; `undefined` outside of one. */
export function apiOfThisCluster(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  if (!host || !port) return undefined
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The cluster that this server runs in. The kubelet renews its token: the file is read anew before the old one ends. */
export function inClusterSource({
  server,
  folder = SERVICE_ACCOUNT,
  name = 'in-cluster',
  connect = connectCluster,
}: InCluster): Source {
  const where = `service account ${folder}`
  const address = serverAddress(server, (what) => new GiveUp(`${where}: ${what}`))
  let namespace = 'default'
  const found = (): Found => ({
    target: { name, aliases: [], server: address, namespace, source: where },
    version: address,
    inFile: true,
    open: async () => {
      const file = async (file: string) => {
        try {
          return await readSmall(join(folder, file))
        } catch (error) {
          throw new GiveUp(`${where}: cannot read ${file}: ${errorText(error)}. Give the pod a service account.`)
        }
      }
      const [token, ca] = await Promise.all([file('token'), address.startsWith('https:') ? file('ca.crt') : ''])
      return connect(tokenKubeconfig({ server: address, token: token.trim(), ca }), { where })
    },
  })
  return {
    kind: 'in-cluster',
    name: where,
    current: () => [found()],
    problems: () => [],
    // Where the pod itself lies, as kubectl in a pod has it.
    refresh: async () => {
      const own = await readSmall(join(folder, 'namespace')).catch(() => '')
      if (/^[a-z0-9-]{1,63}$/.test(own.trim())) namespace = own.trim()
    },
  }
}

export function tokenKubeconfig(given: {
  readonly server: string
  readonly token: string
  readonly ca?: string
  readonly insecure?: boolean
}): string {
  const { server, token, ca = '', insecure = false } = given
  const cluster = {
    server,
    ...(ca === '' ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(insecure ? { 'insecure-skip-tls-verify': true } : {}),
  }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  })
}
