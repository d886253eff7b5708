import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

type FakeCluster = {
  readonly id: string
  readonly name: string
  readonly state?: string
  /** The API behind it: where `/k8s/clusters/{id}/…` is led to. */
  readonly api?: { readonly url: string; readonly token: string }
  /** False: no right, or not ready: Rancher then has no such action. */
  readonly generates?: boolean
}
export type RancherOptions = {
  readonly clusters: readonly FakeCluster[]
  readonly token?: string
  readonly expiresAt?: string
  /** Milliseconds. */
  readonly ttl?: number
  readonly pageSize?: number
  /** Rancher's idea of its own address, which appears in all links. */
  readonly serverUrl?: string
  /** False: the v3 API is switched off. */
  readonly norman?: boolean
  /** True: 2.12 and later. */
  readonly ext?: boolean
  /** What kubeconfig-generate-token=false gives. */
  readonly execKubeconfigs?: boolean
}

/** A Rancher, as far as the product speaks to one. Every token that it makes is counted until it is taken back. */
export async function startRancher(options: RancherOptions) {
  const state = {
    /** The token that callers must send now. */
    token: options.token ?? 'token-abcde:s3cretpart',
    expiresAt: options.expiresAt ?? '',
    clusters: [...options.clusters],
    /** Until it is set back nothing is answered. */
    hangs: false,
    calls: [] as string[],
    /** Made and not taken back, by name. */
    minted: new Map<string, string>(),
    mints: 0,
  }
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => send(response, 500, { message: String(error) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}`
  const named = options.serverUrl ?? url

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    const method = request.method ?? ''
    state.calls.push(`${method} ${request.url}`)
    if (state.hangs) return
    const bearer = (request.headers.authorization ?? '').replace('Bearer ', '')
    const own = bearer === state.token
    const known = own || [...state.minted.values()].includes(bearer)
    if (!known) return send(response, 401, { type: 'error', status: '401', message: 'must authenticate' })
    const proxied = /^\/k8s\/clusters\/([^/]+)(\/.*)$/.exec(request.url ?? '')
    if (proxied?.[1] === 'local' && pathname.endsWith('/management.cattle.io/v3/clusters'))
      return managed(response, searchParams)
    if (proxied) return lead(response, proxied[1]!, proxied[2]!, request)
    if (!own) return send(response, 403, { message: 'forbidden' })
    if (pathname === '/v3/clusters' && method === 'GET') return list(response, searchParams)
    const action = /^\/v3\/clusters\/([^/]+)$/.exec(pathname)
    if (action && method === 'POST') return generate(response, action[1]!)
    const token = /^\/v3\/tokens\/([^/]+)$/.exec(pathname)
    if (token) return tokens(response, method, token[1]!)
    if (pathname === '/v3/users') return send(response, 200, { data: [{ username: 'ops' }] })
    const ext = /^\/apis\/ext\.cattle\.io\/v1\/kubeconfigs(?:\/([^/]+))?$/.exec(pathname)
    if (ext && options.ext === true) return kubeconfigs(response, method, ext[1], await read(request))
    send(response, 404, { type: 'error', status: '404' })
  }
  function list(response: ServerResponse, query: URLSearchParams) {
    if (options.norman === false) return send(response, 404, {})
    const size = options.pageSize ?? 1_000
    const from = Number(query.get('marker') ?? 0)
    const data = state.clusters
      .slice(from, from + size)
      .map(({ id, name, state: standing = 'active', generates = true }) => ({
        id,
        name,
        state: standing,
        actions: generates ? { generateKubeconfig: `${named}/v3/clusters/${id}?action=generateKubeconfig` } : {},
      }))
    const next =
      from + size < state.clusters.length ? { next: `${named}/v3/clusters?limit=${size}&marker=${from + size}` } : {}
    send(response, 200, {
      type: 'collection',
      data,
      pagination: { limit: size, total: state.clusters.length, ...next },
    })
  }
  function managed(response: ServerResponse, query: URLSearchParams) {
    const size = options.pageSize ?? 500
    const from = Number(query.get('continue') ?? 0)
    const items = state.clusters.slice(from, from + size).map(({ id, name, state: standing = 'active' }) => ({
      metadata: { name: id },
      spec: { displayName: name },
      status: { conditions: [{ type: 'Ready', status: standing === 'active' ? 'True' : 'False' }] },
    }))
    send(response, 200, {
      metadata: from + size < state.clusters.length ? { continue: String(from + size) } : {},
      items,
    })
  }
  function mint(prefix: string): { name: string; token: string } {
    state.mints += 1
    const name = `${prefix}${state.mints}`
    const token = `${name}:minted${state.mints}`
    state.minted.set(name, token)
    return { name, token }
  }
  function kubeconfigText(id: string, token: string): string {
    const user = options.execKubeconfigs === true ? { exec: { command: 'rancher', args: ['token'] } } : { token }
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: id, cluster: { server: `${url}/k8s/clusters/${id}` } }],
      users: [{ name: id, user }],
      contexts: [{ name: id, context: { cluster: id, user: id } }],
      'current-context': id,
    })
  }
  function generate(response: ServerResponse, id: string) {
    const cluster = state.clusters.find((one) => one.id === id)
    if (cluster === undefined || cluster.generates === false) return send(response, 404, {})
    send(response, 200, { type: 'generateKubeconfigOutput', config: kubeconfigText(id, mint('kubeconfig-u-x').token) })
  }
  function kubeconfigs(response: ServerResponse, method: string, name: string | undefined, body: string) {
    if (method === 'DELETE' && name !== undefined) {
      state.minted.delete(name)
      return send(response, 200, {})
    }
    const { spec } = JSON.parse(body)
    const made = mint('kubeconfig-')
    send(response, 201, {
      metadata: { name: made.name },
      spec,
      status: { value: kubeconfigText(spec.clusters[0], made.token) },
    })
  }
  function tokens(response: ServerResponse, method: string, name: string) {
    if (method === 'DELETE') state.minted.delete(name)
    const known = name === state.token.split(':')[0] || state.minted.has(name)
    send(response, known ? 200 : 404, {
      name,
      expiresAt: state.expiresAt,
      ttl: options.ttl ?? 0,
      expired: Date.parse(state.expiresAt) < Date.now(),
    })
  }
  async function lead(response: ServerResponse, id: string, path: string, request: IncomingMessage): Promise<void> {
    const api = state.clusters.find((one) => one.id === id)?.api
    if (api === undefined)
      return send(response, 503, { kind: 'Status', message: 'cluster agent disconnected', code: 503 })
    const method = request.method ?? 'GET'
    const answered = await fetch(`${api.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: await read(request) } : {}),
    })
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answered.arrayBuffer()))
  }
  return {
    url,
    state,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
