import { Cluster } from '../../shared/config/cluster.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Row, Table } from '../../shared/runtime/table.ts'
import type { OpenSession } from '../../shared/subscription/session.ts'
import { runSupervisor } from '../../shared/subscription/supervisor.ts'
import type { TransportOptions } from '../../shared/subscription/transport.ts'
import { WireError } from '../../shared/subscription/wire/wire-error.ts'
import { chanceOf } from '../chaos/chance.ts'
import { virtualTime } from '../chaos/virtual-time.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { type Counts, countedTable } from './counted-table.ts'

const BEGINNING = Date.parse('2026-01-12T09:00:00.000Z')
/** One request to storage, and one connect to a cluster's server with all that belongs to it. */
const STORAGE_MS = 10
const CONNECT_MS = 200
/** A good-bye that nobody answers. */
const CLOSE_MS = 1_000
const quiet = () => {}

/** Where a server goes silent: at the first word, or once it is connected to. */
export type Silence = 'connect' | 'call'
export type FleetOptions = {
  readonly supervisors?: number
  readonly clusters: number
  readonly windowSeconds?: number
  readonly seed?: number
  /** Which servers never answer, and from where on; nobody asks how long those were unheard. */
  readonly silent?: (name: string) => Silence | undefined
}
/** One session with one server. */
type Listening = {
  readonly name: string
  over: boolean
  isHeard: boolean
  readonly onStreamEnd: TransportOptions['onStreamEnd']
}
type Life = { alive: boolean; readonly stop: AbortController }

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `c${String(at).padStart(5, '0')}`)
const clusterOf = (name: string): Cluster =>
  Cluster.parse({ name, mcp: { endpoint: `https://${name}.invalid/mcp` }, triage: { enabled: false } })

/**
 * Real supervisors (shared/subscription, shared/lease) over storage in memory and a virtual clock; only the clusters'
 * servers are made up: they connect, have nothing to tell, and answer at once.
 */
export function simulatedFleet({
  clusters: count,
  windowSeconds = 1_500,
  supervisors = 2,
  seed = 1,
  silent = () => undefined,
}: FleetOptions) {
  const time = virtualTime()
  const chance = chanceOf(seed)
  const counts: Counts & { messages: number } = { reads: 0, writes: 0, rowsRead: 0, messages: 0 }
  const settings = { ...readSettings({}), SUPERVISOR_WINDOW_SECONDS: windowSeconds, SUPERVISORS: supervisors }
  const lives = new Map<string, Life>()
  let moves = 0
  let windows = 0
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
  for (const { name } of configured) if (silent(name) === undefined) expect(name)
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
  const sessions = new Map<Life, Set<Listening>>()
  /** As the transport has it: a call ends by its deadline, or with the session. */
  const unanswered = (life: Life, { callTimeoutMs, signal }: TransportOptions): Promise<never> =>
    new Promise((_, reject) => {
      const end = () => {
        if (life.alive) reject(new WireError('nothing came', 0, { late: true }))
      }
      if (signal.aborted) return end()
      signal.addEventListener('abort', end, { once: true })
      time.after(callTimeoutMs, () => {
        signal.removeEventListener('abort', end)
        end()
      })
    })
  const open =
    (life: Life): OpenSession =>
    async (options) => {
      const name = new URL(options.endpoint).hostname.split('.')[0] ?? ''
      const silence = silent(name)
      if (silence === 'connect') return unanswered(life, options)
      await after(life, CONNECT_MS, quiet)
      const mine: Listening = { name, over: false, isHeard: false, onStreamEnd: options.onStreamEnd }
      const asked = async <T>(answer: T): Promise<T> => {
        if (silence === 'call') return unanswered(life, options)
        if (mine.over) throw new WireError('the server no longer knows the session (404)', 404)
        return answer
      }
      sessions.get(life)?.add(mine)
      return {
        openStream: () => asked('open'),
        setLevel: () => asked(undefined),
        tools: () =>
          asked([
            { name: 'events_subscribe', arguments: [] },
            { name: 'resources_list', arguments: ['continue'] },
          ]),
        call: async (tool) => {
          const structured = tool === 'resources_list' ? { items: [] } : { subscriptionId: name }
          const answer = await asked({ isError: false, text: '', structured })
          if (tool === 'events_subscribe') hear(mine, true)
          return answer
        },
        ping: () => asked(undefined),
        close: async () => {
          sessions.get(life)?.delete(mine)
          hear(mine, false)
          if (silence !== undefined) await after(life, CLOSE_MS, quiet)
        },
      }
    }
  function hear(one: Listening, isHeard: boolean): void {
    if (one.isHeard === isHeard) return
    one.isHeard = isHeard
    listen(one.name, isHeard ? 1 : -1)
  }

  /** As the platform does: each window is followed by the next at once. */
  async function keepRunning(name: string, life: Life): Promise<void> {
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
    /** How many have begun. */
    windows: () => windows,
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
      for (const one of sessions.get(life) ?? []) hear(one, false)
    },
    /** Their servers forget every session, and all streams end. */
    restart: (names: readonly string[]): void => {
      const meant = new Set(names)
      for (const [life, open] of sessions)
        for (const one of open) {
          if (!meant.has(one.name)) continue
          one.over = true
          hear(one, false)
          if (life.alive) one.onStreamEnd('the server was restarted')
        }
    },
    configure: (change: (now: readonly string[]) => readonly string[]): void => {
      configured = change(configured.map(({ name }) => name)).map(clusterOf)
      for (const { name } of configured) if (silent(name) === undefined) expect(name)
    },
    /** How many clusters each living supervisor holds, and how many nobody listens to. */
    standing: () => {
      const loads = new Map([...lives].flatMap(([name, { alive }]) => (alive ? [[name, 0]] : [])))
      const wanted = new Set(configured.map(({ name }) => name))
      for (const row of clusterTable.rows()) {
        const holder = wanted.has(row.key) ? holderOf(row) : undefined
        if (holder !== undefined) loads.set(holder, (loads.get(holder) ?? 0) + 1)
      }
      const unheard = configured.filter(({ name }) => listening.get(name)?.listeners === 0).length
      return { loads: [...loads.values()], unheard, clusters: configured.length }
    },
  }
}
export type Fleet = ReturnType<typeof simulatedFleet>
