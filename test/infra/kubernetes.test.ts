import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { faultKinds } from '../../shared/faults/detectors.ts'
import { builtinKinds } from '../../shared/kubernetes/builtin-kinds.ts'
import { credentialOf } from '../../shared/kubernetes/credential.ts'
import { readKubeconfig } from '../../shared/kubernetes/kubeconfig.ts'
import { startSimulator } from '../simulator/simulator.ts'

const folder = join(import.meta.dirname, '../../infra/kubernetes')
const text = (file: string) => readFileSync(join(folder, file), 'utf8')
const documents = (yaml: string) => parseAllDocuments(yaml).map((one) => one.toJS())
const files = globSync('*.yaml', { cwd: folder })
const usual = files.filter((file) => file !== 'secrets-access.yaml')

type Rule = { apiGroups?: string[]; resources?: string[]; verbs: string[]; nonResourceURLs?: string[] }
type Role = { kind: string; metadata: { name: string }; rules: Rule[]; aggregationRule?: unknown }
const roles = (yaml: string): Role[] => documents(yaml).filter(({ kind }) => /^(Cluster)?Role$/.test(kind))

/** What a role lets somebody do beyond looking at objects. */
function breaches(yaml: string, mayReadSecrets = false): string[] {
  return roles(yaml).flatMap(({ metadata: { name }, rules, aggregationRule }) => [
    ...(aggregationRule === undefined ? [] : [`${name} takes over the rules of other roles`]),
    ...rules.flatMap((rule) => {
      const all = [...(rule.apiGroups ?? []), ...(rule.resources ?? []), ...rule.verbs]
      return [
        ...(all.some((one) => one.includes('*')) ? [`${name} has a wildcard`] : []),
        ...rule.verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb)).map((verb) => `${name} may ${verb}`),
        ...(rule.nonResourceURLs ?? []).map((url) => `${name} may ask for ${url}`),
        ...(rule.resources ?? [])
          .filter((one) => (one === 'secrets' && !mayReadSecrets) || /\/(?!log$|status$|scale$)/.test(one))
          .map((one) => `${name} reaches ${one}`),
      ]
    }),
  ])
}

test('the manifests let nobody do anything but look', () => {
  for (const file of usual) expect(breaches(text(file)), file).toEqual([])
  expect(breaches(text('secrets-access.yaml'), true)).toEqual([])
})

test.each([
  ['a write', 'verbs: [get, list, watch]', 'verbs: [get, list, watch, patch]', 'nightcrier-reader may patch'],
  ['a wildcard', 'resources: [pods/log]', 'resources: ["*"]', 'nightcrier-reader has a wildcard'],
  ['Secrets', '- services\n', '- services\n      - secrets\n', 'nightcrier-reader reaches secrets'],
  ['a way into a node', '- nodes\n', '- nodes/proxy\n', 'nightcrier-reader reaches nodes/proxy'],
  ['a way into a pod', 'resources: [pods/log]', 'resources: [pods/exec]', 'nightcrier-reader reaches pods/exec'],
])('a planted breach is found: %s', (_what, from, to, found) => {
  expect(breaches(text('reader.yaml').replace(from, to))).toEqual([found])
})

test('what the rules and tools read may be read', () => {
  const [{ rules }] = roles(text('reader.yaml')) as [Role]
  const may = (apiVersion: string, plural: string) => {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
    return rules.some(({ apiGroups = [], resources = [], verbs }) => {
      return apiGroups.includes(group) && resources.includes(plural) && verbs.includes('list')
    })
  }
  for (const [key, { plural }] of builtinKinds) {
    const [apiVersion = '', kind] = key.split(' ')
    expect(may(apiVersion, plural), `${apiVersion} ${plural}`).toBe(kind !== 'Secret')
  }
  const plurals = new Map([...builtinKinds].map(([key, { plural }]) => [key, plural]))
  for (const { apiVersion, kind } of faultKinds)
    expect(may(apiVersion, plurals.get(`${apiVersion} ${kind}`) ?? `${kind.toLowerCase()}s`), kind).toBe(true)
})

test('the reader is bound to two accounts of our own namespace and to nobody else', () => {
  const [binding] = documents(text('reader.yaml')).filter(({ kind }) => kind === 'ClusterRoleBinding')
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'nightcrier-reader', namespace: 'nightcrier' },
    { kind: 'ServiceAccount', name: 'nightcrier-mcp', namespace: 'nightcrier' },
  ])
})

test('kustomize puts together every file but the one that opens Secrets', () => {
  const { resources } = parse(text('kustomization.yaml'))
  expect(resources.toSorted()).toEqual(usual.filter((file) => file !== 'kustomization.yaml').sort())
})

const [deployment] = documents(text('mcp-server.yaml')).filter(({ kind }) => kind === 'Deployment')
const pod = deployment.spec.template.spec
const [container] = pod.containers

test('the server in the cluster runs as nobody, writes nowhere and is probed', () => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    expect(container[probe].httpGet).toEqual({ path: '/healthz', port: 'http' })
  expect(container.resources.limits.memory).toBeDefined()
  for (const { readOnly } of container.volumeMounts) expect(readOnly).toBe(true)
})

test('its arguments and kubeconfig start the server, which answers by the name of its Service', async () => {
  await using stack = new AsyncDisposableStack()
  const simulator = await startSimulator({ objects: [], port: 0 })
  stack.defer(simulator.stop)
  const place = mkdtempSync(join(tmpdir(), 'nightcrier-kubernetes-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const own = parse(simulator.kubeconfig)
  const authority = Buffer.from(own.clusters[0].cluster['certificate-authority-data'], 'base64')
  const put = (name: string, content: string | Buffer) => {
    writeFileSync(join(place, name), content)
    return join(place, name)
  }
  const [{ data }] = documents(text('mcp-server.yaml')).filter(({ kind }) => kind === 'ConfigMap')
  const kubeconfig = data.kubeconfig
    .replace('https://kubernetes.default.svc', own.clusters[0].cluster.server)
    .replace('/var/run/nightcrier/cluster/ca.crt', put('ca.crt', authority))
    .replace('/var/run/nightcrier/cluster/token', put('token', 'a-token-of-the-account'))
  const credential = await credentialOf(readKubeconfig(kubeconfig, 'kubeconfig', { allowExec: true, filesFrom: place }))
  expect(await credential.headers()).toEqual({ authorization: 'Bearer a-token-of-the-account' })
  const args = container.args.map((arg: string) =>
    arg
      .replace('8080', '0')
      .replace('0.0.0.0', '127.0.0.1')
      .replace('/var/run/nightcrier/callers/token', put('callers', 'callers-token'))
      .replace('/etc/nightcrier/kubeconfig', put('kubeconfig', kubeconfig)),
  )
  const main = join(import.meta.dirname, '../../shared/mcp-server/main.ts')
  const child = spawn(process.execPath, ['--no-warnings', main, ...args])
  stack.defer(() => void child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
      const found = /MCP at (\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(said)))
  })
  expect(await asked(url, 'nightcrier-mcp.nightcrier.svc', 'wrong')).toMatchObject({ status: 401 })
  expect(await asked(url, 'somebody-else.example', 'callers-token')).toMatchObject({ status: 403 })
  const { status, body } = await asked(url, 'nightcrier-mcp.nightcrier.svc', 'callers-token')
  expect(status, body).toBe(200)
  expect(body).toContain('"serverInfo"')
})

function asked(url: string, host: string, token: string): Promise<{ status: number | undefined; body: string }> {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: {
          host,
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
      },
      (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += chunk
          // The stream may stay open after the answer.
          if (body.includes('serverInfo')) resolve({ status: response.statusCode, body })
        })
        response.on('end', () => resolve({ status: response.statusCode, body }))
      },
    )
    sent.once('error', reject)
    sent.end(JSON.stringify(message))
  })
}
