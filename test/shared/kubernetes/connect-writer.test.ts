import { Agent, type Dispatcher } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { ClusterApiError } from '../../../shared/kubernetes/cluster-api.ts'
import { connectWriter } from '../../../shared/kubernetes/connect-writer.ts'
import { writeOnly } from '../../../shared/kubernetes/write-guard.ts'
import type { Program } from '../../simulator/exec.ts'
import { type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'
import { running, webPod } from '../mcp-server/pods.ts'

const signal = AbortSignal.timeout(60_000)
const really = { dryRun: false, signal }
const map = (data: object, name = 'settings') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
})

async function writable(options: SimulatorOptions = {}, more: { timeoutMs?: number } = {}) {
  const simulator = await startSimulator({ port: 0, writable: true, ...options })
  const cluster = connectWriter(simulator.kubeconfig, more)
  onTestFinished(async () => {
    await cluster.close()
    await simulator.stop()
  })
  const writes = () => simulator.calls.filter(({ method }) => method !== 'GET')
  return { simulator, cluster, writes }
}

test('behind a path prefix and TLS it applies as one owner, scales, creates once and deletes what is named', async () => {
  const { cluster, writes } = await writable({ prefix: '/k8s/clusters/c-abc', objects: [webPod('p-1', running)] })
  const { write } = cluster
  await write.apply(map({ a: '1', b: '2' }), 'shop', really)
  await write.apply(map({ a: '3' }), 'shop', really)
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  expect(await cluster.get(kind, 'settings', 'shop')).toMatchObject({ data: { a: '3' } })
  expect((await cluster.get(kind, 'settings', 'shop'))?.data).toEqual({ a: '3' })
  await expect(write.create(webPod('p-1', running), 'shop', really)).rejects.toThrow('409')
  await write.remove(kind, 'settings', 'shop', really)
  expect(await cluster.get(kind, 'settings', 'shop')).toBeUndefined()
  await expect(write.remove(kind, 'settings', 'shop', really)).rejects.toMatchObject({ status: 404 })
  expect(writes()[0]).toEqual({
    method: 'PATCH',
    path: '/k8s/clusters/c-abc/api/v1/namespaces/shop/configmaps/settings?fieldManager=nightcrier-mcp&force=true',
    status: 201,
  })
})

test('a dry run changes nothing', async () => {
  const { cluster } = await writable({ objects: [map({ a: '1' })] })
  const dry = { dryRun: true, signal }
  await cluster.write.apply(map({ a: '2' }), 'shop', dry)
  await cluster.write.remove({ apiVersion: 'v1', kind: 'ConfigMap' }, 'settings', 'shop', dry)
  expect(await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap' }, 'settings', 'shop')).toMatchObject({
    data: { a: '1' },
  })
})

test('without an answer nobody knows, and it says so; nothing is sent twice', async () => {
  const { cluster, simulator, writes } = await writable({}, { timeoutMs: 300 })
  simulator.pause()
  await expect(cluster.write.apply(map({}), 'shop', really)).rejects.toThrow('It may have been done all the same')
  simulator.resume()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(writes().length).toBeLessThanOrEqual(1)
})

test('what an API server says of a refused Secret is not repeated: it may be the Secret', async () => {
  const { cluster, simulator } = await writable()
  simulator.failNext(1, 422)
  const secret = { ...map({ password: 'hunter2' }), kind: 'Secret' }
  const error: unknown = await cluster.write.apply(secret, 'shop', really).catch((one) => one)
  expect(error).toBeInstanceOf(ClusterApiError)
  expect(String(error)).toMatch(/422/)
  expect(String(error)).not.toContain('the simulator was told')
})

const echo: Program = ({ command, container }) => ({
  stdout: `${container}: ${command.join('|')}`,
  stderr: 'careful',
  exitCode: command[0] === 'false' ? 3 : 0,
})
const pod = { namespace: 'shop', pod: 'web-6bf586c785-chf5m', container: 'web', maxBytes: 1_000 }

test('a command runs without a shell, through the prefix too, and its outputs and exit code come back apart', async () => {
  const { cluster, simulator } = await writable({
    prefix: '/k8s/clusters/c-abc',
    objects: [webPod('p-1', running)],
    writable: { exec: echo },
  })
  const command = ['ls', '-l', '/tmp; rm -rf /', 'a b&c=d']
  expect(await cluster.write.exec({ ...pod, command }, signal)).toEqual({
    stdout: `web: ${command.join('|')}`,
    stderr: 'careful',
    exitCode: 0,
  })
  expect(await cluster.write.exec({ ...pod, command: ['false'] }, signal)).toMatchObject({ exitCode: 3 })
  expect(simulator.calls.at(-1)).toMatchObject({ method: 'EXEC', status: 101 })
})

test('a command that does not end, or writes without end, is left, and that it may still run is known', async () => {
  const hanging = await writable(
    { objects: [webPod('p-1', running)], writable: { exec: () => ({ stdout: 'so far', hangs: true }) } },
    { timeoutMs: 300 },
  )
  expect(await hanging.cluster.write.exec({ ...pod, command: ['sleep'] }, signal)).toEqual({
    stdout: 'so far',
    stderr: '',
    cut: 'time',
  })
  const endless = await writable({
    objects: [webPod('p-1', running)],
    writable: { exec: () => ({ stdout: 'x'.repeat(50_000), hangs: true }) },
  })
  expect(await endless.cluster.write.exec({ ...pod, command: ['yes'] }, signal)).toEqual({
    stdout: 'x'.repeat(1_000),
    stderr: '',
    cut: 'size',
  })
})

test('a command that may not be run, in no such pod, or on a server that hangs fails in words', async () => {
  const { cluster, simulator } = await writable(
    {
      objects: [webPod('p-1', running)],
      writable: { exec: echo },
      access: [{ verbs: ['create'], resources: ['pods/exec'], namespace: 'closed' }],
    },
    { timeoutMs: 400 },
  )
  const run = (more: object) => cluster.write.exec({ ...pod, command: ['ls'], ...more }, signal)
  await expect(run({ namespace: 'closed' })).rejects.toMatchObject({ status: 403 })
  await expect(run({ pod: 'none' })).rejects.toMatchObject({ status: 404 })
  await expect(run({ pod: '../../nodes/n1' })).rejects.toMatchObject({ reason: 'BadName' })
  simulator.pause()
  await expect(run({})).rejects.toThrow('no answer within 0.4 s')
})

const ns = '/api/v1/namespaces/shop'
const refused: [string, string, boolean?][] = [
  ['GET', `${ns}/pods`],
  ['PUT', `${ns}/pods/web`],
  ['DELETE', `${ns}/pods`],
  ['DELETE', '/api/v1/pods'],
  ['DELETE', '/api/v1/nodes?labelSelector=a'],
  ['DELETE', `${ns}/pods/web?orphanDependents=true`],
  ['PATCH', `${ns}/pods/web/ephemeralcontainers`],
  ['PATCH', `${ns}/pods/web/status`],
  ['PATCH', `${ns}/pods/web/scale/deep`],
  ['PATCH', '/api/v1/nodes/n1/proxy/x'],
  ['POST', `${ns}/pods/web/eviction`],
  ['POST', `${ns}/pods/web/exec`],
  ['POST', `${ns}/serviceaccounts/default/token`],
  ['POST', `${ns}/secrets`],
  ['POST', '/apis/authentication.k8s.io/v1/tokenreviews'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  ['PATCH', `${ns}/pods/../secrets/x`],
  ['PATCH', `${ns}/pods/%2e%2e/x`],
  ['DELETE', '/api/v1/proxy/nodes'],
  ['GET', `${ns}/pods/web/exec?command=ls&stdin=true`, true],
  ['GET', `${ns}/pods/web/exec?command=ls&tty=true`, true],
  ['GET', `${ns}/pods/web/attach`, true],
  ['GET', `${ns}/pods/web/portforward?ports=80`, true],
  ['GET', '/api/v1/nodes/n1/proxy/exec/shop/web/web', true],
]
test.each(refused)(
  'the connection that writes lets nothing else pass: %s %s',
  async (method, path, upgrade?: boolean) => {
    const server = 'http://127.0.0.1:9'
    const agent = new Agent().compose(writeOnly(server))
    onTestFinished(() => agent.close())
    const options: Dispatcher.DispatchOptions = {
      origin: server,
      path,
      // biome-ignore lint/suspicious/noExplicitAny: any text may come as a method.
      method: method as any,
      ...(upgrade ? { upgrade: 'websocket' } : {}),
    }
    expect(() => agent.dispatch(options, {})).toThrow('Refused before it left')
  },
)
