import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { mergedKubeconfig } from '../../../shared/kubernetes/merged-kubeconfig.ts'
import { errorText } from '../../../shared/runtime/errors.ts'
import { isWhole } from '../../run/share.ts'
import { loopbackCertificate } from '../../simulator/certificate.ts'

/** So many runs of kubectl, some 60 ms each. */
const RUNS = isWhole ? 220 : 20
const made = await loopbackCertificate()
const encoded = (text: string) => Buffer.from(text).toString('base64')

/** It keeps what it discovers there. */
const home = mkdtempSync(join(tmpdir(), 'as-kubectl-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const kubectl = (args: readonly string[], env: Record<string, string>): Promise<string> =>
  new Promise((resolve) => {
    const surrounding = { PATH: process.env.PATH ?? '', HOME: home, ...env }
    const child = execFile('kubectl', [...args], { timeout: 20_000, env: surrounding }, (error, out, err) =>
      resolve(error === null ? out : `failed: ${err}`),
    )
    // Without a credential it asks for a name and a password.
    child.stdin?.end()
  })
const installed = !(await kubectl(['version', '--client'], {})).startsWith('failed')

/** What of a request says where it goes and as whom. */
async function recorder() {
  const seen: Record<string, unknown>[] = []
  const server = createServer(
    { cert: made.cert, key: made.private, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket
      const headers = Object.entries(request.headersDistinct)
        .filter(([name]) => name === 'authorization' || name.startsWith('impersonate-'))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
      seen.push({
        method: request.method,
        path: request.url,
        servername: socket.servername || '',
        certificate: socket.getPeerCertificate().fingerprint256 ?? '',
        headers,
      })
      response.setHeader('content-type', 'application/json').end('{"kind":"NodeList","apiVersion":"v1","items":[]}')
    },
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close().closeAllConnections())
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return { port, take: () => seen.splice(0) }
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 })
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const user = (folder: string) =>
  fc.record({
    token: maybe(fc.constantFrom('tok-one', 'tok-two')),
    tokenFile: rarely(fc.constantFrom('tok', join(folder, 'tok'), 'gone')),
    username: rarely(word),
    password: rarely(word),
    as: maybe(word),
    'as-uid': rarely(word),
    'as-groups': rarely(fc.array(word, { minLength: 1, maxLength: 3 })),
    'as-user-extra': rarely(
      fc.dictionary(
        fc.constantFrom('scopes', 'example.com/Reason', 'a b'),
        fc.array(word, { minLength: 1, maxLength: 2 }),
        { maxKeys: 2 },
      ),
    ),
    'client-certificate-data': rarely(fc.constant(encoded(made.cert))),
    'client-key-data': rarely(fc.constant(encoded(made.private))),
    'client-certificate': rarely(fc.constantFrom('client.crt')),
    'client-key': rarely(fc.constantFrom('client.key')),
    exec: rarely(
      fc.record({
        apiVersion: fc.constantFrom('client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'),
        command: fc.constantFrom('./login.sh', join(folder, 'login.sh'), './gone.sh'),
        interactiveMode: fc.constantFrom('Never', 'IfAvailable', undefined),
        provideClusterInfo: fc.boolean(),
      }),
    ),
  })
const cluster = (port: number) =>
  fc.record({
    server: fc.constantFrom(
      `https://127.0.0.1:${port}`,
      `https://localhost:${port}/k8s/clusters/c-1`,
      `https://localhost:${port}/`,
    ),
    'certificate-authority-data': fc.constantFrom(encoded(made.cert), encoded(made.cert), undefined),
    'certificate-authority': rarely(fc.constant('ca.crt')),
    'insecure-skip-tls-verify': rarely(fc.constant(true)),
    'tls-server-name': rarely(fc.constantFrom('localhost', 'wrong.example')),
  })

test.skipIf(!installed)(
  `for ${RUNS} kubeconfigs the request is kubectl's: server, path, name, identity; or neither sends one`,
  async () => {
    const { port, take } = await recorder()
    const folder = mkdtempSync(join(tmpdir(), 'as-kubectl-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'tok'), 'from-file\n')
    writeFileSync(join(folder, 'ca.crt'), `a text before\n${made.cert}`)
    writeFileSync(join(folder, 'client.crt'), made.cert)
    writeFileSync(join(folder, 'client.key'), made.private)
    const login = join(folder, 'login.sh')
    const answer = `{"kind":"ExecCredential","apiVersion":"'"$V"'","status":{"token":"from-program"}}`
    writeFileSync(
      login,
      `#!/bin/sh\nV=$(echo "$KUBERNETES_EXEC_INFO" | sed 's/.*apiVersion":"\\([^"]*\\)".*/\\1/')\necho '${answer}'\n`,
    )
    chmodSync(login, 0o755)
    const file = join(folder, 'config')
    let sent = 0
    await fc.assert(
      fc.asyncProperty(user(folder), cluster(port), rarely(fc.constant('')), async (who, where, nobody) => {
        const text = JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'c', cluster: where }],
          users: [{ name: 'u', user: who }],
          contexts: [{ name: 'x', context: { cluster: 'c', user: nobody ?? 'u' } }],
          'current-context': 'x',
        })
        writeFileSync(file, text)
        const said = await kubectl(['get', '--raw', '/api/v1/nodes?limit=1', '--kubeconfig', file], {})
        // Newer ones ask for the version besides.
        const theirs = take().filter(({ path }) => !String(path).includes('/version'))
        let error = ''
        try {
          const read = mergedKubeconfig([{ text, where: 'config', filesFrom: folder }]).read('x', { allowExec: true })
          const api = connectCluster(read.text, { allowExec: true })
          await api.list({ apiVersion: 'v1', kind: 'Node' }, { limit: 1 }).finally(api.close)
        } catch (cause) {
          error = errorText(cause)
        }
        // --raw takes the path as a whole, without the server's prefix.
        const mine: Record<string, unknown>[] = take().map((one) => ({
          ...one,
          path: String(one.path).replace('/k8s/clusters/c-1', ''),
        }))
        if (theirs.length > 0) sent++
        // Nobody can be asked here: without a credential the call goes out as nobody.
        if (said.endsWith('error: EOF\n')) {
          for (const { headers, certificate } of mine)
            expect([JSON.stringify(headers).includes('authorization'), certificate]).toEqual([false, ''])
          return
        }
        expect(mine, `${said}\n${error}`).toEqual(theirs)
      }),
      { numRuns: RUNS, seed: 7 },
    )
    // A comparison of refusals alone would say little.
    expect(sent).toBeGreaterThan(RUNS / 5)
  },
  300_000,
)
