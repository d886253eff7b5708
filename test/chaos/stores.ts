import type { Incident } from '../../shared/incident/incident.ts'
import type { ClusterRow } from '../../shared/lease/cluster-row.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { fromParts } from '../../shared/runtime/json-parts.ts'
import type { Row, Table } from '../../shared/runtime/table.ts'
import { memoryBlobs } from '../fakes/memory-blobs.ts'
import { memoryQueue } from '../fakes/memory-queue.ts'
import { type MemoryTable, memoryTable } from '../fakes/memory-table.ts'
import { waitedQueue } from './hosts.ts'
import type { Sky } from './mortal.ts'

/** What was written, for the checker: before and after each write. */
export type Seen = {
  readonly incident: (before: Incident | undefined, after: Incident) => void
  readonly lease: (before: ClusterRow | undefined, after: ClusterRow, cluster: string) => void
}

/** What the real services forbid and a broken one would allow. */
export type Broken = {
  /** A replace that does not look at the etag. */
  readonly etags?: boolean
  /** An insert that overwrites. */
  readonly insert?: boolean
  /** The list of agents looks empty to whoever reads it. */
  readonly semaphore?: boolean
}

/** All storage of one world. */
export function storesOf(sky: Sky, clock: Clock, seen: Seen, broken: Broken) {
  const queue = () => waitedQueue(sky, memoryQueue(clock))
  const incidents = watched(damaged(memoryTable(), broken), incidentIn, (before, after) => seen.incident(before, after))
  const clusters = watched(damaged(memoryTable(), broken), ({ fields }) => fields as ClusterRow, seen.lease)
  const control = damaged(memoryTable(), broken)
  return {
    incidents,
    clusters,
    control: broken.semaphore === true ? withoutSlots(control) : control,
    history: memoryTable(),
    permissions: memoryTable(),
    faults: queue(),
    results: queue(),
    notices: queue(),
    faultsPoison: queue(),
    resultsPoison: queue(),
    noticesPoison: queue(),
    artifacts: memoryBlobs(clock),
    bundles: memoryBlobs(clock),
    deadLetters: memoryBlobs(clock),
  }
}
export type Stores = ReturnType<typeof storesOf>

/** What the product wrote was checked by its own schema, and a hundred thousand checks more would take minutes. */
export const incidentIn = (row: Row): Incident => fromParts(row.fields) as Incident

function watched<T>(
  table: MemoryTable,
  parse: (row: Row) => T,
  tell: (before: T | undefined, after: T, key: string) => void,
): MemoryTable {
  const known = new Map<string, T>()
  const note = (row: Row | undefined): Row | undefined => {
    if (row === undefined) return undefined
    const at = `${row.partition}/${row.key}`
    const after = parse(row)
    tell(known.get(at), after, row.key)
    known.set(at, after)
    return row
  }
  return {
    ...table,
    insert: async (...input) => note(await table.insert(...input)),
    replace: async (...input) => note(await table.replace(...input)),
    replaceAll: async (writes) => {
      const rows = await table.replaceAll(writes)
      for (const row of rows ?? []) note(row)
      return rows
    },
  }
}

function damaged(table: MemoryTable, { etags = false, insert = false }: Broken): MemoryTable {
  const newest = async (row: Row) => (etags ? ((await table.get(row.partition, row.key)) ?? row) : row)
  return {
    ...table,
    insert: async (partition, key, fields) => {
      const there = insert ? await table.get(partition, key) : undefined
      return there === undefined ? table.insert(partition, key, fields) : table.replace(there, fields)
    },
    replace: async (row, fields) => table.replace(await newest(row), fields),
    replaceAll: async (writes) =>
      table.replaceAll(await Promise.all(writes.map(async ({ row, fields }) => ({ row: await newest(row), fields })))),
  }
}

function withoutSlots(table: MemoryTable): MemoryTable {
  const empty = (row: Row | undefined): Row | undefined =>
    row?.partition === 'agents' ? { ...row, fields: { holders: '[]' } } : row
  return { ...table, get: async (...input) => empty(await table.get(...input)) } satisfies Table
}
