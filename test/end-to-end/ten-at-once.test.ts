import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { queues } from '../../shared/artifacts/layout.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { eventually, wholeApp } from './whole-app.ts'

const scenario = join(import.meta.dirname, '../scenarios/train/deployment/bad-command')

test('the same fault sent ten times at once is one incident, one agent, one report, one post', async () => {
  await using stack = new AsyncDisposableStack()
  const simulator = await startSimulator({ folder: scenario })
  stack.defer(() => simulator.stop())
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-ten-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, simulator.kubeconfig)
  const cluster = {
    name: 'east',
    // Nothing listens there: the faults come by the queue alone.
    mcp: { endpoint: 'http://127.0.0.1:9/mcp' },
    triage: { enabled: true, kubeconfig: `file:${kubeconfig}` },
  }
  const app = await wholeApp(stack, [cluster], { SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '60' }, 2)
  const now = new Date().toISOString()
  const fault = {
    faultId: '9d55a47c4d78b8f4',
    cluster: 'east',
    faultType: 'CrashLoop',
    severity: 'critical',
    resource: {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'orchard',
      name: 'giant-narwhal-6bf586c785-chf5m',
      uid: 'u1',
    },
    context: 'Container entered CrashLoopBackOff state',
    timestamp: now,
    receivedAt: now,
    source: 'notification',
  }
  // Each is received in a millisecond of its own: the same body twice is one message that storage kept twice.
  const received = (at: number) => ({ ...fault, receivedAt: new Date(Date.parse(now) + at).toISOString() })
  const message = (at: number) => JSON.stringify({ version: 1, type: 'faults', faults: [received(at)] })
  const queue = app.storage.queue(queues.faults)
  await Promise.all(Array.from({ length: 10 }, (_, at) => queue.send(message(at))))
  await app.startFunctions()

  const page = await eventually(
    'the report',
    60,
    async () => (await app.incidents.list({}, 100)).items.map(({ incident }) => incident),
    ([incident]) => incident?.status === 'reported' && incident.occurrences === 10 && app.posts.length > 0,
  )
  // Long enough for a second agent, report or post to show itself.
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(page).toHaveLength(1)
  expect(page[0]).toMatchObject({
    occurrences: 10,
    generation: 1,
    fence: 1,
    rootCause: 'Deployment/orchard/giant-narwhal BadCommand',
  })
  expect(page[0]!.steps.filter(({ note }) => note.startsWith('The agent was started'))).toHaveLength(1)
  expect(app.posts).toHaveLength(1)
  const bundles = await app.storage.blobs('bundles').list('', 10)
  expect(bundles).toHaveLength(1)
}, 120_000)
