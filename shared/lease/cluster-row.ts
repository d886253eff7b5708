import { z } from 'zod'
import { ClusterStatus } from '../artifacts/cluster-status.ts'
import type { Fields, Row } from '../runtime/table.ts'

/** Partition of table `clusters`; the key is the cluster's name. */
export const CLUSTERS = 'clusters'

/**
 * One row per cluster: who watches it, and how that goes. Only the owner writes it, so that the two never disagree.
 * '' where a time or text is not known.
 */
export const ClusterRow = ClusterStatus.extend({
  /** One life of one supervisor; '' when nobody watches. */
  owner: z.string().default(''),
  /** For people: whether a lease is over is judged by how long its row stands unchanged, never by others' clocks. */
  until: z.string().default(''),
  /** Grows with every change of owner, and never shrinks. */
  fence: z.number().int().default(0),
  /** The owner is about to leave: whoever is subscribed first may take it. */
  offered: z.boolean().default(false),
  connectedSince: z.string().default(''),
  /** The end of the last complete look at the cluster. */
  reconciledAt: z.string().default(''),
  /** How many objects that look saw: when a list of everything is empty afterwards, it is not believed. */
  seenObjects: z.number().default(0),
  /** Since when the server's own access to the cluster is refused. */
  refusedSince: z.string().default(''),
  environment: z.string().default(''),
  /** JSON */
  labels: z.string().default('{}'),
  triageEnabled: z.boolean().default(false),
  enabled: z.boolean().default(true),
  /** No longer configured. */
  removed: z.boolean().default(false),
}).strip()
export type ClusterRow = z.infer<typeof ClusterRow>

/** A row is looked at several times between its reading and its writing. */
const read = new WeakMap<Row, Readonly<ClusterRow>>()
export function readClusterRow(row: Row): Readonly<ClusterRow> {
  const known = read.get(row)
  if (known !== undefined) return known
  const parsed = ClusterRow.parse(row.fields)
  read.set(row, parsed)
  return parsed
}
export const clusterFields = (row: ClusterRow): Fields => ({ ...row })
