import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { QueueServiceClient } from '@azure/storage-queue'
import { build } from '../../../infra/build.ts'
import { startPlatform } from '../../../infra/local/start/platform.ts'
import { queues } from '../../../shared/artifacts/layout.ts'
import { startFaultServer } from '../../fakes/fault-server.ts'
import { flatness, type Growth } from './flatness.ts'
import { sentFaults } from './sent-faults.ts'

const root = join(import.meta.dirname, '../../..')
const MB = 1024 * 1024
/** Functions that would work on what the supervisors send. */
const others = [
  'triage',
  'report',
  'notify',
  'sweep',
  'dead-letter-faults',
  'dead-letter-results',
  'dead-letter-notices',
]
/** The last faults may wait for a server that hung, a lease that must run out, and a look. */
const hangMs = 30_000

export type SoakOptions = { readonly minutes: number; readonly clusters: number; readonly say: (line: string) => void }
export type SoakResult = {
  readonly minutes: number
  readonly clusters: number
  readonly faults: number
  readonly lost: readonly string[]
  /** Told more than once: a new window finds again what still lasts. */
  readonly again: number
  readonly messages: number
  readonly delayMs: { readonly count: number; readonly p50: number; readonly p99: number }
  readonly restarts: number
  readonly hangs: number
  readonly kills: number
  readonly heapMB: Growth
  readonly handles: Growth
  readonly mostRssMB: number
  readonly mostHandles: number
  readonly passed: boolean
}

/** Windows and leases as long as the run has room for several; the settings' own from half an hour on. */
function timesOf(minutes: number) {
  const window = Math.max(20, Math.min(280, Math.round(minutes * 10)))
  const lease = Math.max(5, Math.min(60, Math.floor(window / 4)))
  const reconcile = Math.max(15, Math.min(300, window))
  return { window, lease, reconcile }
}

/** Supervisors in processes of their own over Azurite, while faults begin, servers restart and hang, and one is killed. */
export async function soak({ minutes, clusters: count, say }: SoakOptions): Promise<SoakResult> {
  await using stack = new AsyncDisposableStack()
  const server = await startFaultServer()
  stack.defer(server.stop)
  const names = Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`)
  for (const name of names) server.at(name).form = 'structured'
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-soak-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const probes = join(folder, 'probes')
  await mkdir(probes)
  const { folder: app } = await build(root, join(folder, 'dist'))
  const clustersFile = join(folder, 'clusters.yaml')
  const clusters = names.map((name) => ({ name, mcp: { endpoint: server.endpoint(name) }, triage: { enabled: false } }))
  await writeFile(clustersFile, JSON.stringify({ clusters }))
  const { window, lease, reconcile } = timesOf(minutes)
  const platform = await startPlatform(
    {
      app,
      folder,
      environment: {
        CLUSTERS_FILE: clustersFile,
        SUPERVISORS: '2',
        SUPERVISOR_WINDOW_SECONDS: String(window),
        LEASE_SECONDS: String(lease),
        RECONCILE_SECONDS: String(reconcile),
        RECONNECT_MAX_SECONDS: '10',
        MCP_CALL_TIMEOUT_SECONDS: '5',
        LOG_LEVEL: 'error',
        NODE_OPTIONS: `--expose-gc --import ${join(import.meta.dirname, 'probe.ts')}`,
        SOAK_PROBE_DIR: probes,
        ...Object.fromEntries(others.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true'])),
      },
      instances: 1,
      port: 0,
      log: (line, worker) => {
        if (/^supervisor/.test(worker) && /"level":"(error|fatal)"|rror:/.test(line))
          say(`${worker}: ${line.slice(0, 300)}`)
      },
    },
    stack,
  )
  const queue = QueueServiceClient.fromConnectionString(platform.settings.AzureWebJobsStorage ?? '').getQueueClient(
    queues.faults,
  )
  const host = await platform.startFunctions()
  const pidOf = (name: string) => host.workers().find(({ functions }) => functions.includes(name))?.pid ?? 0
  const steady = pidOf('supervisor-1')

  const faults = sentFaults(server, queue)
  const done = new AbortController()
  const counts = { restarts: 0, hangs: 0, kills: 0 }
  const any = () => names[Math.floor(Math.random() * names.length)] ?? ''
  const every = async (ms: number, act: () => void | Promise<void>) => {
    while (!done.signal.aborted) {
      await act()
      await pause(ms, undefined, { signal: done.signal }).catch(() => {})
    }
  }
  const reading = every(100, async () => {
    while (await faults.read()) {}
  })
  const started = performance.now()
  await heard()
  say(`${count} clusters are watched after ${((performance.now() - started) / 1_000).toFixed(1)} s`)

  const chaos = new AbortController()
  const trouble = async (ms: number, act: () => void) => {
    while (!chaos.signal.aborted) {
      await pause(ms * (0.5 + Math.random()), undefined, { signal: chaos.signal }).catch(() => {})
      if (!chaos.signal.aborted) act()
    }
  }
  const running = [
    trouble(500, () => faults.begin(any())),
    trouble(4_000, () => {
      counts.restarts += 1
      server.restart(any())
    }),
    trouble(6_000, () => {
      counts.hangs += 1
      const model = server.at(any())
      model.silent = true
      setTimeout(() => {
        model.silent = false
      }, hangMs).unref()
    }),
    trouble(Math.max(30_000, minutes * 10_000), () => {
      const pid = pidOf('supervisor-2')
      if (pid <= 1) return
      counts.kills += 1
      process.kill(pid, 'SIGKILL')
    }),
  ]
  for (let at = 0; at < minutes * 2; at++) {
    await pause(Math.min(30_000, minutes * 60_000))
    const { sent, waiting } = faults.counts()
    say(`${((at + 1) / 2).toFixed(1)} min: ${sent} faults, ${waiting} on their way, ${JSON.stringify(counts)}`)
  }
  chaos.abort()
  await Promise.all(running)
  const samples = await readSamples(join(probes, String(steady)))
  for (const end = performance.now() + hangMs + (2 * lease + reconcile + 60) * 1_000; performance.now() < end; ) {
    if (faults.counts().waiting === 0) break
    await pause(200)
  }
  done.abort()
  await reading

  const { sent, again, messages, delayMs } = faults.counts()
  const heapMB = flatness(
    samples.map(({ heap }) => heap / MB),
    2,
  )
  const handles = flatness(
    samples.map((one) => one.handles),
    20,
  )
  const lost = faults.lost()
  return {
    ...{ minutes, clusters: count, faults: sent, lost, again, messages, delayMs },
    ...counts,
    ...{ heapMB, handles },
    mostRssMB: Math.round(Math.max(...samples.map(({ rss }) => rss)) / MB),
    mostHandles: Math.max(...samples.map((one) => one.handles)),
    passed: lost.length === 0 && heapMB.flat && handles.flat,
  }

  /** Each cluster has somebody who listens. */
  async function heard(): Promise<void> {
    for (const end = performance.now() + 120_000; performance.now() < end; await pause(200))
      if (names.every((name) => server.at(name).subscriptions.size > 0)) return
    throw new Error('not all clusters were subscribed to within two minutes')
  }
}

type Sample = { readonly heap: number; readonly rss: number; readonly handles: number }
async function readSamples(file: string): Promise<readonly Sample[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.map((line): Sample => JSON.parse(line))
}
