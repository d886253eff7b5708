import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { loopbackCertificate } from '../simulator/certificate.ts'

const Envelope = z.looseObject({
  name: z.string(),
  tags: z.record(z.string(), z.unknown()),
  data: z.looseObject({ baseData: z.looseObject({ name: z.string().optional(), id: z.string().optional() }) }),
})
/** One span as it is kept: what ran, in which trace, below which other span. */
export type KeptSpan = { readonly name: string; readonly trace: unknown; readonly parent: unknown }

/**
 * Application Insights' door for telemetry, and the door where an app in Azure gets its identity's tokens; the first takes
 * no span without such a token. Unlike the real one it keeps everything, and at once.
 */
export async function applicationInsights(stack: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-insights-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { private: key, cert } = await loopbackCertificate()
  const authority = join(folder, 'ca.pem')
  await writeFile(authority, cert)
  const spans: KeptSpan[] = []

  const identity: RequestListener = (request, response) => {
    const asked = new URL(request.url ?? '/', 'http://identity').searchParams
    if (request.headers['x-identity-header'] !== 'fake-identity-header') return void response.writeHead(401).end()
    const expires = Math.floor(Date.now() / 1_000) + 3_600
    const token = {
      access_token: `token-for-${asked.get('resource')}`,
      expires_on: String(expires),
      token_type: 'Bearer',
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token))
  }
  const ingestion: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (!String(request.headers.authorization).startsWith('Bearer token-for-https://monitor.azure.com'))
      return void response.writeHead(401).end()
    const whole = Buffer.concat(chunks)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString('utf8')
    const told = z.array(Envelope).parse(JSON.parse(text))
    for (const { tags, data } of told)
      spans.push({
        name: data.baseData.name ?? '',
        trace: tags['ai.operation.id'],
        parent: tags['ai.operation.parentId'],
      })
    const answer = { itemsReceived: told.length, itemsAccepted: told.length, errors: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
  const listen = async (server: ReturnType<typeof createHttpServer>): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stack.defer(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const door = await listen(createHttpServer(identity))
  const place = await listen(createHttpsServer({ key, cert }, ingestion))
  return {
    spans,
    /** For the environment of the functions. */
    settings: {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint=https://127.0.0.1:${place}/`,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${door}/token`,
      IDENTITY_HEADER: 'fake-identity-header',
      NODE_EXTRA_CA_CERTS: authority,
      // Statistics of the library itself, which would go to the vendor.
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    },
  }
}
