import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { contextsOf, readKubeconfig } from '../../../shared/kubernetes/kubeconfig.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'

const pem = (what: string) => Buffer.from(`-----BEGIN ${what}-----\nMIIB\n-----END ${what}-----\n`).toString('base64')
const config = (change: Record<string, unknown> = {}) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://api.example:6443/' } }],
    users: [{ name: 'u', user: { token: 't0ken' } }],
    contexts: [
      { name: 'east', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
      { name: 'west', context: { cluster: 'c', user: 'u' } },
    ],
    'current-context': 'east',
    ...change,
  })
const cluster = (fields: object) =>
  config({ clusters: [{ name: 'c', cluster: { server: 'https://api.example', ...fields } }] })
const user = (fields: object) => config({ users: [{ name: 'u', user: fields }] })
const flatten = 'kubectl config view --minify --flatten --raw'

test('the chosen context comes out alone, with nothing of the others', () => {
  const text = config({
    users: [
      { name: 'u', user: { token: ' t0ken\n' } },
      { name: 'other', user: { token: 'not-yours' } },
    ],
  })
  const read = readKubeconfig(text, 'keyvault:east')
  expect(read).toMatchObject({ context: 'east', cluster: 'c', namespace: 'shop', server: 'https://api.example:6443' })
  expect(read.text).not.toContain('not-yours')
  expect(read.text).not.toContain('west')
  expect(JSON.parse(read.text).users[0].user.token).toBe('t0ken')
  expect(readKubeconfig(text, 'x', { context: 'west' }).namespace).toBe('default')
  expect(readKubeconfig(read.text, 'again').text).toBe(read.text)
})

test('all contexts are listed, JSON counts as YAML, numbers as names', () => {
  expect(contextsOf(config())).toEqual([
    { name: 'east', cluster: 'c', current: true },
    { name: 'west', cluster: 'c', current: false },
  ])
  expect(contextsOf('{"clusters":[{"name":1}],"users":[{"name":2}],"contexts":[{"name":3}]}')).toEqual([
    { name: '3', cluster: '', current: false },
  ])
})

test.each<[string, string | undefined, string]>([
  ['missing', undefined, `there is no kubeconfig. Store there what this prints: ${flatten}.`],
  ['empty', ' \n', `the kubeconfig is empty. Store there what this prints: ${flatten}.`],
  [
    'too big',
    `a: ${'b'.repeat(16 * 1024 * 1024)}`,
    `the kubeconfig is over 16 MiB. Keep only the contexts that are needed: ${flatten}.`,
  ],
  ['not YAML', 'clusters: [\n  a: {', 'the kubeconfig is not YAML (line 2, column 7, BAD_INDENT). '],
  ['a word', 'hello', 'this is not a kubeconfig: it needs lists of clusters, users and contexts. '],
  ['null', '~', 'this is not a kubeconfig: it needs lists of clusters, users and contexts. '],
  ['in Base64', Buffer.from(config()).toString('base64'), 'the kubeconfig is encoded in Base64. Store it decoded.'],
  ['without clusters', config({ clusters: [] }), `the kubeconfig has no clusters. `],
  ['without users', config({ users: null }), `context "east" names the user "u", which is not in users. `],
  ['of comments only', '# nothing\n', `the kubeconfig is empty. `],
  [
    'with one name twice',
    config({
      users: [
        { name: 'u', user: {} },
        { name: 'u', user: { token: 'x' } },
      ],
    }),
    `"u" stands twice in users, so nobody can say which is meant. `,
  ],
  ['without contexts', config({ contexts: [] }), `the kubeconfig has no contexts. `],
  [
    'without a current context',
    config({ 'current-context': '' }),
    'the kubeconfig has no current context. Set current-context to one of: east, west.',
  ],
  [
    'with a wrong current context',
    config({ 'current-context': 'north' }),
    'the kubeconfig has no context "north". Use one of: east, west.',
  ],
  [
    'with an absent cluster',
    config({ contexts: [{ name: 'east', context: { cluster: 'gone', user: 'u' } }] }),
    `context "east" names the cluster "gone", which is not in clusters. Write it anew with: ${flatten}.`,
  ],
  [
    'with an absent user',
    config({ contexts: [{ name: 'east', context: { cluster: 'c', user: 'gone' } }] }),
    `context "east" names the user "gone", which is not in users. Write it anew with: ${flatten}.`,
  ],
  [
    'with half a context',
    config({ contexts: [{ name: 'east', context: { user: 'u' } }] }),
    `context "east" must name a cluster. `,
  ],
  [
    'without a server',
    config({ clusters: [{ name: 'c', cluster: {} }] }),
    'cluster "c" has no server. Add server: https://<address of its API>.',
  ],
  [
    'with a server that is no address',
    cluster({ server: 'api.example' }),
    'cluster "c": its server is not an https:// address. Set server to the address of its API.',
  ],
  [
    'with plain http',
    cluster({ server: 'http://api.example' }),
    'cluster "c": its server http://api.example is plain http, which is allowed on this machine only. Use https://.',
  ],
  [
    'with plain http that looks local',
    cluster({ server: 'http://127.0.0.1.evil.example' }),
    'cluster "c": its server http://127.0.0.1.evil.example is plain http',
  ],
  [
    'with a password in the address',
    cluster({ server: 'https://a:b@api.example' }),
    'cluster "c": its server address holds a user, a query or a fragment. ',
  ],
  [
    'with an encoded path',
    cluster({ server: 'https://api.example/a%2Fb' }),
    'cluster "c": its server address has an odd path. ',
  ],
  [
    'with an exec plugin',
    user({ exec: { command: 'aws' } }),
    `user "u" runs a program to log in (aws), which is refused. On your own machine --allow-exec lets nightcrier-mcp run it; else use a service account's token (nightcrier onboard makes one) or a client certificate.`,
  ],
  [
    'with an auth provider',
    user({ 'auth-provider': { name: 'gcp' } }),
    `user "u" logs in through the auth-provider gcp, which kubectl itself no longer has. `,
  ],
  [
    'with a file of its own machine',
    user({ 'client-certificate': '/home/me/c.crt', 'client-key-data': pem('EC PRIVATE KEY') }),
    `user "u" takes client-certificate from the file /home/me/c.crt, which is not there. Put its content inline: ${flatten}.`,
  ],
  ['with a token file', user({ tokenFile: '/var/run/token' }), `user "u" takes tokenFile from the file /var/run/token`],
  [
    'with a broken certificate',
    cluster({ 'certificate-authority-data': 'nonsense' }),
    `cluster "c": certificate-authority-data is not a PEM text in Base64. `,
  ],
])('a kubeconfig %s is one sentence with its place and remedy', (_, text, expected) => {
  const read = () => readKubeconfig(text, 'keyvault:kubeconfig-east')
  expect(read).toThrow(GiveUp)
  expect(read).toThrow(`keyvault:kubeconfig-east: ${expected}`)
})

test('a syntax fault never quotes the line, which may be a token', () => {
  expect(() => readKubeconfig('users:\n - token: s3cr3t: }{', 'x')).toThrow(/^(?!.*s3cr3t)/)
})

test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])(
  '%s is this machine and may be plain',
  (server) => {
    expect(readKubeconfig(cluster({ server }), 'x').server).toBe(server)
  },
)

test('a login program is kept when the user allows it, and files are taken in when their folder is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-'))
  await writeFile(join(folder, 'ca.crt'), Buffer.from(pem('CERTIFICATE'), 'base64'))
  await writeFile(join(folder, 'token'), 'from-file\n')
  const text = config({
    clusters: [{ name: 'c', cluster: { server: 'https://api.example', 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'u', user: { tokenFile: join(folder, 'token') } }],
  })
  const standing = JSON.parse(readKubeconfig(text, 'x', { filesFrom: folder }).text)
  expect(standing.clusters[0].cluster).toEqual({
    server: 'https://api.example',
    'certificate-authority-data': pem('CERTIFICATE'),
  })
  expect(standing.users[0].user).toEqual({ token: 'from-file' })
  expect(() => readKubeconfig(cluster({ 'certificate-authority': 'gone.crt' }), 'x', { filesFrom: folder })).toThrow(
    'which cannot be read',
  )

  const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'aws', args: ['eks', 'get-token'] }
  const kept = readKubeconfig(user({ exec }), 'x', { allowExec: true })
  expect(JSON.parse(kept.text).users[0].user.exec).toEqual(exec)
})
