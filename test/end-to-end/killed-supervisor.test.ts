import { expect, test } from 'vitest'
import { tables } from '../../shared/artifacts/layout.ts'
import { readClusterRow } from '../../shared/lease/cluster-row.ts'
import { startFaultServer } from '../fakes/fault-server.ts'
import { loopingPod } from './looping-pod.ts'
import { eventually, wholeApp } from './whole-app.ts'

const CLUSTERS = 12
const FAULTS_EACH = 10
const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`)

test('two supervisors never hold one cluster at once, and a SIGKILL in mid-window loses no fault', async () => {
  await using stack = new AsyncDisposableStack()
  const server = await startFaultServer()
  stack.defer(server.stop)
  // No triage: what is counted here is that every fault is recorded.
  const clusters = names.map((name) => ({ name, mcp: { endpoint: server.endpoint(name) }, triage: { enabled: false } }))
  const settings = { SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '20', LEASE_SECONDS: '5', RECONCILE_SECONDS: '30' }
  const app = await wholeApp(stack, clusters, settings, 2)
  const host = await app.startFunctions()
  host.trigger('supervisor-1')

  const rows = () => app.storage.table(tables.clusters).list({ limit: 100 })
  /** Cluster and fence → every owner ever seen under it: two would be two holders at once. */
  const owners = new Map<string, Set<string>>()
  const fences = new Map<string, number>()
  const shrunk: string[] = []
  const observing = new AbortController()
  const observed = (async () => {
    while (!observing.signal.aborted) {
      for (const row of await rows()) {
        const { owner, fence } = readClusterRow(row)
        if (fence < (fences.get(row.key) ?? 0)) shrunk.push(row.key)
        fences.set(row.key, fence)
        if (owner === '') continue
        const key = `${row.key} ${fence}`
        owners.set(key, (owners.get(key) ?? new Set()).add(owner))
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  // A wait that runs out below must not leave this one asking a storage that is gone.
  stack.defer(async () => {
    observing.abort()
    await observed
  })

  await eventually(
    'all clusters watched by two supervisors',
    30,
    async () => (await rows()).map(readClusterRow),
    (seen) =>
      seen.filter(({ status }) => status === 'active').length === CLUSTERS &&
      new Set(seen.map((row) => row.owner)).size >= 1,
  )

  let heard = 0
  const killed: number[] = []
  for (let round = 0; round < FAULTS_EACH; round++) {
    for (const name of names) {
      const pod = `app${round}x-6bf586c785-${'bcdfg'[round % 5]}hf5m`
      const cluster = server.at(name)
      cluster.objects = [...cluster.objects, loopingPod(pod)]
      heard += server.emit(name, {
        faultId: `${name}-${round}`.padEnd(16, '0'),
        faultType: 'CrashLoop',
        severity: 'critical',
        resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: pod, uid: `uid-${pod}` },
        context: 'Container entered CrashLoopBackOff state',
        timestamp: new Date().toISOString(),
      })
    }
    // Which of the two holds the clusters cannot be seen from outside: one after the other, so it is hit for certain.
    if (round === 3 || round === 6) {
      const both = host.workers().filter(({ functions }) => functions.includes('supervisor-1'))
      const { pid } = both[round === 3 ? 0 : 1]!
      killed.push(pid)
      process.kill(pid, 'SIGKILL')
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  // The rest are lost by the server, which replays nothing: only the reconcile can find them.
  expect(heard).toBeLessThan(CLUSTERS * FAULTS_EACH)

  const incidents = await eventually(
    'every fault recorded',
    60,
    async () =>
      (await app.incidents.list({}, 200)).items.map(({ incident }) => `${incident.cluster} ${incident.owner.name}`),
    (seen) => seen.length >= CLUSTERS * FAULTS_EACH,
  )
  observing.abort()
  await observed
  expect(new Set(incidents).size).toBe(CLUSTERS * FAULTS_EACH)
  expect(incidents).toHaveLength(CLUSTERS * FAULTS_EACH)
  expect(killed).toHaveLength(2)
  expect([...owners].filter(([, all]) => all.size > 1)).toEqual([])
  expect(shrunk).toEqual([])
  // Triage is off: recorded, and nobody was told.
  expect(app.posts).toEqual([])
}, 180_000)
