import { z } from 'zod'
import { systemClock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'
import { own } from '../runtime/own.ts'
import { notReached, refusedBy } from './api-failure.ts'
import { openConnections } from './connections.ts'
import type { Kubeconfig } from './kubeconfig.ts'

/** As in infra/kubernetes/reader.yaml. */
const NAMESPACE = 'nightcrier'
const ACCOUNT = 'nightcrier-reader'
const CALL_TIMEOUT_MS = 15_000
/** A token and a few lines around it; objects that come back are as small as the manifests. */
const MAX_ANSWER_BYTES = 256 * 1024

/**
 * The only writes that this product ever sends to a cluster, in the hand of whoever onboards one: our namespace, our
 * account, our roles. Everything else goes through the read-only door.
 */
const writable = [
  /^PATCH \/api\/v1\/namespaces\/nightcrier$/,
  /^PATCH \/api\/v1\/namespaces\/nightcrier\/serviceaccounts\/nightcrier-reader$/,
  /^PATCH \/apis\/rbac\.authorization\.k8s\.io\/v1\/clusterroles\/nightcrier-(reader|secrets)$/,
  /^PATCH \/apis\/rbac\.authorization\.k8s\.io\/v1\/clusterrolebindings\/nightcrier-(reader|secrets)$/,
  /^POST \/api\/v1\/namespaces\/nightcrier\/serviceaccounts\/nightcrier-reader\/token$/,
]

export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined }
}
export type ReaderToken = { readonly token: string; readonly expires: string }
const Token = z.looseObject({ status: z.looseObject({ token: z.string().min(1), expirationTimestamp: z.string() }) })

/** Applies the manifests as one owner (so again is no change) and asks for a token of the account that ends. */
export async function installReader(
  kubeconfig: Kubeconfig,
  manifests: readonly Manifest[],
  tokenSeconds: number,
): Promise<ReaderToken> {
  const connections = openConnections(kubeconfig, {
    timeoutMs: CALL_TIMEOUT_MS,
    pools: [1],
    // What may be sent is listed above.
    guard: (dispatch) => dispatch,
    clock: systemClock,
  })
  const { origin, pathname } = new URL(kubeconfig.server)
  const prefix = pathname === '/' ? '' : pathname

  async function send(method: 'PATCH' | 'POST', path: string, query: string, type: string, body: unknown) {
    const what = `${method} ${path}`
    if (!writable.some((one) => one.test(what))) throw new GiveUp(`${what} is nothing that onboarding may write.`)
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const { pools, headers } = await connections.use(signal)
    const [calls] = pools
    if (calls === undefined) throw new Error('there is one pool')
    const answer = await calls
      .request({
        origin,
        path: `${prefix}${path}${query}`,
        method,
        headers: { ...headers, 'content-type': type, accept: 'application/json' },
        body: JSON.stringify(body),
        signal,
      })
      .catch((error: unknown) => {
        throw notReached(kubeconfig.server, what, error, CALL_TIMEOUT_MS, false, connections.proxy)
      })
    const bytes = Buffer.from(await answer.body.arrayBuffer()).subarray(0, MAX_ANSWER_BYTES)
    const text = bytes.toString('utf8')
    if (answer.statusCode >= 200 && answer.statusCode < 300) return text
    throw refusedBy(kubeconfig.server, what, answer.statusCode, String(answer.headers['content-type'] ?? ''), text)
  }

  try {
    for (const manifest of manifests)
      await send(
        'PATCH',
        pathOf(manifest),
        '?fieldManager=nightcrier&force=true',
        'application/apply-patch+yaml',
        manifest,
      )
    const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${ACCOUNT}/token`
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: tokenSeconds },
    }
    const { status } = Token.parse(JSON.parse(await send('POST', path, '', 'application/json', request)))
    return { token: status.token, expires: status.expirationTimestamp }
  } finally {
    await connections.close()
  }
}

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
}
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${own(plurals, kind) ?? kind}/${name}`
}
