import { setTimeout as pause } from 'node:timers/promises'
import { containers, queues, tables } from '../../../shared/artifacts/layout.ts'
import { storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'
import { Cluster } from '../../../shared/config/cluster.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { detectFaults } from '../../../shared/faults/detect.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { randomId, systemRandom } from '../../../shared/runtime/ids.ts'
import { runSupervisor } from '../../../shared/subscription/supervisor.ts'
import { ownDoor } from '../../fakes/own-door.ts'
import { clusterNames, endpointOf, type FleetAddress, tellFleet } from '../fleet.ts'
import { memory, RETURNED_MS, stopwatch } from '../memory.ts'
import { ageMs } from '../notice.ts'

const quiet = () => {}
const STEADY_SECONDS = 10
const BURST = 10_000
/** Whoever is not there by then has failed. */
const LIMIT_MS = 120_000

/**
 * The whole watch as it is deployed: one supervisor with real leases, queue and tables (`storage` is a connection
 * string), which also looks at each cluster. Its memory, and how long a fault is on its way until the queue has it.
 */
export async function watch(fleet: FleetAddress, clusters: number, storage: string) {
  const names = clusterNames(clusters)
  const settings = readSettings({ AzureWebJobsStorage: storage, SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '600' })
  const places = storageFromSettings(settings)
  const faults = places.queue(queues.faults)
  const ages: number[] = []
  const counts = { messages: 0, faultMessages: 0 }
  const configured = names.map((name) =>
    Cluster.parse({ name, mcp: { endpoint: endpointOf(fleet, name) }, triage: { enabled: false } }),
  )
  await tellFleet(fleet, 'subscribed', names)
  const before = await memory()
  const ending = new AbortController()
  const opening = stopwatch()
  const over = runSupervisor({
    clock: systemClock,
    random: systemRandom,
    newId: randomId,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings,
    tables: { clusters: places.table(tables.clusters), control: places.table(tables.control) },
    queue: {
      send: async (body) => {
        await faults.send(body)
        counts.messages += 1
        if (!body.includes('"type":"faults"')) return
        counts.faultMessages += 1
        for (const [context] of body.matchAll(/sent [\d.]+ /g)) ages.push(ageMs(context))
      },
    },
    deadLetters: places.blobs(containers.deadLetters),
    clusters: { current: async () => ({ clusters: configured }) },
    resolveApiKey: async () => undefined,
    detect: detectFaults,
    door: ownDoor,
  })('supervisor-1', ending.signal)
  const subscribed = async () => (await tellFleet(fleet, 'subscribed', names)) === clusters
  await until('all are subscribed to', subscribed)
  const opened = opening()
  await until('all were looked at', async () => counts.messages >= clusters)
  globalThis.gc?.()
  await pause(RETURNED_MS)
  const after = await memory()

  const steady = stopwatch()
  const sent = await tellFleet(fleet, 'steady', names, STEADY_SECONDS)
  const used = steady()
  await until('the steady faults are in the queue', () => ages.length >= sent)
  const aged = ages.splice(0).sort((a, b) => a - b)
  const messagesPerFault = counts.faultMessages / aged.length

  const burst = stopwatch()
  await tellFleet(fleet, 'burst', names, BURST)
  await until('the burst is in the queue', () => ages.length >= BURST)
  const burstMs = burst().wallMs

  const again = stopwatch()
  await tellFleet(fleet, 'restart', names)
  await until('all are subscribed to again', subscribed)
  const reopened = again()
  ending.abort()
  await over
  const at = (part: number) => aged[Math.floor(aged.length * part)] ?? 0
  return {
    openMs: opened.wallMs,
    openCpuMsEach: opened.cpuMs / clusters,
    processMB: after.rssKB / 1024,
    heapKBEach: (after.heapKB - before.heapKB) / clusters,
    rssKBEach: (after.rssKB - before.rssKB) / clusters,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuPart: used.cpuMs / used.wallMs,
    messagesPerFault,
    burstMs,
    againMs: reopened.wallMs,
    againCpuMsEach: reopened.cpuMs / clusters,
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await pause(20)) if (await holds()) return
  throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`)
}
