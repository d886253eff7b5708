import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createScreen } from '../../../../infra/local/start/screen.ts'
import { clusterNames, watchConfig, watchKubeconfig } from '../../../../infra/local/start/watched.ts'
import { parseClusters } from '../../../../shared/config/clusters-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-watched-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
let told: string[] = []
beforeEach(() => {
  told = []
})
const screen = { ...createScreen({ verbose: false }), trouble: (text: string) => told.push(text) }

test('context names become names of clusters, and stay different', () => {
  const arn = 'arn:aws:eks:eu-west-1:123456789012:cluster/prod'
  expect(clusterNames(['kind-dev', arn, 'me@dev', 'me dev', '///'])).toEqual([
    'kind-dev',
    'arn-aws-eks-eu-west-1-123456789012-cluster-prod',
    'me-dev',
    'me-dev-2',
    'cluster',
  ])
  for (const name of clusterNames([`${'x'.repeat(200)}`, `${'x'.repeat(201)}`])) expect(name).toMatch(/^[\w-]{1,63}$/)
})

test('each usable context of a kubeconfig is watched through our MCP server; a broken one is named', async () => {
  const kubeconfig = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 'not-a-real-token' } }],
    contexts: [
      { name: 'team/a', context: { cluster: 'c', user: 'u' } },
      { name: 'broken', context: { cluster: 'gone', user: 'u' } },
    ],
  })
  await using stack = new AsyncDisposableStack()
  const watched = await watchKubeconfig(file('config', kubeconfig), { folder, screen, stack })
  const { clusters, errors } = parseClusters(readFileSync(watched.clustersFile, 'utf8'))
  expect(errors).toEqual([])
  expect(clusters).toMatchObject([
    {
      name: 'team-a',
      mcp: { endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mcp\/team%2Fa$/) },
      triage: { enabled: true, kubeconfig: 'file:./kubeconfig-0' },
    },
  ])
  expect(statSync(join(folder, 'kubeconfig-0')).mode & 0o777).toBe(0o600)
  expect(told).toEqual([expect.stringContaining('broken')])
})

const execConfig = (command: string, args: readonly string[]) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [
      {
        name: 'u',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            interactiveMode: 'Never',
            command,
            args,
            env: [{ name: 'ROLE', value: 'reader' }],
          },
        },
      },
    ],
    contexts: [{ name: 'cloud', context: { cluster: 'c', user: 'u' } }],
  })

test('a context that logs in by a program is watched with what the program gives; agents never get the program', async () => {
  const login = `const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
    console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'made-up-for-' + process.env.ROLE + '-' + spec.interactive } }))`
  await using stack = new AsyncDisposableStack()
  await watchKubeconfig(file('exec', execConfig(process.execPath, ['-e', login])), { folder, screen, stack })
  const { users } = JSON.parse(readFileSync(join(folder, 'kubeconfig-0'), 'utf8'))
  expect(users).toEqual([{ name: 'u', user: { token: 'made-up-for-reader-false' } }])
  expect(told).toEqual([])
})

test('a login that fails is told in one sentence, with what to do', async () => {
  await using stack = new AsyncDisposableStack()
  const deps = { folder, screen, stack }
  const failing = file('failing', execConfig(process.execPath, ['-e', 'console.error("no session"); process.exit(1)']))
  await expect(watchKubeconfig(failing, deps)).rejects.toThrow('no context of it can be used')
  expect(told.join()).toMatch(/context "cloud": .*, which logs in to this cluster, failed: .*Log in by hand/)
  const silent = file('silent', execConfig(process.execPath, ['-e', '1']))
  await expect(watchKubeconfig(silent, deps)).rejects.toThrow('no context of it can be used')
  expect(told.join()).toContain('printed no ExecCredential')
})

test('a file that is missing or holds nothing usable stops the start with one sentence', async () => {
  await using stack = new AsyncDisposableStack()
  const deps = { folder, screen, stack }
  await expect(watchConfig(join(folder, 'none.yaml'), deps)).rejects.toThrow(
    /^There is no clusters file .*none\.yaml\.$/,
  )
  await expect(watchKubeconfig(join(folder, 'none'), deps)).rejects.toThrow(/^There is no kubeconfig .*none\.$/)
  await expect(watchKubeconfig(file('empty', ''), deps)).rejects.toThrow('the kubeconfig is empty')
  await expect(watchConfig(file('empty.yaml', ''), deps)).rejects.toThrow('the file is empty')
})

test('a file that names only a place of discovery is watched', async () => {
  await using stack = new AsyncDisposableStack()
  const deps = { folder, screen, stack }
  const place = { kubeconfig_dir: '/nowhere', endpoint: 'https://{name}.example/mcp' }
  const found = file('found.yaml', stringify({ discovery: [place] }))
  await expect(watchConfig(found, deps)).resolves.toMatchObject({ clustersFile: found })
})

test('a clusters file with one wrong cluster is watched for the others', async () => {
  await using stack = new AsyncDisposableStack()
  const text = stringify({
    clusters: [
      { name: 'good', mcp: { endpoint: 'http://127.0.0.1:1/mcp' } },
      { name: 'bad', mcp: { endpoint: 'no address' } },
    ],
  })
  const watched = await watchConfig(file('half.yaml', text), { folder, screen, stack })
  expect(watched.facts).toEqual([['clusters', 'good']])
  expect(told.join()).toContain('clusters[1].mcp.endpoint')
})
