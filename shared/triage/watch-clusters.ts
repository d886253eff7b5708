import { z } from 'zod'
import { ClusterStatus, type Reason, reasonsOf } from '../artifacts/cluster-status.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Row, Table } from '../runtime/table.ts'
import type { Left } from './close-unwatched.ts'
import type { TriageDeps } from './deps.ts'

type WatchClustersDeps = Pick<TriageDeps, 'clusterRows' | 'control' | 'notify' | 'clock'> & {
  readonly settings: Pick<TriageDeps['settings'], 'CLUSTER_UNREACHABLE_SECONDS'>
}

/** Rows of table `control`: clusters that people were told of, by name. */
const NOTIFIED = 'unreachable'
/** The configuration's own limit. */
const MOST_CLUSTERS = 5_000

/** What is read here of the rows that supervisors keep. */
const Watch = ClusterStatus.extend({
  /** Since when nobody is subscribed; '' while somebody is. */
  blindSince: z.string().default(''),
  owner: z.string().default(''),
  until: z.string().default(''),
  enabled: z.boolean().default(true),
  removed: z.boolean().default(false),
})
type Watch = z.infer<typeof Watch>

/** More than this at one look get one notice; that they have one cause is said only where their errors say so. */
const MOST_SINGLE = 5
/** Lost so often in one time of trouble, and unheard for this part of it, a cluster is not watched, whatever it is at this moment. */
const MOST_TROUBLES = 3
const UNHEARD_SHARE = 0.5
/** Heard without a break for so long it is steady again; supervisors count the time of trouble by the same. */
const STEADY_MS = 120_000
const MOST_NAMES = 20

type Lost = {
  readonly cluster: string
  readonly since: string
  readonly error: string
  readonly retryAt: string
  readonly reasons: readonly Reason[]
  /** Written by a look that did not come to tell of it. */
  readonly row: Row | undefined
}

/**
 * Tells of clusters whose faults nobody has heard for too long, and of those that are back, or that nobody is to hear any
 * more. A row is written before its notice goes out and marked after it, so that a crash in between loses neither the
 * notice, whose name follows from the clusters and their times, nor its end. (Among the rows of an outage it makes another
 * one of those that are left.)
 * Answers which clusters have left.
 */
export const watchClusters = (deps: WatchClustersDeps) => async (): Promise<readonly Left[]> => {
  const [rows, noted] = await Promise.all([
    deps.clusterRows.list({ partition: 'clusters', limit: MOST_CLUSTERS }),
    deps.control.list({ partition: NOTIFIED, limit: MOST_CLUSTERS }),
  ])
  const now = deps.clock.now()
  const known = new Map(noted.map((row) => [row.key, row]))
  const lost: Lost[] = []
  const back: Row[] = []
  const left: Left[] = []
  for (const { key: cluster, fields } of rows) {
    const parsed = Watch.safeParse(fields)
    if (!parsed.success) continue
    const row = known.get(cluster)
    const { enabled, removed, statusSince } = parsed.data
    const isWatched = enabled && !removed
    if (!isWatched) left.push({ cluster, removed, since: statusSince })
    const since = isWatched ? blindFrom(parsed.data, now) : ''
    const seconds = (now.getTime() - Date.parse(since)) / 1000
    if (row !== undefined && since === '') back.push(row)
    else if (
      (row === undefined || row.fields.pending === true) &&
      seconds >= deps.settings.CLUSTER_UNREACHABLE_SECONDS
    ) {
      const { error, retryAt, reasons } = parsed.data
      const last = error || lastReason(reasons) || 'No supervisor watches it; see the log of the supervisor functions'
      const why = `${comesAndGoes(parsed.data, now)}${last}`
      lost.push({ cluster, since, error: why.slice(0, 1000), retryAt, reasons: reasonsOf(reasons), row })
    }
  }
  await notifyBack(deps, noted, back, left)
  for (const row of back) await deps.control.remove(row)
  await notifyLost(deps, lost)
  return left
}

const lastReason = (json: string): string => reasonsOf(json).at(-1)?.text ?? ''

async function notifyLost({ notify, control, clock }: WatchClustersDeps, lost: readonly Lost[]): Promise<void> {
  const at = clock.now().toISOString()
  const [first] = lost
  if (first === undefined) return
  if (lost.length > MOST_SINGLE) {
    const names = lost.map(({ cluster }) => cluster)
    const outage = derivedId(16, ...lost.flatMap(({ cluster, since }) => [cluster, since]))
    const from = lost.map(({ since }) => since).sort()[0] ?? first.since
    const rows = await notePending(control, lost, { outage, of: lost.length, from })
    await notify({
      ...{ version: 1, type: 'outage', id: `outage:${outage}`, at, over: false, outage },
      ...{ clusters: lost.length, names: names.slice(0, MOST_NAMES) },
      since: from,
      error: causesOf(lost),
    })
    await noteSent(control, rows)
    return
  }
  for (const one of lost) {
    const { cluster, since, error, retryAt, reasons } = one
    const rows = await notePending(control, [one], { outage: '', of: 1, from: since })
    const id = `unreachable:${cluster}:${since}`
    const retry = isTime(retryAt) ? { retryAt } : {}
    await notify({ version: 1, type: 'unreachable', id, at, cluster, since, error, reasons: [...reasons], ...retry })
    await noteSent(control, rows)
  }
}

/** `from`: of the first of them, which names the outage's line in each place. */
type Outage = { readonly outage: string; readonly of: number; readonly from: string }
async function notePending(control: Table, lost: readonly Lost[], outage: Outage): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const { cluster, since, row } of lost) {
    const fields = { since, ...outage, pending: true }
    const written = await (row === undefined ? control.insert(NOTIFIED, cluster, fields) : control.replace(row, fields))
    // Another sweep is at the same; both tell it under one name.
    if (written !== undefined) rows.push(written)
  }
  return rows
}
async function noteSent(control: Table, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await control.replace(row, { ...row.fields, pending: false })
}

/** Without addresses and numbers, which differ where the trouble is the same. */
const kindOf = (error: string): string => error.replace(/https?:\/\/\S+|[\d.:]+/g, '')
const MOST_CAUSES = 5
function causesOf(lost: readonly Lost[]): string {
  const kinds = new Map<string, Lost[]>()
  for (const one of lost) kinds.set(kindOf(one.error), [...(kinds.get(kindOf(one.error)) ?? []), one])
  const [only, ...others] = [...kinds.values()].sort((a, b) => b.length - a.length)
  if (only === undefined || others.length === 0) return lost[0]?.error ?? ''
  const lines = [only, ...others]
    .slice(0, MOST_CAUSES)
    .map(
      ([one, ...same]) =>
        `${one?.cluster}${same.length === 0 ? '' : ` and ${same.length} more`}: ${one?.error.slice(0, 150)}`,
    )
  return `${kinds.size} different causes. ${lines.join(' · ')}`.slice(0, 1000)
}

/** One that was lost alone is told of alone; an outage is over with the last of its clusters. */
async function notifyBack(
  { notify, clock }: WatchClustersDeps,
  noted: readonly Row[],
  back: readonly Row[],
  left: readonly Left[],
): Promise<void> {
  const at = clock.now().toISOString()
  const ended = new Map<string, Row>()
  for (const row of back) {
    const [outage, since] = [String(row.fields.outage), String(row.fields.since)]
    if (outage === '') {
      const id = `reachable:${row.key}:${since}`
      const gone = left.find(({ cluster }) => cluster === row.key)
      const how = gone === undefined ? {} : { left: gone.removed ? ('removed' as const) : ('switched-off' as const) }
      await notify({ version: 1, type: 'reachable', id, at, cluster: row.key, since, until: at, ...how })
    } else if (!noted.some((one) => one.fields.outage === outage && !back.includes(one))) ended.set(outage, row)
  }
  for (const [outage, { fields, key }] of ended) {
    await notify({
      ...{ version: 1, type: 'outage', id: `outage-over:${outage}`, at, over: true, outage },
      ...{ clusters: Number(fields.of), names: [key], since: String(fields.from ?? fields.since), error: '' },
    })
  }
}

/** '' while somebody hears the cluster. A supervisor that died says nothing: then its lease tells when. */
function blindFrom(watch: Watch, now: Date): string {
  const { blindSince, owner, until, status, visitedAt, patrolSeconds } = watch
  // Between two visits nobody is meant to hear it.
  if (status === 'patrol' && now.getTime() - Date.parse(visitedAt) < 2 * patrolSeconds * 1000) return ''
  const flapping = flappingFrom(watch, now)
  if (flapping !== '') return flapping
  if (isTime(blindSince)) return blindSince
  return owner !== '' && isTime(until) && Date.parse(until) < now.getTime() ? until : ''
}

/** What one error alone would hide: that it works in between. */
function comesAndGoes(watch: Watch, now: Date): string {
  if (flappingFrom(watch, now) === '') return ''
  const part = unheardMs(watch, now) / Math.max(1, now.getTime() - Date.parse(watch.troubledSince))
  const share = Math.min(100, Math.round(100 * part))
  return `It comes and goes: lost ${watch.troubles} times, unheard for ${share} % of the time. The last was: `
}

/** Since when it is heard only for moments; '' for one that is steady. */
function flappingFrom(watch: Watch, now: Date): string {
  const { troubledSince, troubles, status, statusSince } = watch
  if (!isTime(troubledSince) || troubles < MOST_TROUBLES) return ''
  if (status === 'active' && msSince(statusSince, now) >= STEADY_MS) return ''
  return unheardMs(watch, now) >= UNHEARD_SHARE * msSince(troubledSince, now) ? troubledSince : ''
}

const unheardMs = ({ troubledMilliseconds, blindSince }: Watch, now: Date): number =>
  troubledMilliseconds + msSince(blindSince, now)
const msSince = (text: string, now: Date): number => (isTime(text) ? now.getTime() - Date.parse(text) : 0)

const Time = z.iso.datetime()
const isTime = (text: string): boolean => Time.safeParse(text).success
