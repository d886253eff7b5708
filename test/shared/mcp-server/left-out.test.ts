import { expect, test } from 'vitest'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { caller, east, simulated } from './setup.ts'

const pods = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) =>
    webPod(`${prefix}-${at}`, running, { name: `${prefix}-${String(at).padStart(3, '0')}${'x'.repeat(60)}` }),
  )

async function two(first: readonly unknown[], second: readonly unknown[]) {
  const [one, other] = await Promise.all([simulated({ objects: first }), simulated({ objects: second })])
  return caller({
    targets: targetsOf([
      { name: 'one', api: one.api },
      { name: 'other', api: other.api },
    ]),
  })
}

test('the arguments within clusters_exec_all are understood as those of a call of its own', async () => {
  const { call } = await two(pods('a', 3), pods('b', 3))
  const parameters = { order_by: 'NAME', limit: '2', namespace: null, labelSelector: '' }
  const { text, isError } = await call('clusters_exec_all', { operation: 'pods_list', parameters })
  expect(isError, text).toBe(false)
  // Two of all together, and not two of each.
  expect(text.match(/\b[ab]-00\d/g)).toEqual(['a-000', 'a-001'])
  const blank = await call('clusters_exec_all', { operation: 'pods_list', parameters: { order_by: '' } })
  expect(blank.text.match(/\b[ab]-00\d/g)).toHaveLength(6)
  const wrong = await call('clusters_exec_all', { operation: 'pods_list', parameters: { labels: 'app=web' } })
  expect(wrong.text).toContain('unknown argument "labels"')
})

test('one order over all clusters ends where a list that was cut makes it uncertain', async () => {
  const { call } = await two(pods('a', 200), pods('b', 20))
  const parameters = { order_by: 'NAME', limit: 300 }
  const { text, structured } = await call('clusters_exec_all', { operation: 'pods_list', parameters })
  expect(structured.complete).toBe(false)
  expect(text).toMatch(/! one: \d+ of 200 shown/)
  // What stands behind the cut of the first would come before all of the second.
  expect(text).not.toMatch(/\bb-0/)
  expect(text).toContain('! other: 0 of 20 shown')
})

test.each([
  ['config', ['configuration_contexts_list', 'configuration_view']],
  ['nodes', ['nodes_log', 'nodes_stats_summary']],
])('a set that is asked for by name is listed: %s', async (set, names) => {
  const { client } = await east({ objects: [node] }, { choice: { toolsets: [set] } })
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names)
})

test('what a diagnosis leaves out for room it counts', async () => {
  const many = Array.from({ length: 25 }, (_, at) => webPod(`p-${at}`, crashLooping, { name: `web-${at}` }))
  const web = { ...deployment, spec: { ...deployment.spec, selector: { matchLabels: { app: 'web' } } } }
  const { call } = await east({ objects: [web, replicaSet, node, ...many] })
  const { text } = await call('workload_diagnose', { name: 'web', namespace: 'shop' })
  expect(text).toContain('## Not shown here')
  expect(text).toMatch(/\d+ more logs of containers in trouble: pods_log shows each/)
  expect(text).toContain('5 more pods, none with fewer ready containers than those shown')
})

test('a name may say its kind, and is refused where it contradicts the kind that is asked for', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'front', namespace: 'shop' },
    spec: { selector: { app: 'none' }, ports: [{ port: 80 }] },
  }
  const { call } = await east({ objects: [service, deployment, webPod('p-1', running, { name: 'web-0' })] })
  const said = await call('workload_diagnose', { name: 'svc/front', namespace: 'shop' })
  expect(said.text).toMatch(/^# Service shop\/front in cluster east: broken/)
  const usual = await call('workload_diagnose', { name: 'web', namespace: 'shop' })
  expect(usual.text).toMatch(/^# Deployment shop\/web/)
  const contradicts = await call('resources_get', { kind: 'Pod', name: 'deploy/web', namespace: 'shop' })
  expect(contradicts.text).toBe('name says deploy, and Pod is asked for: name one kind.')
  for (const name of ['web-0', 'pod/web-0', 'pods/web-0', 'po/web-0'])
    expect((await call('pods_get', { name, namespace: 'shop' })).text, name).toContain('name: web-0')
})
