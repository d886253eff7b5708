import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'

const key = Buffer.from('no key of anybody').toString('base64')
const connectionTo = (host: string, port: number) => ({
  AzureWebJobsStorage: ['Blob', 'Queue', 'Table']
    .map((service) => `${service}Endpoint=http://${host}:${port}/a`)
    .concat('DefaultEndpointsProtocol=http', 'AccountName=a', `AccountKey=${key}`)
    .join(';'),
})

/** A storage account that refuses everything in the same way, and counts how often it was asked. */
async function refusing(answer: (response: ServerResponse, path: string) => void) {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    request.resume()
    answer(response, request.url ?? '')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const storage = storageFromSettings(connectionTo('127.0.0.1', (server.address() as AddressInfo).port))
  return { storage, asked: () => asked }
}
const said = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'it worked',
    (error: unknown) => (error as Error).message,
  )
const everyService = async (storage: ReturnType<typeof storageFromSettings>) => ({
  table: await said(storage.table('control').get('p', 'k')),
  blob: await said(storage.blobs('incidents').read('x/report.json', 1_000)),
  write: await said(storage.blobs('incidents').write('x/index.html', 'page')),
  queue: await said(storage.queue('faults').send('{}')),
})

/** As the service writes it: a table in JSON, blobs and queues in XML. */
const refusal =
  (status: number, code: string, message: string, detail = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse, path: string) => {
    const table = /\/control/.test(path)
    response.writeHead(status, {
      'x-ms-error-code': code,
      'content-type': table ? 'application/json' : 'application/xml',
      ...headers,
    })
    const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message>${detail && `<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>`}</Error>`
    const json = JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: `${message} ${detail}` } } })
    response.end(table ? json : xml)
  }

test('a token that storage holds for expired is said to be a matter of clocks, not of a role', async () => {
  const { storage } = await refusing(
    refusal(
      401,
      'InvalidAuthenticationInfo',
      'Server failed to authenticate the request.',
      'Lifetime validation failed. The token is expired.',
      {
        'www-authenticate':
          'Bearer authorization_uri=https://login.microsoftonline.com/T/oauth2/authorize resource_id=https://storage.azure.com',
      },
    ),
  )
  for (const [service, text] of Object.entries(await everyService(storage))) {
    expect(text, service).toMatch(/compare the clocks/)
    expect(text, service).not.toMatch(/role/)
  }
})

test('a signature whose time has not come names the clocks, and both times', async () => {
  const { storage } = await refusing(
    refusal(
      403,
      'AuthenticationFailed',
      'Server failed to authenticate the request.',
      'Signature not valid in the specified key time frame: Start [Mon] - Expiry [Tue] - Current [Sun]',
      { date: 'Mon, 12 Jan 2026 09:41:00 GMT' },
    ),
  )
  for (const [service, text] of Object.entries(await everyService(storage))) {
    expect(text, service).toMatch(/compare the clocks/)
    expect(text, service).toContain('Mon, 12 Jan 2026 09:41:00 GMT')
  }
})

test('a blob in the archive tier is neither there already nor asked for again', async () => {
  const { storage, asked } = await refusing(
    refusal(409, 'BlobArchived', 'This operation is not permitted on an archived blob.'),
  )
  const blobs = storage.blobs('incidents')
  expect(await said(blobs.read('x/report.json', 1_000))).toMatch(/archive tier: rehydrate it, which takes hours/)
  expect(await said(blobs.write('x/report.json', '{}', { onlyIfNew: true }))).toMatch(/archive tier/)
  expect(asked()).toBe(2)
})

test('a disk that is full at whoever holds the storage is passed on in words', async () => {
  const { storage } = await refusing(refusal(507, 'InsufficientStorage', 'no space left on device'))
  for (const [service, text] of Object.entries(await everyService(storage)))
    expect(text, service).toMatch(/507 InsufficientStorage.*full/)
})

test('a host whose every address refuses is named with port and reason, never with an empty text', async () => {
  const closed = createServer()
  await new Promise<void>((listening) => closed.listen(0, '127.0.0.1', listening))
  const { port } = closed.address() as AddressInfo
  await new Promise((done) => closed.close(done))
  const storage = storageFromSettings(connectionTo('localhost', port))
  for (const [service, text] of Object.entries(await everyService(storage))) {
    expect(text, service).toMatch(new RegExp(`ECONNREFUSED .*:${port}`))
    expect(text, service).not.toMatch(/AggregateError|undefined|fetch failed/)
  }
})

test('a look at a blob in the archive tier says where it is', async () => {
  const { storage } = await refusing((response) => {
    response.writeHead(200, {
      'x-ms-access-tier': 'Archive',
      etag: '"0x1"',
      'last-modified': 'Mon, 12 Jan 2026 09:41:00 GMT',
      'content-length': '5',
    })
    response.end()
  })
  expect(await storage.blobs('incidents').info('x/index.html')).toMatchObject({ archived: true, bytes: 5 })
})
