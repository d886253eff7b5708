import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applicationInsights, type KeptSpan } from '../fakes/application-insights.ts'
import { startFaultServer } from '../fakes/fault-server.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { eventually, wholeApp } from './whole-app.ts'

const scenario = join(import.meta.dirname, '../scenarios/train/deployment/bad-command')

test('one trace leads from the fault that a supervisor heard to the notice, through every queue', async () => {
  await using stack = new AsyncDisposableStack()
  const insights = await applicationInsights(stack)
  const simulator = await startSimulator({ folder: scenario })
  stack.defer(() => simulator.stop())
  const server = await startFaultServer()
  stack.defer(server.stop)
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-trace-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, simulator.kubeconfig)
  const cluster = {
    name: 'east',
    mcp: { endpoint: server.endpoint('east') },
    triage: { enabled: true, kubeconfig: `file:${kubeconfig}` },
  }
  const settings = { SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '60', ...insights.settings }
  const app = await wholeApp(stack, [cluster], settings, 1)
  const host = await app.startFunctions()
  host.trigger('supervisor-1')
  await eventually(
    'the watch',
    30,
    async () => server.at('east').subscriptions.size,
    (size) => size > 0,
  )
  const resource = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'orchard',
    name: 'giant-narwhal-6bf586c785-chf5m',
    uid: 'u1',
  }
  server.emit('east', {
    faultId: '9d55a47c4d78b8f4',
    faultType: 'CrashLoop',
    severity: 'critical',
    resource,
    context: 'Container entered CrashLoopBackOff state',
    timestamp: new Date().toISOString(),
  })
  await eventually(
    'the post',
    60,
    async () => app.posts.length,
    (posts) => posts > 0,
  )
  const spansOf = async () => insights.spans.filter(({ name }) => ['triage', 'report', 'notify'].includes(name))
  const [incident] = (await app.incidents.list({}, 1)).items
  const [, traceId, spanId] = (incident?.incident.traceparent ?? '').split('-')
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  // That an agent is at work, and its report.
  const notices = (all: readonly KeptSpan[]) => all.filter(({ name }) => name === 'notify').length
  // The report's own span ends after its notice is told.
  const complete = (all: readonly KeptSpan[]) => notices(all) >= 2 && all.some(({ name }) => name === 'report')
  const spans = await eventually('the last span', 15, spansOf, complete)
  const ours = spans.filter(({ trace }) => trace === traceId)
  expect(notices(ours)).toBe(notices(spans))
  expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(['triage', 'report', 'notify']))
  // Each hangs below the fault's own message, none below another trace's.
  expect(new Set(ours.map(({ parent }) => parent))).toEqual(new Set([spanId]))
}, 120_000)
