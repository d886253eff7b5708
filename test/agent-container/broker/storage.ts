import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { Bundle } from '../../../shared/artifacts/bundle.ts'
import { ResultMessage } from '../../../shared/incident/messages.ts'

/** A blob that can be written once and a queue that can only be added to, as a broker's two links see them. */
export async function startStorage() {
  let blob: Buffer | undefined
  let refusals = 0
  const messages: ResultMessage[] = []
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const body = await whole(request)
    const url = new URL(request.url ?? '', 'http://x')
    requests.push(`${request.method} ${url.pathname}`)
    const answer = (status: number, code = '') =>
      response.writeHead(status, code === '' ? {} : { 'x-ms-error-code': code }).end()
    if (refusals > 0) {
      refusals--
      return answer(503, 'ServerBusy')
    }
    if (url.searchParams.get('sig') !== 'secret') return answer(403, 'AuthenticationFailed')
    if (request.method === 'PUT' && url.pathname === '/bundles/b.json.gz') {
      if (request.headers['x-ms-blob-type'] !== 'BlockBlob') return answer(400, 'MissingRequiredHeader')
      if (blob !== undefined)
        return request.headers['if-none-match'] === '*'
          ? answer(409, 'BlobAlreadyExists')
          : answer(403, 'UnauthorizedBlobOverwrite')
      blob = body
      return answer(201)
    }
    if (request.method === 'POST' && url.pathname === '/results/messages') {
      const text = /^<QueueMessage><MessageText>([A-Za-z0-9+/=]+)<\/MessageText><\/QueueMessage>$/.exec(
        body.toString(),
      )?.[1]
      if (text === undefined) return answer(400, 'InvalidXmlDocument')
      messages.push(ResultMessage.parse(JSON.parse(Buffer.from(text, 'base64').toString())))
      return answer(201)
    }
    return answer(404, 'ResourceNotFound')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    upload: {
      bundle: `http://127.0.0.1:${port}/bundles/b.json.gz?sig=secret`,
      results: `http://127.0.0.1:${port}/results?sig=secret`,
    },
    bundle: (): Bundle | undefined =>
      blob === undefined ? undefined : Bundle.parse(JSON.parse(gunzipSync(blob).toString())),
    messages,
    requests,
    refuse: (times: number) => {
      refusals = times
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
