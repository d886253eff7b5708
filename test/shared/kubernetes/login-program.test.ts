import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { runLogin } from '../../../shared/kubernetes/login-program.ts'
import { loopbackCertificate } from '../../simulator/certificate.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from './loopback-api.ts'

const V1 = 'client.authentication.k8s.io/v1'
function program(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'login-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const command = join(folder, 'login.sh')
  writeFileSync(command, `#!/bin/sh\necho run >> ${folder}/runs\n${script}\n`)
  chmodSync(command, 0o755)
  return {
    folder,
    exec: { apiVersion: V1, command, interactiveMode: 'IfAvailable' },
    runs: () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length,
  }
}
const giving = (status: object, apiVersion = V1) =>
  `cat <<'END'\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEND`
const run = (exec: object, more: object = {}) =>
  runLogin({
    whose: 'user "reader" (config)',
    exec: { command: '', ...exec },
    cluster: {},
    environment: process.env,
    signal: new AbortController().signal,
    ...more,
  })

test.each([
  [
    'gives another version',
    giving({ token: 't' }, 'client.authentication.k8s.io/v1beta1'),
    /gave client\.authentication\.k8s\.io\/v1beta1, and the kubeconfig says client\.authentication\.k8s\.io\/v1\./,
  ],
  ['gives a certificate without its key', giving({ clientCertificateData: 'x' }), /gave a certificate without its key/],
  [
    'gives no status',
    'echo \'{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}\'',
    /no ExecCredential with a status/,
  ],
  ['says a line before it', `echo warning; ${giving({ token: 't' })}`, /its output is no JSON/],
  [
    'fails',
    'echo "To sign in, open https://login.example/device code ABC" >&2; exit 1',
    /ended with exit code 1\. It says: To sign in, open https:\/\/login\.example\/device code ABC\./,
  ],
  ['reads an answer from nobody', 'read answer; exit 3', /ended with exit code 3/],
])('a login program that %s is named with its words, and the API is not blamed', async (_, script, words) => {
  const error = await run(program(script).exec).catch((cause: Error) => cause)
  expect(String(error)).toMatch(/The login program login\.sh of user "reader" \(config\)/)
  expect(String(error)).toMatch(words)
  expect(String(error)).toContain('The API was not asked.')
})

test('one that cannot be started tells its hint; one that hangs is killed with its children', async () => {
  const missing = run({ command: '/nowhere/aws', installHint: 'Install it from example.org', apiVersion: V1 })
  await expect(missing).rejects.toThrow(/cannot be started .*Install it from example\.org/)
  const hanging = program('sleep 60 & echo $! > "$(dirname "$0")/child"; wait')
  await expect(run(hanging.exec, { timeoutMs: 500 })).rejects.toThrow(/has not ended within 0\.5 s and was killed/)
  const child = Number(readFileSync(join(hanging.folder, 'child'), 'utf8'))
  await new Promise((done) => setTimeout(done, 100))
  // Nobody may have taken its end note of yet.
  const state = existsSync(`/proc/${child}/stat`) ? readFileSync(`/proc/${child}/stat`, 'utf8').split(' ')[2] : 'gone'
  expect(['Z', 'X', 'gone']).toContain(state)
})

test('forty calls run it once; a token that is refused is asked for anew, once', async () => {
  const { exec, runs, folder } = program(
    `N=$(wc -l < "$(dirname "$0")/runs"); echo '{"kind":"ExecCredential","apiVersion":"${V1}","status":{"token":"token-'$N'"}}'`,
  )
  let good = 'Bearer token-1'
  await using api = await loopbackApi((request, response) => {
    if (request.headers.authorization === good) json(response, { gitVersion: 'v1.33.4' })
    else json(response, statusObject(401, 'Unauthorized', 'Unauthorized'), 401)
  })
  const cluster = connectCluster(kubeconfigFor(api.url, { exec }), { allowExec: true, filesFrom: folder })
  await Promise.all(Array.from({ length: 40 }, () => cluster.version()))
  expect(runs()).toBe(1)
  good = 'Bearer token-2'
  expect(await cluster.version()).toBe('v1.33.4')
  expect(runs()).toBe(2)
  good = 'nobody'
  await expect(cluster.version()).rejects.toThrow(/does not accept the credential \(401\)/)
  expect(runs()).toBe(3)
  await cluster.close()
})

test('a certificate that runs out is followed by the next one, on new connections', async () => {
  const server = await loopbackCertificate()
  const certificates = await Promise.all(
    ['one', 'two'].map((value) => generate([{ name: 'commonName', value }], { keyType: 'ec', algorithm: 'sha256' })),
  )
  const names: string[] = []
  const api = createServer(
    { cert: server.cert, key: server.private, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      names.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN))
      response.setHeader('content-type', 'application/json').end('{"gitVersion":"v1.33.4"}')
    },
  )
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done))
  onTestFinished(() => void api.close().closeAllConnections())
  const { port } = z.object({ port: z.number() }).parse(api.address())
  const { exec, folder } = program('N=$(wc -l < "$(dirname "$0")/runs"); cat "$(dirname "$0")/answer-$N"')
  for (const [at, { cert, private: key }] of certificates.entries()) {
    const expirationTimestamp = new Date(Date.now() + (at === 0 ? 5_500 : 60_000)).toISOString()
    const status = { clientCertificateData: cert, clientKeyData: key, expirationTimestamp }
    writeFileSync(join(folder, `answer-${at + 1}`), JSON.stringify({ kind: 'ExecCredential', apiVersion: V1, status }))
  }
  const trust = { 'certificate-authority-data': Buffer.from(server.cert).toString('base64') }
  const cluster = connectCluster(kubeconfigFor(`https://127.0.0.1:${port}`, { exec }, trust), { allowExec: true })
  await cluster.version()
  await new Promise((done) => setTimeout(done, 700))
  await cluster.version()
  expect(names).toEqual(['one', 'two'])
  await cluster.close()
})
