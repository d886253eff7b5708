import { request as ask, createServer } from 'node:https'
import { loopback } from './loopback.ts'

export type Pems = { readonly cert: string; readonly private: string }

/**
 * Azurite's queues, with what it lacks and Azure has: a key by which an identity signs links to queues. A link that was
 * signed with it may do what it says until it ends; all else goes through as it came.
 */
export async function delegatedQueues(
  stack: AsyncDisposableStack,
  pems: Pems,
  port: number,
  token: () => string,
): Promise<number> {
  const server = createServer({ cert: pems.cert, key: pems.private }, (request, response) => {
    const url = new URL(request.url ?? '/', `https://127.0.0.1:${port}`)
    const refuse = (why: string) => response.writeHead(403, { 'x-ms-error-code': 'AuthorizationFailure' }).end(why)
    if (url.searchParams.get('comp') === 'userdelegationkey') {
      request.resume()
      const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().replace(/\.\d+/, '')
      response.writeHead(200, { 'content-type': 'application/xml' }).end(
        `<?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>o</SignedOid><SignedTid>t</SignedTid>
        <SignedStart>${hour(-1)}</SignedStart><SignedExpiry>${hour(24)}</SignedExpiry><SignedService>q</SignedService>
        <SignedVersion>2025-07-05</SignedVersion><Value>a2V5</Value></UserDelegationKey>`,
      )
      return
    }
    const headers = { ...request.headers, host: `127.0.0.1:${port}` }
    if (url.searchParams.has('skoid')) {
      if (url.searchParams.get('sp') !== 'a' || request.method !== 'POST') return void refuse('it may only add')
      if (Date.parse(url.searchParams.get('se') ?? '') < Date.now()) return void refuse('it has ended')
      url.search = ''
      Object.assign(headers, { authorization: `Bearer ${token()}`, 'x-ms-version': '2025-07-05' })
    }
    const forward = ask(url, { method: request.method, headers, ca: pems.cert }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forward.once('error', () => response.destroy())
    request.pipe(forward)
  })
  return loopback(stack, server)
}
