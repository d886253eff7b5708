import { Cluster } from '../../shared/config/cluster.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Row, Table } from '../../shared/runtime/table.ts'
import type { OpenSession } from '../../shared/subscription/session.ts'
import { runSupervisor } from '../../shared/subscription/supervisor.ts'
import { chanceOf } from '../chaos/chance.ts'
import { virtualTime } from '../chaos/virtual-time.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { type Counts, countedTable } from './counted-table.ts'

const BEGINNING = Date.parse('2026-01-12T09:00:00.000Z')
/** One request to storage, and one connect to a cluster's server with all that belongs to it. */
const STORAGE_MS = 10
const CONNECT_MS = 200
const quiet = () => {}

export type FleetOptions = { readonly clusters: number; readonly windowSeconds?: number; readonly seed?: number }
type Life = { alive: boolean; readonly stop: AbortController }

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `c${String(at).padStart(5, '0')}`)
const clusterOf = (name: string): Cluster =>
  Cluster.parse({ name, mcp: { endpoint: `https://${name}.invalid/mcp` }, triage: { enabled: false } })

/**
 * Real supervisors (shared/subscription, shared/lease) over storage in memory and a virtual clock; only the clusters'
 * servers are made up: they connect, have nothing to tell, and answer at once.
 */
export function simulatedFleet({ clusters: count, windowSeconds = 1_500, seed = 1 }: FleetOptions) {
  const time = virtualTime()
  const chance = chanceOf(seed)
  const counts: Counts & { messages: number } = { reads: 0, writes: 0, rowsRead: 0, messages: 0 }
  const settings = { ...readSettings({}), SUPERVISOR_WINDOW_SECONDS: windowSeconds }
  const lives = new Map<string, Life>()
  let moves = 0
  const lastOwner = new Map<string, string>()
  function onWrite(_: Row | undefined, { key, fields }: Row): void {
    const owner = String(fields.owner)
    if (owner === '') return
    const before = lastOwner.get(key)
    if (before !== undefined && before !== owner) moves += 1
    lastOwner.set(key, owner)
  }
  const clusterTable = countedTable(counts, onWrite)
  const control = countedTable(counts)
  let configured = names(count).map(clusterOf)

  /** How many listen to each cluster, and since when nobody does. */
  const listening = new Map<string, { listeners: number; unheardSince: number }>()
  let longestUnheardMs = 0
  const expect = (name: string) => {
    const one = listening.get(name) ?? { listeners: 0, unheardSince: time.now() }
    listening.set(name, one)
    return one
  }
  for (const { name } of configured) expect(name)
  function listen(name: string, change: 1 | -1): void {
    const one = expect(name)
    if (change === 1 && one.listeners === 0)
      longestUnheardMs = Math.max(longestUnheardMs, time.now() - one.unheardSince)
    one.listeners += change
    if (one.listeners === 0) one.unheardSince = time.now()
  }

  /** What a dead process waits for never comes. */
  const after = <T>(life: Life, ms: number, act: () => Promise<T> | T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!life.alive) return
      time.after(ms, () => {
        if (life.alive) Promise.resolve(act()).then(resolve, reject)
      })
    })
  const slow = (life: Life, table: Table): Table => ({
    get: (...input) => after(life, STORAGE_MS, () => table.get(...input)),
    insert: (...input) => after(life, STORAGE_MS, () => table.insert(...input)),
    replace: (...input) => after(life, STORAGE_MS, () => table.replace(...input)),
    replaceAll: (...input) => after(life, STORAGE_MS, () => table.replaceAll(...input)),
    remove: (...input) => after(life, STORAGE_MS, () => table.remove(...input)),
    list: (...input) => after(life, STORAGE_MS, () => table.list(...input)),
  })
  const sessions = new Map<Life, Set<string>>()
  const open =
    (life: Life): OpenSession =>
    async ({ endpoint }) => {
      const name = new URL(endpoint).hostname.split('.')[0] ?? ''
      await after(life, CONNECT_MS, quiet)
      const mine = sessions.get(life)
      listen(name, 1)
      mine?.add(name)
      return {
        openStream: async () => 'open',
        setLevel: async () => {},
        tools: async () => [
          { name: 'events_subscribe', arguments: [] },
          { name: 'resources_list', arguments: ['continue'] },
        ],
        call: async (tool) => ({
          isError: false,
          text: '',
          structured: tool === 'resources_list' ? { items: [] } : { subscriptionId: name },
        }),
        ping: async () => {},
        close: async () => {
          if (mine?.delete(name) === true) listen(name, -1)
        },
      }
    }

  /** As the platform does: each window is followed by the next at once. */
  async function keepRunning(name: string, life: Life): Promise<void> {
    let windows = 0
    while (life.alive && !life.stop.signal.aborted) {
      windows += 1
      await runSupervisor({
        clock: {
          now: () => new Date(BEGINNING + time.now()),
          sleep: (ms, signal) =>
            new Promise((resolve) => {
              if (signal?.aborted === true) return resolve()
              const done = () => {
                if (!life.alive) return
                signal?.removeEventListener('abort', done)
                resolve()
              }
              signal?.addEventListener('abort', done, { once: true })
              time.after(ms, done)
            }),
        },
        random: chance.next,
        newId: () => `${windows}`,
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        settings,
        tables: { clusters: slow(life, clusterTable.table), control: slow(life, control.table) },
        queue: {
          send: async () => {
            counts.messages += 1
          },
        },
        deadLetters: { write: async () => true },
        clusters: { current: async () => ({ clusters: configured }) },
        resolveApiKey: async () => undefined,
        detect: () => [],
        door: ownDoor,
        kinds: [{ apiVersion: 'v1', kind: 'Pod' }],
        open: open(life),
      })(name, life.stop.signal)
    }
  }

  const holderOf = (row: Row): string | undefined => {
    const name = String(row.fields.owner).split('.')[0] ?? ''
    return lives.get(name)?.alive === true ? name : undefined
  }
  return {
    counts,
    run: (seconds: number) => time.runUntil(time.now() + seconds * 1_000),
    seconds: () => time.now() / 1_000,
    moves: () => moves,
    /** The longest time since the last question in which nobody listened to some cluster. */
    longestUnheardSeconds: (): number => {
      const longest = longestUnheardMs / 1_000
      longestUnheardMs = 0
      return longest
    },
    start: (name: string, afterMs = 0): void => {
      const life = { alive: true, stop: new AbortController() }
      lives.set(name, life)
      sessions.set(life, new Set())
      time.after(afterMs, () => void keepRunning(name, life))
    },
    /** As SIGKILL does: nothing is given back, and its connections break. */
    kill: (name: string): void => {
      const life = lives.get(name)
      if (life === undefined) return
      life.alive = false
      for (const cluster of sessions.get(life) ?? []) listen(cluster, -1)
    },
    configure: (change: (now: readonly string[]) => readonly string[]): void => {
      configured = change(configured.map(({ name }) => name)).map(clusterOf)
      for (const { name } of configured) expect(name)
    },
    /** How many clusters each living supervisor holds, and how many nobody listens to. */
    standing: () => {
      const loads = new Map([...lives].flatMap(([name, { alive }]) => (alive ? [[name, 0]] : [])))
      const wanted = new Set(configured.map(({ name }) => name))
      for (const row of clusterTable.rows()) {
        const holder = wanted.has(row.key) ? holderOf(row) : undefined
        if (holder !== undefined) loads.set(holder, (loads.get(holder) ?? 0) + 1)
      }
      const unheard = configured.filter(({ name }) => (listening.get(name)?.listeners ?? 0) === 0).length
      return { loads: [...loads.values()], unheard, clusters: configured.length }
    },
  }
}
export type Fleet = ReturnType<typeof simulatedFleet>
