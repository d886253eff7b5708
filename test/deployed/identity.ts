import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { generate } from 'selfsigned'
import { build } from '../../infra/build.ts'
import { startAzurite } from '../../infra/local/azurite.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { eventually } from '../end-to-end/whole-app.ts'
import { entra } from '../fakes/entra.ts'
import { storageToken } from '../fakes/storage-token.ts'
import { askDoctor } from './ask-doctor.ts'
import { delegatedQueues } from './delegated-queues.ts'
import { loopback } from './loopback.ts'
import { oneCluster } from './one-cluster.ts'
import { settled } from './settled.ts'

const root = join(import.meta.dirname, '../..')
const CLIENT_ID = '11111111-0000-0000-0000-000000000001'
const names = ['first0x', 'first1x']

/** The package with the settings that Azure gives it: no key anywhere, HTTPS, and tokens of the platform's endpoint. */
export async function identity(say: (line: string) => void): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const cluster = await oneCluster(stack, names)
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const cert = join(cluster.folder, 'cert.pem')
  const key = join(cluster.folder, 'key.pem')
  await writeFile(cert, pems.cert)
  await writeFile(key, pems.private)
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, pems.cert])
  stack.defer(() => setDefaultCACertificates(before))
  const azurite = await startAzurite(['--oauth', 'basic', '--cert', cert, '--key', key])
  stack.defer(azurite.stop)

  const asked = new Map<string, number>()
  const tokens = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const resource = searchParams.get('resource') ?? ''
    if (request.headers['x-identity-header'] !== 'not-a-secret' || searchParams.get('client_id') !== CLIENT_ID)
      return void response.writeHead(400).end('{}')
    asked.set(resource, (asked.get(resource) ?? 0) + 1)
    const ends = Math.floor(Date.now() / 1_000) + 3_600
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ access_token: storageToken(), expires_on: String(ends), resource, token_type: 'Bearer' }),
    )
  })
  const tokenPort = await loopback(stack, tokens)
  const queuePort = await delegatedQueues(stack, pems, azurite.ports.queue, storageToken)
  const uri = (port: number) => `https://127.0.0.1:${port}/devstoreaccount1`
  const settings = {
    AzureWebJobsStorage__blobServiceUri: uri(azurite.ports.blob),
    AzureWebJobsStorage__queueServiceUri: uri(queuePort),
    AzureWebJobsStorage__tableServiceUri: uri(azurite.ports.table),
    AzureWebJobsStorage__credential: 'managedidentity',
    AzureWebJobsStorage__clientId: CLIENT_ID,
  }
  const credential = entra(storageToken)
  await ensureStorage(settings, credential)
  const storage = storageFromSettings(settings, credential)
  const { folder: app } = await build(root, join(cluster.folder, 'app'))
  // The broker of an agent, which gets no variable of ours, trusts what this machine trusts, too.
  const { host, stop } = await cluster.start(app, {
    ...settings,
    ...{ IDENTITY_ENDPOINT: `http://127.0.0.1:${tokenPort}/token`, IDENTITY_HEADER: 'not-a-secret' },
    NODE_EXTRA_CA_CERTS: cert,
  })
  stack.defer(stop)
  await eventually('the watch', 60, async () => cluster.heard(), Boolean)
  for (const name of names) cluster.fail(name)
  const incidents = await settled(storage, names).catch((error: unknown) => {
    throw new Error(`${error}\n${cluster.lines.slice(-10).join('\n')}`)
  })
  say(
    `by identity over HTTPS: ${incidents.length} reported; tokens asked for ${JSON.stringify(Object.fromEntries(asked))}`,
  )
  await askDoctor(host.url, host.functionKey, say)
}
