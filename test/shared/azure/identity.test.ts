import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../infra/local/azurite.ts'
import { containers, queues, tables } from '../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../shared/azure/ensure-storage.ts'
import { renewedWhenRefused } from '../../../shared/azure/renewed.ts'
import { storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'
import { entra } from '../../fakes/entra.ts'
import { loopbackServer } from '../../fakes/loopback-server.ts'
import { storageToken } from '../../fakes/storage-token.ts'

let folder: string
let pems: { readonly cert: string; readonly private: string }
let azurite: Azurite
const trusted = getCACertificates('default')
beforeAll(async () => {
  pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  folder = await mkdtemp(join(tmpdir(), 'azurite-https-'))
  await writeFile(join(folder, 'cert.pem'), pems.cert)
  await writeFile(join(folder, 'key.pem'), pems.private)
  setDefaultCACertificates([...trusted, pems.cert])
  azurite = await startAzurite([
    '--oauth',
    'basic',
    '--cert',
    join(folder, 'cert.pem'),
    '--key',
    join(folder, 'key.pem'),
  ])
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await azurite?.stop()
  await rm(folder, { recursive: true, force: true })
})

const settings = () => {
  const uri = (port: number) => `https://127.0.0.1:${port}/devstoreaccount1`
  return {
    AzureWebJobsStorage__blobServiceUri: uri(azurite.ports.blob),
    AzureWebJobsStorage__queueServiceUri: uri(azurite.ports.queue),
    AzureWebJobsStorage__tableServiceUri: uri(azurite.ports.table),
  }
}
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)

test('with an identity and no key, tables, queues and blobs work, and links are signed and end', async () => {
  const credential = entra(storageToken)
  await ensureStorage(settings(), credential)
  await ensureStorage(settings(), credential)
  const storage = storageFromSettings(settings(), credential)

  const row = await storage.table(tables.control).insert('p', 'k', { n: 1 })
  expect(await storage.table(tables.control).replaceAll([{ row: row!, fields: { n: 2 } }])).toMatchObject([
    { fields: { n: 2 } },
  ])
  await storage.queue(queues.faults).send('hello')
  expect(await storage.queue(`${queues.faults}-poison`).length()).toBe(0)
  expect(await storage.queue(queues.faults).length()).toBe(1)

  const blobs = storage.blobs(containers.incidents)
  await blobs.write('i/index.html', '<p>ü')
  const link = await blobs.readLink('i/index.html', inHours(24))
  expect(new URL(link).searchParams.get('skoid')).not.toBeNull()
  expect(new URL(link).searchParams.get('spr')).toBe('https')
  const page = await fetch(link)
  expect([page.status, await page.text()]).toEqual([200, '<p>ü'])
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('content-disposition')).toBe('inline')
  expect((await fetch(`${link.slice(0, -4)}AAAA`)).status).toBe(403)
  expect((await fetch(link, { method: 'PUT', body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } })).status).toBe(403)

  const create = await blobs.createLink('i/1.json.gz', inHours(1))
  const put = () => fetch(create, { method: 'PUT', body: 'first', headers: { 'x-ms-blob-type': 'BlockBlob' } })
  expect((await put()).status).toBe(201)
  expect((await put()).status).toBe(403)
  expect((await blobs.read('i/1.json.gz', 100))?.text).toBe('first')
  expect(new Set(credential.asked)).toEqual(new Set(['https://storage.azure.com/.default']))
})

test('a link to add to a queue is signed with a key of the queue service that is fetched once, and outlives it never', async () => {
  const asked: string[] = []
  const keyEnds = new Date(Math.floor(inHours(5).getTime() / 1000) * 1000)
  const server = createServer({ cert: pems.cert, key: pems.private }, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.resume()
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0" encoding="utf-8"?><UserDelegationKey>
      <SignedOid>o</SignedOid><SignedTid>t</SignedTid><SignedStart>${inHours(-1).toISOString()}</SignedStart>
      <SignedExpiry>${keyEnds.toISOString()}</SignedExpiry><SignedService>q</SignedService>
      <SignedVersion>2025-07-05</SignedVersion><Value>a2V5</Value></UserDelegationKey>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const uri = `https://127.0.0.1:${address.port}/account`
    const storage = storageFromSettings(
      { ...settings(), AzureWebJobsStorage__queueServiceUri: uri },
      entra(() => 'token'),
    )
    const [short, long] = await Promise.all([
      storage.queueAddLink('results', inHours(1)),
      storage.queueAddLink('results', inHours(24)),
    ])
    expect(asked).toEqual([expect.stringMatching(/^POST \/account\/?\?.*comp=userdelegationkey.* Bearer token$/)])
    expect(short.startsWith(`${uri}/results/messages?`)).toBe(true)
    const { searchParams } = new URL(short)
    expect(Object.fromEntries(searchParams)).toMatchObject({ sp: 'a', spr: 'https', skoid: 'o', sks: 'q' })
    expect(new Date(searchParams.get('st')!).getTime()).toBeLessThan(Date.now() - 4 * 60_000)
    expect(new Date(new URL(long).searchParams.get('se')!)).toEqual(keyEnds)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('a token that is refused before its time is fetched anew, once for all, and every request goes on', async () => {
  const scope = 'https://storage.azure.com/.default'
  const endpoint = await loopbackServer(({ headers, query }) =>
    headers['x-identity-header'] === 'shown' && query.get('resource') === 'https://storage.azure.com'
      ? {
          status: 200,
          body: { access_token: 'second', expires_on: String(Math.floor(inHours(2).getTime() / 1_000)) },
        }
      : { status: 400 },
  )
  onTestFinished(endpoint.stop)
  const refused: string[] = []
  const server = createServer({ cert: pems.cert, key: pems.private }, (request, response) => {
    request.resume()
    if (request.headers.authorization !== 'Bearer second') {
      refused.push(`${request.method} ${request.url}`)
      const where = 'https://login.microsoftonline.com/ab1f708d-50f6-404c-a006-d71b2ac7a606/oauth2/authorize'
      response.writeHead(401, {
        'x-ms-error-code': 'InvalidAuthenticationInfo',
        'www-authenticate': `Bearer authorization_uri=${where} resource_id=https://storage.azure.com`,
      })
      response.end()
    } else if (request.url?.includes('/table/')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"odata.etag":"W/\\"1\\"","PartitionKey":"p","RowKey":"k","n":1}')
    } else {
      response.writeHead(200, {
        'content-type': 'text/plain',
        'content-length': '2',
        'last-modified': new Date().toUTCString(),
        etag: '"1"',
        'x-ms-approximate-messages-count': '3',
      })
      response.end(request.method === 'HEAD' ? undefined : 'ok')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const uri = (service: string) => `https://127.0.0.1:${address.port}/${service}`
  const library = entra(() => 'first')
  const credential = renewedWhenRefused(library, { url: `${endpoint.url}/msi/token`, header: 'shown' })
  const storage = storageFromSettings(
    {
      AzureWebJobsStorage__blobServiceUri: uri('blob'),
      AzureWebJobsStorage__queueServiceUri: uri('queue'),
      AzureWebJobsStorage__tableServiceUri: uri('table'),
    },
    credential,
  )
  const asked = () =>
    Promise.all([
      storage.blobs('incidents').info('i/index.html'),
      storage.queue('faults').length(),
      storage.table('control').get('p', 'k'),
    ])
  expect(await asked()).toMatchObject([{ bytes: 2 }, 3, { fields: { n: 1 } }])
  expect(endpoint.seen).toHaveLength(1)
  const sofar = refused.length
  expect(sofar).toBeLessThanOrEqual(3)
  await asked()
  expect([refused.length, endpoint.seen.length]).toEqual([sofar, 1])
  expect((await credential.getToken(scope))?.token).toBe('second')
})

test('one that is refused anew is not fetched again in the same minute, and an endpoint in trouble changes nothing', async () => {
  let now = new Date('2026-01-12T09:41:00Z')
  const clock = { now: () => now }
  const tenant = { tenantId: 'ab1f708d-50f6-404c-a006-d71b2ac7a606' }
  let well = false
  const endpoint = await loopbackServer(() =>
    well ? { status: 200, body: { access_token: 'second', expires_on: now.getTime() / 1_000 + 600 } } : { status: 500 },
  )
  onTestFinished(endpoint.stop)
  const credential = renewedWhenRefused(
    entra(() => 'first'),
    { url: endpoint.url, header: '' },
    clock,
  )
  const token = async (options = {}) => (await credential.getToken('s', options))?.token
  expect([await token(), await token(tenant), await token(tenant)]).toEqual(['first', 'first', 'first'])
  expect(endpoint.seen).toHaveLength(1)
  well = true
  now = new Date(now.getTime() + 61_000)
  expect([await token(tenant), await token(tenant), await token()]).toEqual(['second', 'second', 'second'])
  expect(endpoint.seen).toHaveLength(2)
  now = new Date(now.getTime() + 400_000)
  expect(await token()).toBe('first')
})
