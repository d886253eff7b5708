import type { Clock } from '../runtime/clock.ts'
import { Refused } from '../runtime/errors.ts'
import type { Row, Table } from '../runtime/table.ts'
import { CLUSTERS, ClusterRow, clusterFields, readClusterRow } from './cluster-row.ts'

/** The table's own limit of rows in one write. */
const BATCH = 100
/** The most that one list of the port gives. */
const PAGE = 10_000
/**
 * So long past its time, a lease is over even for somebody who has not seen the row stand still: two clocks that are
 * wrong by ten minutes each are not so far apart.
 */
const LONG_PAST_MS = 25 * 60_000

export type LeaseDeps = {
  readonly clock: Pick<Clock, 'now'>
  readonly table: Table
  /** One life of one supervisor. */
  readonly owner: string
  readonly leaseMs: number
  /** Waited on top of the lease before another's is taken over: the time a write may be on its way. */
  readonly graceMs: number
}
/** `free`: nobody's, or its owner is dead. `orphaned`: it was free at an earlier look, too. */
export type Seen = {
  readonly state: Readonly<ClusterRow>
  readonly free: boolean
  readonly orphaned: boolean
}
type Held = { row: Row; state: ClusterRow; dirty: boolean; renewedAt: number }

/**
 * Leases of one supervisor. Every write is conditional on the row as it was last seen, so a late owner's write is
 * refused; and an owner that could not renew for a lease's time lets go by itself, before anybody else may take it.
 * Whether another's lease is over is judged by how long its row stands unchanged on our own clock.
 */
export function leaseBook({ clock, table, owner, leaseMs, graceMs }: LeaseDeps) {
  const held = new Map<string, Held>()
  const unchanged = new Map<string, { readonly etag: string; readonly since: number; freeScans: number }>()
  let rows: ReadonlyMap<string, Row> = new Map()
  const ms = () => clock.now().getTime()
  const until = () => new Date(ms() + leaseMs).toISOString()

  function isFree(row: Row, state: ClusterRow, at: number): boolean {
    if (state.owner === '' || (state.owner === owner && !held.has(row.key))) return true
    const known = unchanged.get(row.key)
    if (known?.etag === row.etag && at - known.since > leaseMs + graceMs) return true
    return Date.parse(state.until) + LONG_PAST_MS < at
  }

  async function listAll(): Promise<readonly Row[]> {
    const listed: Row[] = []
    for (;;) {
      const last = listed.at(-1)?.key
      const page = await table.list({
        partition: CLUSTERS,
        limit: PAGE,
        ...(last === undefined ? {} : { fromKey: last }),
      })
      // `fromKey` gives that row once more.
      listed.push(...(last === undefined ? page : page.slice(1)))
      if (page.length < PAGE) return listed
    }
  }

  /** Reads all rows. What is in `lost` is another's by now. */
  async function scan(): Promise<{ readonly seen: ReadonlyMap<string, Seen>; readonly lost: readonly string[] }> {
    const before = new Set(held.keys())
    const listed = await listAll()
    // After the answer, which may have been long on its way: a row must not look older than it is.
    const at = ms()
    const fresh = new Map<string, Row>()
    const seen = new Map<string, Seen>()
    for (const row of listed) {
      fresh.set(row.key, row)
      let known = unchanged.get(row.key)
      if (known?.etag !== row.etag) {
        known = { etag: row.etag, since: at, freeScans: 0 }
        unchanged.set(row.key, known)
      }
      const state = readClusterRow(row)
      const free = isFree(row, state, at)
      if (free) known.freeScans += 1
      seen.set(row.key, { state, free, orphaned: known.freeScans > 1 })
    }
    // A row may have been listed before we wrote it; only a higher fence, or none at all, says that it was taken.
    const lost = [...held].flatMap(([name, mine]) => {
      const row = fresh.get(name)
      const gone = row === undefined ? before.has(name) : readClusterRow(row).fence > mine.state.fence
      return gone ? [name] : []
    })
    for (const name of lost) held.delete(name)
    // What is held is known from its own writes.
    for (const name of held.keys()) fresh.delete(name)
    rows = fresh
    return { seen, lost }
  }

  /** One conditional write makes a row ours that is free, offered, or not there yet. `undefined`: another was first. */
  async function take(name: string, changes: Partial<ClusterRow>): Promise<ClusterRow | undefined> {
    const mine = held.get(name)
    if (mine !== undefined) return mine.state
    const row = rows.get(name)
    const taken = await takeRow(name, row, changes)
    if (taken !== undefined || row === undefined || !readClusterRow(row).offered) return taken
    // Its owner may have written since our look, and still offer it.
    const fresh = await table.get(CLUSTERS, name)
    return fresh !== undefined && readClusterRow(fresh).offered ? takeRow(name, fresh, changes) : undefined
  }

  async function takeRow(name: string, row: Row | undefined, changes: Partial<ClusterRow>) {
    const before = row === undefined ? undefined : readClusterRow(row)
    if (row !== undefined && before !== undefined && !before.offered && !isFree(row, before, ms())) return undefined
    const startedAt = ms()
    const now = clock.now().toISOString()
    const known = before === undefined || before.removed || !before.enabled ? undefined : before
    const state = ClusterRow.parse({
      ...(before ?? {}),
      // What a dead owner last said of its watch is not true any more; what an offering one says still is.
      ...(before?.offered === true ? {} : gone()),
      ...changes,
      owner,
      until: until(),
      fence: (before?.fence ?? 0) + 1,
      offered: false,
      removed: false,
      enabled: true,
      watchedSince: known?.watchedSince || now,
      blindSince: known === undefined ? now : known.blindSince || (known.offered ? '' : lastSign(known, now)),
    })
    const fields = clusterFields(state)
    const written = await (row === undefined ? table.insert(CLUSTERS, name, fields) : table.replace(row, fields))
    const ours = written ?? (await ownRow(name, state.fence))
    if (ours === undefined) return undefined
    held.set(name, { row: ours, state, dirty: false, renewedAt: startedAt })
    return state
  }

  /** A refused write may be our own whose answer was lost: then the row bears our name and our fence. */
  async function ownRow(name: string, fence: number): Promise<Row | undefined> {
    const row = await table.get(CLUSTERS, name)
    if (row === undefined) return undefined
    const state = readClusterRow(row)
    return state.owner === owner && state.fence === fence ? row : undefined
  }

  /** A dead owner was last known to watch when it last renewed: a lease's time before that runs out. */
  function lastSign(row: ClusterRow, now: string): string {
    const renewed = Date.parse(row.until) - leaseMs
    return Number.isNaN(renewed) || renewed > Date.parse(now) ? now : new Date(renewed).toISOString()
  }

  /** Kept in memory until the next flush, or if it is not urgent, until the next renewal. */
  function note(name: string, changes: Partial<ClusterRow>, urgent = true): void {
    const mine = held.get(name)
    if (mine === undefined) return
    const before: Readonly<Record<string, unknown>> = { ...mine.state }
    // Watches say again and again what they said before.
    const isNews = Object.entries(changes).some(([column, value]) => before[column] !== value)
    Object.assign(mine.state, changes)
    if (urgent && isNews) mine.dirty = true
  }

  /**
   * Writes in batches, and row by row where a batch has a stale row, or one that storage refuses: one row's trouble is
   * no other's. Answers the names that are another's by now.
   */
  async function write(names: readonly string[], change: (state: ClusterRow) => ClusterRow) {
    const lost: string[] = []
    const failures: unknown[] = []
    for (let from = 0; from < names.length; from += BATCH) {
      const batch = names.slice(from, from + BATCH).flatMap((name) => {
        const mine = held.get(name)
        return mine === undefined ? [] : [{ name, mine }]
      })
      const startedAt = ms()
      for (const { mine } of batch) {
        mine.state = change(mine.state)
        mine.dirty = false
      }
      const writes = batch.map(({ mine }) => ({ row: mine.row, fields: clusterFields(mine.state) }))
      let written: readonly Row[] | undefined
      try {
        written = batch.length > 1 ? await table.replaceAll(writes) : undefined
      } catch (error) {
        // Storage that is away would be asked a hundred times more; a row that it refuses is alone with that.
        if (!(error instanceof Refused)) {
          for (const { mine } of batch) mine.dirty = true
          failures.push(error)
          continue
        }
      }
      for (const [at, { name, mine }] of batch.entries()) {
        try {
          const row = written?.[at] ?? (await replaceOne(name, mine))
          if (row === undefined) lost.push(name)
          else Object.assign(mine, { row, renewedAt: startedAt })
        } catch (error) {
          mine.dirty = true
          failures.push(error)
        }
      }
    }
    for (const name of lost) held.delete(name)
    if (failures.length > 0) throw failures[0]
    return lost
  }

  async function replaceOne(name: string, mine: Held): Promise<Row | undefined> {
    const fields = clusterFields(mine.state)
    const written = await table.replace(mine.row, fields)
    if (written !== undefined) return written
    const row = await ownRow(name, mine.state.fence)
    return row && table.replace(row, fields)
  }

  const renewed = (state: ClusterRow): ClusterRow => ({ ...state, until: until() })

  async function giveUp(names: readonly string[], changes: (state: ClusterRow) => Partial<ClusterRow>): Promise<void> {
    try {
      await write(names, (state) => ({ ...state, ...changes(state), owner: '', until: '', offered: false }))
    } finally {
      for (const name of names) held.delete(name)
    }
  }
  const gone = () =>
    ({ status: 'disconnected', statusSince: clock.now().toISOString(), connectedSince: '', retryAt: '' }) as const

  return {
    scan,
    take,
    note,
    /** Writes what is urgent. An offered row stands still, so that whoever wants it finds the etag it saw. */
    flush: () =>
      write(
        [...held].flatMap(([name, { dirty, state }]) => (dirty && !state.offered ? [name] : [])),
        renewed,
      ),
    renewAll: () => write([...held.keys()], renewed),
    /** Names whose lease could not be renewed for its whole time: somebody else may have it by now. */
    expired: (): readonly string[] => {
      const names = [...held].flatMap(([name, mine]) => (ms() - mine.renewedAt > leaseMs ? [name] : []))
      for (const name of names) held.delete(name)
      return names
    },
    offer: (names: readonly string[], offered = true) => write(names, (state) => ({ ...renewed(state), offered })),
    release: (names: readonly string[]) =>
      giveUp(names, ({ blindSince, status }) => ({
        ...(status === 'patrol' ? {} : gone()),
        blindSince: blindSince || clock.now().toISOString(),
      })),
    /** No longer configured, or switched off: not blind either. */
    retire: (names: readonly string[], how: { readonly removed: boolean }) =>
      giveUp(names, () => ({
        ...gone(),
        error: '',
        note: '',
        blindSince: '',
        ...(how.removed ? { removed: true } : { enabled: false }),
      })),
    held: (): readonly string[] => [...held.keys()],
    holds: (name: string): boolean => held.has(name),
    stateOf: (name: string): ClusterRow | undefined => held.get(name)?.state,
  }
}
export type LeaseBook = ReturnType<typeof leaseBook>
