import { Cluster } from '../../shared/config/cluster.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { detectFaults } from '../../shared/faults/detect.ts'
import { TriageMessage } from '../../shared/incident/messages.ts'
import { readClusterRow } from '../../shared/lease/cluster-row.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { runSupervisor } from '../../shared/subscription/supervisor.ts'
import { memoryBlobs } from '../fakes/memory-blobs.ts'
import { memoryQueue } from '../fakes/memory-queue.ts'
import { memoryTable } from '../fakes/memory-table.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { chanceOf } from './chance.ts'
import { clusterModel } from './cluster-model.ts'
import { timer } from './hosts.ts'
import { BEGINNING, calm, type Mortal, type Sky } from './mortal.ts'
import { blobsOf, queueOf, tableOf } from './ports.ts'
import { virtualTime } from './virtual-time.ts'

/** Often enough to see every gap that a person would call one. */
const LOOK_MS = 200
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Supervisors at work with the settings that an installation has, for hours of virtual time, and who hears what. */
export function watchWorld(seed: number, clusters: number, supervisors: number) {
  const chance = chanceOf(seed)
  const time = virtualTime()
  const sky: Sky = { weather: { ...calm, latencyMs: 100 }, actor: '', begun: new Map(), time, chance, note: undefined }
  const clock = { now: () => new Date(BEGINNING + time.now()), sleep: async () => {} }
  const settings = readSettings({})
  const names = Array.from({ length: clusters }, (_, index) => `c${index}`)
  const models = new Map(names.map((name) => [name, clusterModel(sky, name)]))
  const configured = names.map((name) =>
    Cluster.parse({ name, mcp: { endpoint: `https://${name}.mcp.invalid/mcp` }, triage: { enabled: false } }),
  )
  const stores = { clusters: memoryTable(), control: memoryTable(), queue: memoryQueue(clock) }
  const deadLetters = memoryBlobs(clock)
  const alive = new Map<string, Mortal>()

  for (const name of Array.from({ length: supervisors }, (_, index) => `supervisor-${index + 1}`))
    timer(
      sky,
      name,
      () => 1_000,
      (who, stop) => {
        alive.set(name, who)
        return runSupervisor({
          clock: who.clock,
          random: chance.next,
          newId: () => who.name.split('.')[1] ?? '',
          log: quiet,
          settings,
          tables: {
            clusters: tableOf(who, 'clusters', stores.clusters),
            control: tableOf(who, 'control', stores.control),
          },
          queue: queueOf(who, 'faults', stores.queue),
          deadLetters: blobsOf(who, 'dead-letters', deadLetters),
          clusters: { current: async () => ({ clusters: configured }) },
          resolveApiKey: async () => undefined,
          detect: detectFaults,
          door: ownDoor,
          kinds: ['Pod', 'Node'].map((kind) => ({ apiVersion: 'v1', kind })),
          open: (options) => models.get(new URL(options.endpoint).hostname.split('.')[0] ?? '')!.server(who)(options),
        })(name, stop)
      },
    )

  const rows = () => new Map(stores.clusters.rows().map((row) => [row.key, readClusterRow(row)]))
  const heard = (name: string) => models.get(name)?.isHeard() === true
  return {
    settings,
    names,
    models,
    messages: () => stores.queue.messages.map(({ body }) => TriageMessage.parse(JSON.parse(body))),
    rows,
    heard,
    now: time.now,
    run: (ms: number) => time.runUntil(time.now() + ms),
    /** Runs, and answers how long each cluster was heard by nobody, seen from the clusters. */
    runLooking: async (ms: number): Promise<readonly number[]> => {
      const blind = names.map(() => 0)
      for (const end = time.now() + ms; time.now() < end; ) {
        await time.runUntil(time.now() + LOOK_MS)
        for (const [index, name] of names.entries()) if (!heard(name)) blind[index] = (blind[index] ?? 0) + LOOK_MS
      }
      return blind
    },
    /** At once and without a word, as SIGKILL does; what it held. */
    kill: (name: string): readonly string[] => {
      const owner = `${name}.${alive.get(name)?.name.split('.')[1]}`
      const held = [...rows()].flatMap(([cluster, row]) => (row.owner === owner ? [cluster] : []))
      alive.get(name)?.die('killed')
      return held
    },
  }
}
