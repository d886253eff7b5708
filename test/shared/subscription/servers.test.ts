import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { crashingPod, type House, house, namespaceObject, until } from './supervised.ts'

/** A cluster with something of its own in a second namespace, so that it is seen that all are listed. */
const systemPod = { ...crashingPod('dns', 'kube-system'), status: { phase: 'Running' } }
const objects = [namespaceObject('shop'), namespaceObject('kube-system'), systemPod, crashingPod('web-1')]

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** The real binary of the plain Kubernetes MCP server, over a simulated cluster. */
async function plainServer(
  access: readonly unknown[],
  ...flags: string[]
): Promise<{ endpoint: string; cluster: Awaited<ReturnType<typeof startSimulator>> }> {
  const cluster = await startSimulator({ objects, access })
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-'))
  writeFileSync(join(folder, 'kubeconfig'), cluster.kubeconfig)
  const port = await freePort()
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const name = `kubernetes-mcp-server-linux-${arch}`
  const binary = createRequire(createRequire(import.meta.url).resolve('kubernetes-mcp-server/package.json')).resolve(
    `${name}/bin/${name}`,
  )
  const child = spawn(
    binary,
    ['--port', String(port), '--kubeconfig', join(folder, 'kubeconfig'), '--read-only', ...flags],
    { stdio: 'ignore' },
  )
  onTestFinished(async () => {
    child.kill()
    await cluster.stop()
    await rm(folder, { recursive: true })
  })
  await until('it listens', async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, 20_000)
  return { endpoint: `http://127.0.0.1:${port}/mcp`, cluster }
}

const watch = (home: House, endpoint: string) => {
  home.configure([{ name: 'east', mcp: { endpoint } }])
  home.supervise('supervisor-1', {
    settings: { ...home.deps.settings, RECONCILE_SECONDS: 0.3, MCP_CALL_TIMEOUT_SECONDS: 10 },
  })
}
const observed = (home: House) => home.messages().filter((one) => one.type === 'observed')

describe('the plain Kubernetes MCP server, the real binary', () => {
  test.each([['tables'], ['YAML', '--list-output', 'yaml']])(
    'is looked at on a beat, with lists as %s',
    async (_, ...flags) => {
      const { endpoint, cluster } = await plainServer([], ...flags)
      const home = await house()
      watch(home, endpoint)
      await until('what was broken is found', () => home.faults().length > 0, 20_000)
      expect(home.faults()[0]).toMatchObject({
        faultType: 'CrashLoop',
        resource: { name: 'web-1' },
        source: 'reconcile',
      })
      expect(home.row('east')).toMatchObject({
        status: 'active',
        source: 'polled',
        note: expect.stringContaining('emits no faults'),
      })
      cluster.apply([crashingPod('web-2')])
      await until('what breaks is found', () => home.faults().some(({ resource }) => resource.name === 'web-2'), 20_000)
      await until('a whole look is told', () => observed(home).length > 0, 20_000)
      expect(home.faults()).toHaveLength(2)
    },
  )

  test('that may list one namespace only and does not say so is not believed about absence', async () => {
    const { endpoint, cluster } = await plainServer([{ verb: 'list', resource: 'pods', namespace: 'kube-system' }])
    cluster.apply([crashingPod('web-3', 'default'), namespaceObject('default')])
    const home = await house()
    watch(home, endpoint)
    await until('what it shows is found', () => home.faults().length > 0, 20_000)
    expect(home.faults().map(({ resource }) => resource.name)).toEqual(['web-3'])
    await until('it is said', () => home.row('east').note.includes('default namespace only'))
    expect(observed(home)).toEqual([])
  })
})

describe('our own server', () => {
  test('tells faults with their owners and their end, and is looked at without telling them twice', async () => {
    const cluster = await startSimulator({ objects })
    const api = connectCluster(cluster.kubeconfig, { where: 'the simulator' })
    const targets = targetsOf([{ name: 'sim', api }])
    const server = await startMcpHttpServer({ targets, redact: createRedactor({ key: 'a key for this test only' }) })
    onTestFinished(async () => {
      await server.stop()
      await api.close()
      await cluster.stop()
    })
    const home = await house()
    watch(home, `${server.url}/sim`)
    await until('what was broken is found', () => home.faults().length === 1, 10_000)
    expect(home.faults()[0]).toMatchObject({ faultType: 'CrashLoop', resource: { name: 'web-1' }, source: 'reconcile' })
    await until('a whole look is told', () => observed(home).length > 1, 10_000)
    expect(home.row('east')).toMatchObject({ status: 'active', source: 'subscribed', note: '' })
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-db', controller: true }
    const pod = crashingPod('db-0')
    cluster.apply([{ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }])
    const told = (source: string) =>
      home.faults().find((fault) => fault.resource.name === 'db-0' && fault.source === source)
    await until('what breaks is told', () => told('notification') !== undefined, 10_000)
    expect(told('notification')).toMatchObject({ owner: { kind: 'StatefulSet', name: 'db' } })
    cluster.remove({ kind: 'Pod', namespace: 'shop', name: 'db-0' })
    await until('its end is told', () => home.faults().some(({ resolved }) => resolved === true), 10_000)
    expect(home.faults().filter(({ resource }) => resource.name === 'web-1')).toHaveLength(1)
    // A look in the very moment of the notice may tell it, too, under the same id.
    const ids = home
      .faults()
      .flatMap(({ resource, resolved, faultId }) => (resource.name === 'db-0' && !resolved ? [faultId] : []))
    expect(new Set(ids).size).toBe(1)
    expect(ids.length).toBeLessThan(3)
  })
})
