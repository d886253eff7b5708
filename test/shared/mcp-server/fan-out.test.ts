import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { lazyTargets, type TargetEntry, targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { caller, simulated } from './setup.ts'

const objects = [node, deployment, replicaSet, webPod('p-1', running)]

/** So many connections to one simulator, and a simulator that takes requests and never answers. */
async function fleet(answering: number, hanging: number) {
  const [good, dead] = await Promise.all([simulated({ objects }), simulated({ objects })])
  dead.simulator.pause()
  const connections: { close: () => Promise<void> }[] = []
  const entry = (name: string, kubeconfig: string) => ({
    target: { name, aliases: [], server: '', namespace: 'shop' },
    open: () => {
      const api = connectCluster(kubeconfig)
      connections.push(api)
      return api
    },
  })
  const names = Array.from({ length: answering }, (_, at) => `c${at}`)
  const targets = lazyTargets([
    ...Array.from({ length: hanging }, (_, at) => entry(`hung${at}`, dead.simulator.kubeconfig)),
    ...names.map((name) => entry(name, good.simulator.kubeconfig)),
  ])
  onTestFinished(async () => {
    await Promise.all(connections.map((api) => api.close()))
  })
  return { targets, good, dead }
}
const structured = async (client: Awaited<ReturnType<typeof caller>>['client'], name: string, args: object) => {
  const result = await client.callTool({ name, arguments: { ...args } })
  const [first] = Array.isArray(result.content) ? result.content : []
  return { is: Object(result.structuredContent), text: String(first?.text), isError: result.isError === true }
}

test('100 clusters of which 5 hang: the status of all within the deadline of one and a second', {
  timeout: 60_000,
}, async () => {
  const { targets, good } = await fleet(95, 5)
  const { client } = await caller({ targets })
  // A hundred new connections cost half a second of this core, which other programs on it may stretch to any length: so
  // that is held against the core's time, and the deadline against the clock once they are open.
  const before = process.cpuUsage()
  const answering = targets.list().flatMap(({ name }) => (name.startsWith('c') ? [name] : []))
  await structured(client, 'clusters_status', { clusters: answering, timeout_seconds: 10 })
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1e6).toBeLessThan(2)
  expect(good.simulator.calls.filter(({ path }) => path === '/version')).toHaveLength(95)
  async function measured() {
    const began = Date.now()
    const answer = await structured(client, 'clusters_status', { timeout_seconds: 2 })
    return { ...answer, took: Date.now() - began }
  }
  // Others can only add to it, so the least of some measurements is the program's own.
  let best = await measured()
  for (let more = 0; best.took >= 3_000 && more < 4; more += 1) best = await measured()
  const { is, text, took } = best
  expect(took).toBeLessThan(3_000)
  expect(is.complete).toBe(false)
  expect(is.counts).toBe('95 ok, 5 timeout')
  expect(is.clusters.slice(0, 5).map((one: { status: string }) => one.status)).toEqual(Array(5).fill('timeout'))
  expect(is.clusters[5]).toMatchObject({ status: 'ok', version: 'v1.33.4', nodes: { ready: 1, all: 1 } })
  expect(text).toContain('that is not the same as healthy')
  expect(Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(is))).toBeLessThanOrEqual(32 * 1024)
})

test('a source that failed is told by whoever asks all clusters, and then nothing is complete', async () => {
  const { targets } = await fleet(2, 0)
  const failed = 'Rancher https://rancher.example has not answered.'
  const { client } = await caller({ targets: { ...targets, problems: () => [failed] } })
  const questions: [string, object][] = [
    ['clusters_status', {}],
    ['clusters_exec_all', { operation: 'namespaces_list' }],
    ['clusters_compare', { apiVersion: 'v1', kind: 'ConfigMap' }],
    ['logs_search', { pattern: 'x' }],
  ]
  for (const [tool, args] of questions) {
    const all = await structured(client, tool, args)
    expect(all.is, tool).toMatchObject({ complete: false, problems: [failed], counts: '2 ok' })
    expect(all.text, tool).toContain(`! Clusters may be missing: ${failed}`)
    const named = await structured(client, tool, { ...args, clusters: ['c0'] })
    expect(named.is, tool).toMatchObject({ complete: true, counts: '1 ok' })
    expect(named.is, tool).not.toHaveProperty('problems')
  }
})

test('each cluster answers in its own word: ok, timeout, forbidden, error', async () => {
  const { targets, good } = await fleet(1, 1)
  const forbidden = connectCluster(good.simulator.kubeconfig.replace(good.simulator.token, 'no-such-token'))
  const gone = await startSimulator({ objects: [], protocol: 'http', port: 0 })
  await gone.stop()
  const refused = connectCluster(gone.kubeconfig)
  onTestFinished(async () => {
    await Promise.all([forbidden.close(), refused.close()])
  })
  const more = [
    { name: 'forbidden', api: forbidden },
    { name: 'refused', api: refused },
  ]
  const all = lazyTargets([
    ...targets.list().map((target) => ({ target, open: () => targets.at(target.name) })),
    ...more.map(({ name, api }) => ({
      target: { name, aliases: [], server: '', namespace: '' },
      open: () => api,
    })),
    {
      target: { name: 'broken', aliases: [], server: '', namespace: '', problem: 'its kubeconfig is not YAML' },
      open: () => forbidden,
    },
  ])
  const { client } = await caller({ targets: all })
  const { is } = await structured(client, 'clusters_status', { timeout_seconds: 0.4 })
  const words = Object.fromEntries(
    is.clusters.map((one: { cluster: string; status: string }) => [one.cluster, one.status]),
  )
  expect(words).toEqual({ hung0: 'timeout', c0: 'ok', forbidden: 'forbidden', refused: 'error', broken: 'error' })
  expect(is.complete).toBe(false)
})

test('a token says when it runs out, and nothing else of itself', async () => {
  const { good } = await fleet(0, 0)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'RS256' })}.${part({ exp: 1_700_000_000 })}.c2lnbmF0dXJl`
  const api = connectCluster(good.simulator.kubeconfig.replace(good.simulator.token, token))
  onTestFinished(api.close)
  const { client } = await caller({ targets: targetsOf([{ name: 'old', api }]) })
  const { is, text } = await structured(client, 'clusters_status', {})
  expect(is.clusters[0]).toMatchObject({
    status: 'forbidden',
    credential: { kind: 'token', expires: '2023-11-14T22:13:20Z', expired: true },
  })
  expect(JSON.stringify(is) + text).not.toContain(token.slice(20))
})

test('one reading tool on all clusters: each answer stands under its own cluster, and one that fails spoils none', async () => {
  const east = await simulated({ objects: [webPod('p-1', crashLooping, { name: 'only-in-east' })] })
  const west = await simulated({ objects: [webPod('p-2', running, { name: 'only-in-west' })] })
  const entries: TargetEntry[] = [
    { name: 'east', api: east.api },
    { name: 'west', api: west.api },
  ]
  const { client } = await caller({ targets: targetsOf(entries) })
  const args = { operation: 'pods_list', parameters: { labelSelector: 'app=web' } }
  const { is } = await structured(client, 'clusters_exec_all', args)
  expect(is).toMatchObject({ complete: true, counts: '2 ok' })
  const names = is.results.map((one: { cluster: string; answer: { rows: string[][] } }) => [
    one.cluster,
    ...one.answer.rows.map((row) => row[1]),
  ])
  expect(names).toEqual([
    ['east', 'only-in-east'],
    ['west', 'only-in-west'],
  ])
  west.simulator.failNext(5, 500)
  const half = await structured(client, 'clusters_exec_all', args)
  expect(half.is).toMatchObject({ complete: false, counts: '1 ok, 1 error' })
  expect(half.text).toContain('## west: error')
})

test('a failure within is a failure, unknown tools and tools that do not only read are refused, fail_fast stops', async () => {
  const { targets } = await fleet(3, 0)
  const { client } = await caller({ targets })
  const get = { operation: 'pods_get', parameters: { name: 'none', namespace: 'shop' } }
  const failed = await structured(client, 'clusters_exec_all', get)
  expect(failed.is.counts).toBe('3 error')
  for (const operation of ['events_subscribe', 'clusters_exec_all', 'clusters_switch', 'pods_delete', 'nothing']) {
    const refused = await structured(client, 'clusters_exec_all', { operation })
    expect(refused.isError, operation).toBe(true)
    expect(refused.text).toContain('cannot be run on all clusters. Possible: ')
  }
  const sneaky = { operation: 'pods_list', parameters: { cluster: 'c1' } }
  expect((await structured(client, 'clusters_exec_all', sneaky)).isError).toBe(true)
  const fast = await fleet(40, 1)
  const second = await caller({ targets: fast.targets })
  const stopped = await structured(second.client, 'clusters_exec_all', { ...get, timeout_seconds: 1, fail_fast: true })
  expect(stopped.is.counts).toMatch(/\d+ skipped/)
})

test('what denies a tool denies it within a fan-out too', async () => {
  const { targets } = await fleet(1, 0)
  const { client } = await caller({ targets, choice: { denyTools: ['pods_log'] } })
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).not.toContain('pods_log')
  const refused = await structured(client, 'clusters_exec_all', { operation: 'pods_log', parameters: { name: 'x' } })
  expect(refused.isError).toBe(true)
})

test('drift between clusters is shown by field, Secrets only as keyed digests, and what could not be asked is named', async () => {
  const config = (colour: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', uid: colour },
    data: { colour, same: 'yes', password: `pw-${colour}-9d8f7` },
  })
  const onlyEast = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra', namespace: 'shop' }, data: {} }
  const same = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same', namespace: 'shop' }, data: { a: 'b' } }
  const east = await simulated({ objects: [config('red'), onlyEast, same] })
  const west = await simulated({ objects: [config('blue'), same] })
  const hung = await simulated({ objects: [] })
  hung.simulator.pause()
  const targets = targetsOf([
    { name: 'east', api: east.api },
    { name: 'west', api: west.api },
    { name: 'hung', api: hung.api },
  ])
  const { client } = await caller({ targets, redact: createRedactor({ key: 'a key of sixteen bytes' }) })
  const args = { apiVersion: 'v1', kind: 'ConfigMap', timeout_seconds: 0.5 }
  const { is, text } = await structured(client, 'clusters_compare', args)
  expect(is).toMatchObject({ complete: false, counts: '2 ok, 1 timeout', compared: 3, same: 1 })
  const settings = is.drift.find((one: { object: string }) => one.object === 'shop/settings')
  expect(settings.differences).toContainEqual({
    path: 'data.colour',
    values: [
      { clusters: 'east', value: 'red' },
      { clusters: 'west', value: 'blue' },
    ],
  })
  expect(settings.differences.map((one: { path: string }) => one.path)).toEqual(['data.colour', 'data.password'])
  expect(is.drift.find((one: { object: string }) => one.object === 'shop/extra').missingIn).toEqual(['west'])
  expect(text).toContain('hung is not in it: timeout')
  expect(text + JSON.stringify(is)).not.toContain('9d8f7')
})

test('a switch is the default of its own session, and moves no other', async () => {
  const { targets } = await fleet(2, 0)
  const one = await caller({ targets })
  expect((await one.call('pods_list')).text).toContain('Say which cluster')
  expect((await one.call('clusters_switch', { cluster: 'c1' })).text).toContain('Other sessions are not touched')
  expect((await one.call('pods_list')).structured.cluster).toBe('c1')
  expect((await one.call('pods_list', { cluster: 'c0' })).structured.cluster).toBe('c0')
  const other = await caller({ targets })
  expect((await other.call('pods_list')).text).toContain('Say which cluster')
  expect((await one.call('clusters_switch', { cluster: 'nope' })).isError).toBe(true)
  expect((await one.call('pods_list')).structured.cluster).toBe('c1')
})
