import { beforeEach, describe, expect, test } from 'vitest'
import { type AlertPlatform, alerts } from '../../../../shared/app/http/alerts.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { TriageMessage } from '../../../../shared/incident/messages.ts'
import { incidentPage } from '../../../../shared/report/page/incident-page.ts'
import { handleTriageMessage } from '../../../../shared/triage/handle-triage-message.ts'
import { noteAbsence } from '../../../../shared/triage/note-absence.ts'
import { memoryQueue } from '../../../fakes/memory-queue.ts'
import { ownDoor } from '../../../fakes/own-door.ts'
import { fullReport } from '../../report/full-report.ts'
import { cluster, message, podFault, type World, world } from '../../triage/world.ts'

let there: World
let queue: ReturnType<typeof memoryQueue>
let platform: AlertPlatform
const lines: string[] = []
const line = (_fields: unknown, text?: string) => void lines.push(text ?? '')
const log = { info: line, warn: line }

function start(...names: readonly string[]) {
  const clusters = names.map((name) => cluster(name))
  there = world({ clusters })
  queue = memoryQueue(there.clock)
  lines.length = 0
  const { store, clock, random, control, cluster: byName } = there.deps
  const settings = readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' })
  const current = async () => ({ clusters })
  const storage = { queue: () => queue }
  platform = {
    ...{ store, clock, random, control, settings, storage },
    cluster: byName,
    door: async () => ownDoor,
    clusters: { current },
  }
}
beforeEach(() => start('east', 'west'))

/** As Alertmanager 0.27 posts it. */
const post = (given: readonly unknown[], more: Record<string, unknown> = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="x"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'nightcrier',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts: given,
  ...more,
})
const alert = (labels: Record<string, string>, more: Record<string, unknown> = {}) => ({
  status: 'firing',
  labels: { cluster: 'east', severity: 'warning', alertname: 'KubePodCrashLooping', ...labels },
  annotations: { summary: 'Something is wrong', runbook_url: 'https://runbooks.example/x' },
  startsAt: '2026-01-12T09:30:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?g0.expr=x',
  fingerprint: 'c0ffee0000000001',
  ...more,
})
const ended = (labels: Record<string, string>, more: Record<string, unknown> = {}) =>
  alert(labels, { status: 'resolved', endsAt: '2026-01-12T09:40:00.000Z', ...more })

async function send(body: unknown, query = '') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await alerts(platform, log, { text: async () => text, query: new URLSearchParams(query) })
  for (const got of queue.receive({ count: 1_000 })) {
    await handleTriageMessage(there.deps)(TriageMessage.parse(JSON.parse(got.body)), got)
    got.complete()
  }
  return answer
}
const about = async () =>
  (await there.all())
    .map(({ cluster: name, owner }) => [name, owner.kind, owner.namespace, owner.name].join(' '))
    .sort()

describe('what an alert is about', () => {
  const exporter = {
    job: 'kube-state-metrics',
    pod: 'kube-prometheus-stack-kube-state-metrics-558d744bfd-wvl88',
    container: 'kube-state-metrics',
    service: 'kube-prometheus-stack-kube-state-metrics',
    instance: '10.42.3.166:8080',
  }
  test.each([
    [
      'honor_labels on',
      { ...exporter, namespace: 'games', job_name: 'restarter-29328720' },
      'Job games restarter-29328720',
    ],
    [
      'honor_labels off',
      { ...exporter, namespace: 'monitoring', exported_namespace: 'shop', exported_pod: 'cart-6f5bb8c9d4-x2x2x' },
      'Deployment shop cart',
    ],
    ['a kind before the pod', { ...exporter, namespace: 'shop', statefulset: 'pg' }, 'StatefulSet shop pg'],
    ['a daemon set', { ...exporter, namespace: 'kube-system', daemonset: 'kured' }, 'DaemonSet kube-system kured'],
    ['a node', { ...exporter, namespace: 'monitoring', node: 'w-7' }, 'Node  w-7'],
    ['a claim', { namespace: 'shop', persistentvolumeclaim: 'data-pg-0' }, 'PersistentVolumeClaim shop data-pg-0'],
    ['UTF-8 names', { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'cart-6f5bb8c9d4-x2x2x' }, 'Deployment shop cart'],
  ])('%s', async (_name, labels, expected) => {
    expect((await send(post([alert(labels)]))).jsonBody).toMatchObject({ firing: 1, ignoredCount: 0 })
    expect(await about()).toEqual([`east ${expected}`])
  })

  test('is never the exporter that told of it, and never guessed', async () => {
    const given = [alert({ ...exporter, namespace: 'monitoring' }), alert({ namespace: 'shop' }), alert({ pod: 'x' })]
    expect(await send(post(given))).toMatchObject({ status: 200, jsonBody: { firing: 0, ignoredCount: 3 } })
    expect(await about()).toEqual([])
  })
})

test('each alert goes to its own cluster; one that names none or another is left, and the post is taken', async () => {
  const pod = { namespace: 'shop', deployment: 'cart' }
  const given = [
    alert({ ...pod, cluster: 'k8s-prod-01' }),
    alert({ ...pod, cluster: '' }),
    alert({ ...pod, cluster: '', source_cluster: 'east' }),
    alert({ ...pod, cluster: 'west' }),
  ]
  const { status, jsonBody } = await send(post(given))
  expect(status).toBe(200)
  expect(await about()).toEqual(['west Deployment shop cart'])
  expect(JSON.stringify(jsonBody)).toContain('there is no cluster k8s-prod-01 in clusters.yaml')
  expect(JSON.stringify(jsonBody)).toContain('?cluster=NAME')
  expect(await send(post([alert({ ...pod, cluster: '' })]), 'cluster=east')).toMatchObject({ jsonBody: { firing: 1 } })
  expect(await send(post([]), 'cluster=north')).toMatchObject({ status: 404 })
})

test('where there is one cluster, an alert needs no label of it', async () => {
  start('only')
  await send(post([alert({ cluster: '', namespace: 'shop', deployment: 'cart' })]))
  expect(await about()).toEqual(['only Deployment shop cart'])
})

test('heartbeats, inhibitors and severity none open nothing', async () => {
  const given = [
    alert({ alertname: 'Watchdog', severity: 'none' }),
    alert({ alertname: 'InfoInhibitor', severity: 'none', namespace: 'shop', pod: 'cart-6f5bb8c9d4-x2x2x' }),
    alert({ alertname: 'Mine', severity: 'none', namespace: 'shop', deployment: 'cart' }),
    ended({ alertname: 'Watchdog', severity: 'none' }),
  ]
  expect(await send(post(given))).toMatchObject({ status: 200, jsonBody: { firing: 0, resolved: 0, ignoredCount: 4 } })
  expect(await about()).toEqual([])
})

test('Grafana’s form is taken as well: nulls, its version, times with an offset', async () => {
  const one = { ...alert({ namespace: 'shop', deployment: 'cart' }), values: null, annotations: null, generatorURL: '' }
  const body = {
    ...post([{ ...one, startsAt: '2026-01-12T10:30:00+01:00' }]),
    version: '1',
    state: 'alerting',
    orgId: 1,
  }
  expect(await send(body)).toMatchObject({ status: 200, jsonBody: { firing: 1 } })
  expect((await there.only()).timestamp).toBe('2026-01-12T09:30:00.000Z')
  const drill = alert({ alertname: 'TestAlert', instance: 'Grafana' })
  expect(await send(post([drill]))).toMatchObject({ status: 200, jsonBody: { firing: 0, ignoredCount: 1 } })
})

describe('of one object', () => {
  const of = (pod: string) => ({ namespace: 'shop', pod: `cart-6f5bb8c9d4-${pod}` })
  const second = { fingerprint: 'c0ffee0000000002' }

  test('repetitions are one occurrence, and the alert’s words are kept', async () => {
    for (let times = 0; times < 3; times++) await send(post([alert(of('x2x2x'))]))
    const one = await there.only()
    expect(one).toMatchObject({ occurrences: 1, faultType: 'Asked' })
    expect(one.context).toBe(
      'Alert KubePodCrashLooping fires since 2026-01-12T09:30:00.000Z: Something is wrong · https://runbooks.example/x',
    )
  })

  test('only the end of the last alert is the end', async () => {
    await send(post([alert(of('x2x2x')), alert(of('z4z4z'), second)]))
    await send(post([ended(of('x2x2x'))]))
    expect((await there.only()).absentSince).toBeUndefined()
    expect((await send(post([ended(of('z4z4z'), second)]))).jsonBody).toMatchObject({ resolved: 1 })
    expect((await there.only()).absentSince).toBeDefined()
  })

  test('copies that come late or twice change nothing', async () => {
    await send(post([alert(of('x2x2x'))]))
    await send(post([ended(of('x2x2x'))]))
    const over = (await there.only()).absentSince
    there.clock.pass(60)
    expect((await send(post([alert(of('x2x2x'))]))).jsonBody).toMatchObject({ firing: 0 })
    expect((await send(post([ended(of('x2x2x'))]))).jsonBody).toMatchObject({ resolved: 0 })
    expect((await there.only()).absentSince).toBe(over)
    await send(post([alert(of('x2x2x'), { startsAt: '2026-01-12T09:41:30.000Z' })]))
    const again = await there.only()
    expect([again.absentSince, again.occurrences]).toEqual([undefined, 2])
  })

  test('an end that comes before its beginning opens nothing', async () => {
    await send(post([ended(of('x2x2x'))]))
    await send(post([alert(of('x2x2x'))]))
    expect(await about()).toEqual([])
  })

  test('what the watch has heard already stays its incident', async () => {
    await handleTriageMessage(there.deps)(message(podFault('cart')), { id: 'own', dequeueCount: 1 })
    expect((await send(post([alert(of('x2x2x'))]))).jsonBody).toMatchObject({ known: 1, firing: 0 })
    expect((await there.only()).faultType).toBe('CrashLoop')
  })

  test('a look that does not see it says nothing against it, until nobody has told of it for a day', async () => {
    await send(post([alert(of('x2x2x'))]))
    const look = async () =>
      noteAbsence(there.deps)({
        ...{ version: 1, type: 'observed', cluster: 'east', keys: [] },
        observedAt: there.clock.now().toISOString(),
      })
    there.clock.pass(3_600)
    await look()
    expect((await there.only()).absentSince).toBeUndefined()
    there.clock.pass(86_400)
    await look()
    expect((await there.only()).absentSince).toBeDefined()
  })
})

test('a cut post: each alert by its own status, and the rest is said once', async () => {
  const given = [ended({ namespace: 'shop', deployment: 'a' }), alert({ namespace: 'shop', deployment: 'b' })]
  await send(post(given, { status: 'resolved', truncatedAlerts: 395 }))
  expect(await about()).toEqual(['east Deployment shop b'])
  expect(lines.filter((text) => text.includes('395'))).toHaveLength(1)
})

test('one alert that is none spoils no other; a body that is none is refused', async () => {
  const given = ['text', { status: 'maybe' }, alert({ namespace: 'shop', deployment: 'b' })]
  expect(await send(post(given))).toMatchObject({ status: 200, jsonBody: { firing: 1, ignoredCount: 2 } })
  expect(await send('alerts: []')).toMatchObject({ status: 400 })
  expect(await send({ version: '4' })).toMatchObject({ status: 400, jsonBody: { error: 'alerts: is required' } })
})

describe('a hostile source', () => {
  const pod = { namespace: 'shop', pod: 'api-6bf586c785-chf5m' }

  test('a label of sixty kilobytes is cut, and the alert still ends with its own end', async () => {
    const alertname = 'A'.repeat(60_000)
    const long = { ...pod, alertname }
    expect(await send(post([alert(long, { fingerprint: null })]))).toMatchObject({
      status: 200,
      jsonBody: { firing: 1 },
    })
    const [incident] = await there.all()
    expect(incident?.context.length).toBeLessThanOrEqual(1_000)
    const end = await send(post([ended(long, { fingerprint: null })]))
    expect(end).toMatchObject({ status: 200, jsonBody: { resolved: 1 } })
    expect((await there.all())[0]?.absentSince).toBeDefined()
  })

  test('ten thousand alerts in one post are refused with the count that is taken, and none is half taken', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => alert({ ...pod, pod: `api-${n}` }))
    const answer = await send(post(many))
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.jsonBody)).toMatch(/alerts.*5000/)
    expect(await there.all()).toEqual([])
  })

  test.each([
    '  javascript:alert(1)',
    'java\tscript:alert(1)',
    '//evil.example/x',
    'file:///etc/passwd',
    'data:text/html,<script>1</script>',
  ])('an address that is none, %j, is words and no more', async (address) => {
    const told = alert(pod, { annotations: { runbook_url: address }, generatorURL: address })
    expect((await send(post([told], { externalURL: address }))).status).toBe(200)
    const [incident] = await there.all()
    expect(incident?.context).toContain('KubePodCrashLooping')
    // It is kept as words of the context; nothing of an alert becomes a link.
    const page = await incidentPage(fullReport({ incident: incident! }))
    expect(page).not.toMatch(/href="(?:\s*java|\/\/evil|file:|data:)/)
  })

  test('a password in a link is hidden', async () => {
    const runbook_url = 'https://user:p4sZs0rdQ-of-the-wiki@wiki/x'
    await send(post([alert(pod, { annotations: { runbook_url } })]))
    expect(JSON.stringify(await there.all())).not.toContain('p4sZs0rdQ')
  })
})
