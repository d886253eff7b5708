import { leaseBook } from '../../../shared/lease/lease-book.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { type Counts, countedTable } from '../counted-table.ts'
import { type Row, row } from '../row.ts'
import { simulatedFleet } from '../simulated-fleet.ts'
import { launches } from './launches.ts'

const CLUSTERS = 1_000
/** Four rounds of looks at the settings' own times; before it all come up. */
const IDLE_MINUTES = 20
const COMING_UP_SECONDS = 120

/** What storage is asked while nothing happens, counted as the service counts: real supervisors, a virtual clock. */
export async function storage(): Promise<readonly Row[]> {
  const counts: Counts = { reads: 0, writes: 0, rowsRead: 0 }
  const { table } = countedTable(counts)
  const book = leaseBook({ clock: systemClock, table, owner: 'bench.1', leaseMs: 60_000, graceMs: 10_000 })
  for (let at = 0; at < CLUSTERS; at++) await book.take(`c${at}`, {})
  counts.writes = 0
  await book.renewAll()
  const renewed = counts.writes

  const fleet = simulatedFleet({ clusters: CLUSTERS })
  fleet.start('supervisor-1')
  fleet.start('supervisor-2', 3_000)
  await fleet.run(COMING_UP_SECONDS)
  const asked = () => fleet.counts.reads + fleet.counts.writes + fleet.counts.messages
  const before = asked()
  await fleet.run(IDLE_MINUTES * 60)
  const idle = (asked() - before) / CLUSTERS / IDLE_MINUTES
  return [
    row(`renew ${CLUSTERS} leases`, 'requests', { value: renewed }, { atMost: 11 }),
    row('storage transactions while nothing happens', 'per cluster and minute', { value: idle }, { atMost: 1 }),
    ...(await launches()),
  ]
}
