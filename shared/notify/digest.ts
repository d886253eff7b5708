import { z } from 'zod'
import type { Route } from '../config/notifications.ts'
import { atLeast } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { MOST_INCIDENTS } from '../incident/incident-list.ts'
import type { SendNotice } from '../incident/notices.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Clock } from '../runtime/clock.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Table } from '../runtime/table.ts'
import { fits, type Routing, targetOf } from './route/routing.ts'

/** Rows of table `control`: when each digest was told last. */
const PARTITION = 'digests'
const MOST_NAMES = 12
const DAY_MS = 86_400_000

const Reported = z.object({ day: z.string(), at: z.iso.datetime() })

export type DigestDeps = {
  readonly routing: () => Promise<Routing>
  readonly store: Pick<IncidentStore, 'list'>
  readonly control: Pick<Table, 'get' | 'insert' | 'replace'>
  readonly notify: SendNotice
  readonly clock: Pick<Clock, 'now'>
}

/** Once a day and route that wants it: what its places were not told. Its notice has the day in its name, and is told once. */
export async function notifyDigests(deps: DigestDeps): Promise<void> {
  const { routes } = await deps.routing()
  const now = deps.clock.now()
  for (const route of routes) {
    if (route.digest === undefined) continue
    const { day, time } = localTime(now, route.digest.timezone)
    if (time < route.digest.at) continue
    const key = derivedId(20, JSON.stringify([route.match, route.to]))
    const row = await deps.control.get(PARTITION, key)
    const before = Reported.safeParse(row?.fields ?? {}).data
    if (before?.day === day) continue
    const since = before === undefined ? new Date(now.getTime() - DAY_MS) : new Date(before.at)
    const { items } = await deps.store.list({ since }, MOST_INCIDENTS)
    const quiet = items.map(({ incident }) => incident).filter((one) => isOf(route, one))
    const untold = groups(route, quiet)
    if (untold.some(({ count }) => count > 0))
      await deps.notify({
        ...{
          version: 1,
          type: 'digest',
          id: `digest:${key}:${day}`,
          at: now.toISOString(),
          since: since.toISOString(),
        },
        places: route.to.map((place) => targetOf(place).key),
        groups: untold.filter(({ count }) => count > 0),
      })
    const fields = { day, at: now.toISOString() }
    await (row === undefined ? deps.control.insert(PARTITION, key, fields) : deps.control.replace(row, fields))
  }
}

const isOf = ({ match }: Route, { cluster, environment, labels, severity }: Incident): boolean =>
  fits(match, { cluster, environment, labels, severity })

function groups({ severity_threshold: threshold }: Route, incidents: readonly Incident[]) {
  const isMuted = ({ muted, skip }: Incident) => muted !== undefined || skip === 'muted'
  const isBelow = ({ severity, skip }: Incident) => skip === 'below-threshold' || !atLeast(severity, threshold)
  const acked = ({ acknowledged }: Incident) => acknowledged !== undefined
  const of = (why: 'muted' | 'below', all: readonly Incident[]) => ({
    why,
    count: all.length,
    names: all.slice(0, MOST_NAMES).map(words),
  })
  return [
    of('muted', incidents.filter(isMuted)),
    of(
      'below',
      incidents.filter((one) => !isMuted(one) && !acked(one) && isBelow(one)),
    ),
  ]
}

const words = ({ owner, cluster, faultType, occurrences }: Incident): string =>
  `${owner.kind} ${owner.namespace === undefined ? '' : `${owner.namespace}/`}${owner.name} in ${cluster} (${faultType}, ${occurrences}×)`.slice(
    0,
    200,
  )

/** As a clock on the wall there shows it. */
function localTime(now: Date, timeZone: string): { readonly day: string; readonly time: string } {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(now)
  return { day: text.slice(0, 10), time: text.slice(11, 16) }
}
