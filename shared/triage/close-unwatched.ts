import { type Incident, mayMove } from '../incident/incident.ts'
import { type Unwatched, unwatchedWords } from '../incident/unwatched.ts'
import { contend } from '../runtime/contend.ts'
import { announce } from './announce.ts'
import type { TriageDeps } from './deps.ts'

/** A cluster that is configured no more, or switched off, as its supervisor has written. */
export type Left = { readonly cluster: string; readonly removed: boolean; readonly since: string }
type CloseDeps = Pick<TriageDeps, 'store' | 'control' | 'cluster' | 'notify' | 'clock' | 'random' | 'log'>

/** Rows of table `control`: clusters that left and have nothing open any more, so that they are looked at once. */
const CLOSED = 'unwatched'
/** A file that is written in two steps, or an entry that gets another name, is right again within this time. */
const GRACE_MS = 120_000
const MOST_CLUSTERS = 5_000
/** Of one cluster per pass; the next takes the rest. */
const MOST_OPEN = 500

/**
 * Incidents of clusters that nobody watches any more are over for us: no look would ever find that they are gone, and what
 * was told of them would stay open for ever. One that is being investigated waits for its report.
 */
export const closeUnwatched =
  (deps: CloseDeps) =>
  async (left: readonly Left[]): Promise<void> => {
    const { control, store, clock } = deps
    const rows = await control.list({ partition: CLOSED, limit: MOST_CLUSTERS })
    const closed = new Map(rows.map((row) => [row.key, row]))
    // One that came back since is looked at anew when it leaves again.
    for (const row of rows) if (!left.some(({ cluster }) => cluster === row.key)) await control.remove(row)
    for (const { cluster, removed, since } of left) {
      const known = closed.get(cluster)
      if (known?.fields.since === since) continue
      if (!(clock.now().getTime() - Date.parse(since) >= GRACE_MS)) continue
      // Configured again, and its supervisor has not written it yet.
      if ((await deps.cluster(cluster))?.enabled === true) continue
      const { items } = await store.list({ cluster, open: true }, MOST_OPEN)
      for (const { incident } of items) await close(deps, incident, removed ? 'cluster-removed' : 'cluster-disabled')
      if (items.length > 0) continue
      if (known === undefined) await control.insert(CLOSED, cluster, { since })
      else await control.replace(known, { since })
    }
  }

const close = (deps: CloseDeps, { incidentId }: Incident, unwatched: Unwatched) =>
  contend(deps, incidentId, async () => {
    const stored = await deps.store.current(incidentId)
    if (stored === undefined || !mayMove(stored.incident.status, 'resolved')) return
    await announce(deps, stored.incident, 'resolved')
    const at = deps.clock.now()
    const completedAt = stored.incident.completedAt ?? at.toISOString()
    return deps.store.move(stored, 'resolved', {
      at,
      note: unwatchedWords(unwatched),
      changes: { completedAt, unwatched },
    })
  })
