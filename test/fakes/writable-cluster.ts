import { once } from 'node:events'
import { createServer } from 'node:https'
import { stringify } from 'yaml'
import { loopbackCertificate } from '../simulator/certificate.ts'
import { type SimulatorOptions, startSimulator } from '../simulator/simulator.ts'

export type Write = { readonly what: string; readonly type: string; readonly body: unknown; readonly token: string }
export type WritableCluster = {
  readonly kubeconfig: string
  readonly url: string
  readonly writes: readonly Write[]
  /** Bearer tokens with which something was read. */
  readonly readers: ReadonlySet<string>
  readonly stop: () => Promise<void>
}

export const ADMIN = 'token-of-an-administrator'
/** As API servers with a limit on tokens do: `--service-account-max-token-expiration`. */
export const MAX_TOKEN_SECONDS = 30 * 86_400

/**
 * The simulator, which changes nothing, behind a server that takes what onboarding sends: server-side apply and the
 * TokenRequest of an account that is there. Objects must have their kind and name where the API wants them.
 */
export async function startWritableCluster(options: SimulatorOptions): Promise<WritableCluster> {
  const behind = await startSimulator({ ...options, protocol: 'http', port: 0 })
  const { private: key, cert } = await loopbackCertificate()
  const writes: Write[] = []
  const readers = new Set<string>()
  const applied = new Map<string, { readonly kind: string }>()

  const server = createServer({ key, cert }, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const refuse = (status: number, reason: string, message: string) =>
      reply(status, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message })
    const url = new URL(request.url ?? '/', 'https://127.0.0.1')
    const review = url.pathname.includes('/selfsubject')
    if (request.method === 'GET' || review) {
      readers.add(token)
      const answer = await fetch(`${behind.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { authorization: `Bearer ${behind.token}`, 'content-type': 'application/json' },
        ...(review ? { body: text } : {}),
      })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      response.end(Buffer.from(await answer.arrayBuffer()))
      return
    }
    if (token !== ADMIN) return refuse(403, 'Forbidden', 'User cannot write')
    const body = JSON.parse(text)
    const type = request.headers['content-type'] ?? ''
    writes.push({ what: `${request.method} ${url.pathname}`, type, body, token })
    if (request.method === 'PATCH') {
      if (type !== 'application/apply-patch+yaml' || !url.searchParams.has('fieldManager'))
        return refuse(415, 'UnsupportedMediaType', 'no server-side apply')
      const plural = `${body.kind.toLowerCase()}s/${body.metadata.name}`
      if (!url.pathname.endsWith(`/${plural}`)) return refuse(400, 'BadRequest', 'the name in the path is another')
      const created = !applied.has(url.pathname)
      applied.set(url.pathname, body)
      return reply(created ? 201 : 200, body)
    }
    if (!applied.has(url.pathname.replace(/\/token$/, ''))) return refuse(404, 'NotFound', 'no such account')
    const seconds = Math.min(body.spec.expirationSeconds, MAX_TOKEN_SECONDS)
    const expirationTimestamp = new Date(Date.now() + seconds * 1000).toISOString()
    reply(201, { ...body, status: { token: `reader-${writes.length}`, expirationTimestamp } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    url,
    writes,
    readers,
    kubeconfig: stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'admin@east',
      contexts: [{ name: 'admin@east', context: { cluster: 'east', user: 'admin' } }],
      clusters: [
        {
          name: 'east',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(cert).toString('base64') },
        },
      ],
      users: [{ name: 'admin', user: { token: ADMIN } }],
    }),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await behind.stop()
    },
  }
}
