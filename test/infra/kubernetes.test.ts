import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { faultKinds } from '../../shared/faults/fault-kinds.ts'
import { builtinKinds } from '../../shared/kubernetes/builtin-kinds.ts'
import { SERVICE_ACCOUNT } from '../../shared/mcp-server/sources/in-cluster-source.ts'
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

test('each account of our own namespace has its roles, and nobody else has any', () => {
  const bindings = usual.flatMap((file) => documents(text(file)).filter(({ kind }) => /RoleBinding$/.test(kind)))
  const own = (name: string) => [{ kind: 'ServiceAccount', name, namespace: 'nightcrier' }]
  expect(bindings.map(({ roleRef, subjects }) => [roleRef.kind, roleRef.name, subjects])).toEqual([
    ['ClusterRole', 'nightcrier-mcp', own('nightcrier-mcp')],
    ['ClusterRole', 'view', own('nightcrier-mcp')],
    ['ClusterRole', 'nightcrier-reader', own('nightcrier-reader')],
  ])
})

/** Of Kubernetes v1.34, plugin/pkg/auth/authorizer/rbac/bootstrappolicy: what `view` may list and watch, as far as it matters here. */
const view = new Set([
  ...['pods', 'services', 'persistentvolumeclaims', 'events', 'configmaps', 'namespaces', 'endpoints'],
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'],
  ...['jobs', 'cronjobs', 'horizontalpodautoscalers', 'ingresses', 'networkpolicies', 'poddisruptionbudgets'],
  // cert-manager adds its own kinds to `view`.
  ...['certificates'],
])
test('the server in the cluster may see what faults are told from: `view`, what stands between, and nothing else', () => {
  const [role] = roles(text('mcp-server.yaml')) as [Role]
  expect(role.rules).toEqual([
    ...[
      ['', 'nodes'],
      ['networking.k8s.io', 'ingressclasses'],
      ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      ['apiregistration.k8s.io', 'apiservices'],
      ['gateway.networking.k8s.io', 'httproutes'],
      ['helm.toolkit.fluxcd.io', 'helmreleases'],
      ['kustomize.toolkit.fluxcd.io', 'kustomizations'],
      ['argoproj.io', 'applications'],
    ].map(([group, ...resources]) => ({ apiGroups: [group], resources, verbs: ['get', 'list', 'watch'] })),
    { apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: ['get', 'list'] },
  ])
  const plurals = new Map([...builtinKinds].map(([key, { plural }]) => [key, plural]))
  for (const { apiVersion, kind } of faultKinds) {
    const plural = plurals.get(`${apiVersion} ${kind}`) ?? `${kind.toLowerCase()}s`
    expect(view.has(plural) || role.rules.some(({ resources }) => resources?.includes(plural)), plural).toBe(true)
  }
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

test('its arguments start the server, which reads its own cluster and answers by the name of its Service', async () => {
  await using stack = new AsyncDisposableStack()
  const simulator = await startSimulator({ objects: [], port: 0 })
  stack.defer(simulator.stop)
  const place = mkdtempSync(join(tmpdir(), 'nightcrier-kubernetes-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  writeFileSync(join(place, 'callers'), 'callers-token')
  const cluster = pod.volumes.find(({ name }: { name: string }) => name === 'cluster').projected.sources
  expect(cluster.map((one: object) => Object.keys(one)[0])).toEqual(['serviceAccountToken', 'configMap'])
  expect(container.volumeMounts.find(({ name }: { name: string }) => name === 'cluster').mountPath).toBe(
    SERVICE_ACCOUNT,
  )
  const args = container.args.map((arg: string) =>
    arg
      .replace('8080', '0')
      .replace('0.0.0.0', '127.0.0.1')
      .replace('/var/run/nightcrier/callers/token', join(place, 'callers')),
  )
  const main = join(import.meta.dirname, '../../shared/mcp-server/main.ts')
  const { hostname, port } = new URL(simulator.url)
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], { env })
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
