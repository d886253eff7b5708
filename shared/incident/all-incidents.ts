import type { Log } from '../runtime/log.ts'
import { type IncidentFilters, MOST_INCIDENTS } from './incident-list.ts'
import type { Stored } from './incident-row.ts'
import type { IncidentStore } from './store.ts'

/** Everything that fits, newest first, for whoever must overlook none; what there is beyond all bounds is said. */
export async function allIncidents(
  { store, log }: { readonly store: Pick<IncidentStore, 'list'>; readonly log: Pick<Log, 'warn'> },
  filters: IncidentFilters,
): Promise<readonly Stored[]> {
  const { items, cursor, cut } = await store.list(filters, MOST_INCIDENTS)
  if (cursor !== undefined || cut === true)
    log.warn(
      { ...filters, since: filters.since?.toISOString() },
      `More than ${MOST_INCIDENTS} incidents: the oldest of them are not looked at`,
    )
  return items
}
