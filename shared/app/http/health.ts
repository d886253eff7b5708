import { artifactName, containers, MOST_BREAKERS, queues, tables } from '../../artifacts/layout.ts'
import { PLACES, WAITING } from '../../artifacts/notice-places.ts'
import { alive } from '../../health/alive.ts'
import { clusterHealth as clusterHealthOf } from '../../health/cluster-health.ts'
import { listIncidents, oneIncident } from '../../health/incidents.ts'
import { metrics as metricsOf } from '../../health/metrics.ts'
import { listPages } from '../../runtime/list-pages.ts'
import type { Row, Table } from '../../runtime/table.ts'
import { TOTALS } from '../../runtime/totals.ts'
import { agentSlots } from '../../triage/slots.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { freshReportLink, readReport } from './published-report.ts'

/** The configuration's own limit; a table page holds 1,000 rows. */
const MOST_CLUSTERS = 5_000
const MOST_SUPERVISORS = 200
/** Of which only what is counted is kept. */
const MOST_INCIDENTS = 500_000
const MOST_DEAD_LETTERS = 1_000
const MOST_PLACES = 1_000
/** A flood that all wait for one place; more than that is told as that many. */
const MOST_WAITING = 5_000
/** Probes give up after some seconds; one that hears nothing says nothing. */
const PROBE_MS = 2_500
const uncached = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

const json = ({ status, body }: { readonly status: number; readonly body: unknown }): Answer => ({
  status,
  jsonBody: body,
  headers: uncached,
})

export async function health({ storage, clock }: Platform): Promise<Answer> {
  const ending = new AbortController()
  const late = clock.sleep(PROBE_MS, ending.signal).then(() => undefined)
  // Storage away, or silent: that is the answer.
  const listed = storage
    .table(tables.control)
    .list({ partition: 'supervisors', limit: MOST_SUPERVISORS })
    .catch(() => undefined)
  const heartbeats: readonly Row[] | undefined = await Promise.race([listed, late])
  ending.abort()
  return json(alive(heartbeats, clock.now()))
}

const clusterRows = ({ storage }: Platform) =>
  storage.table(tables.clusters).list({ partition: 'clusters', limit: MOST_CLUSTERS })

export async function clusterHealth(platform: Platform): Promise<Answer> {
  const control = platform.storage.table(tables.control)
  const [{ clusters, problem }, rows, permissions, breakers, places, waiting] = await Promise.all([
    platform.clusters.current(),
    clusterRows(platform),
    platform.storage.table(tables.permissions).list({ partition: 'permissions', limit: MOST_CLUSTERS }),
    control.list({ partition: 'breakers', limit: MOST_BREAKERS }),
    control.list({ partition: PLACES, limit: MOST_PLACES }),
    control.list({ partition: WAITING, limit: MOST_WAITING }),
  ])
  const configErrors = problem === undefined ? [] : [problem]
  return json({
    status: 200,
    body: clusterHealthOf(
      { clusters, rows, permissions, breakers, places, waiting, configErrors },
      platform.clock.now(),
    ),
  })
}

export async function metrics(platform: Platform): Promise<Answer> {
  const { storage, clock, random, settings } = platform
  const control = storage.table(tables.control)
  const part = (partition: string, limit: number) => control.list({ partition, limit })
  const lengths = async () =>
    Promise.all(Object.values(queues).map(async (name) => [name, await storage.queue(name).length()] as const))
  const [{ clusters }, rows, incidents, slots, deadLetters, breakers, supervisors, totals, places, queued, waiting] =
    await Promise.all([
      platform.clusters.current(),
      clusterRows(platform),
      countedIncidents(storage.table(tables.incidents)),
      agentSlots({ control, clock, random }).read(),
      storage.blobs(containers.deadLetters).list('', MOST_DEAD_LETTERS),
      part('breakers', MOST_BREAKERS),
      part('supervisors', MOST_SUPERVISORS),
      part(TOTALS, MOST_CLUSTERS),
      part(PLACES, MOST_PLACES),
      part(WAITING, MOST_WAITING),
      lengths(),
    ])
  const body = metricsOf(
    {
      ...{ clusters, rows, incidents, breakers, supervisors, totals, places, waiting: queued },
      agents: { running: slots.held.length, limit: settings.MAX_CONCURRENT_AGENTS, launched: slots.taken },
      deadLetters: deadLetters.length,
      queues: Object.fromEntries(waiting),
    },
    clock.now(),
  )
  return { status: 200, body, headers: { ...uncached, 'content-type': 'text/plain; version=0.0.4' } }
}

async function countedIncidents(table: Pick<Table, 'list'>): Promise<readonly Row[]> {
  const all: Row[] = []
  for await (const page of listPages(table, {}, MOST_INCIDENTS))
    for (const { fields, ...place } of page)
      all.push({ ...place, fields: { status: fields.status ?? '', skip: fields.skip ?? '' } })
  return all
}

export const incidents = async (platform: Platform, query: URLSearchParams): Promise<Answer> =>
  json(await listIncidents(platform.store)(query))

export const incident = async (platform: Platform, id: string): Promise<Answer> =>
  json(await oneIncident(platform.store)(id))

/** A fresh short link, so that the address in a message never dies; the report itself for a program that asks for JSON. */
export async function incidentReport(platform: Platform, id: string, accept = ''): Promise<Answer> {
  const found = await oneIncident(platform.store)(id)
  if (found.status !== 200) return json(found)
  const stored = await platform.store.byId(id)
  if (stored?.reportedAt === undefined) {
    return json({ status: 404, body: { error: `Incident ${id} has no report yet: it is ${stored?.status}` } })
  }
  if (accept.includes('application/json')) {
    const report = await readReport(platform)(id)
    if (report !== undefined) return json({ status: 200, body: report })
  }
  // What storage has let go of leads nowhere: that is said here, and not by an error page of the storage.
  const name = artifactName(id, 'index.html')
  const page = await platform.storage.blobs(containers.incidents).info(name)
  if (page === undefined)
    return json({ status: 404, body: { error: `The report on incident ${id} is not kept any more` } })
  if (page.archived === true) {
    const error = `A lifecycle rule moved ${name} to the archive tier: rehydrate it, which takes hours`
    if (!accept.includes('text/html')) return json({ status: 409, body: { error } })
    const [{ messagePage }, { htmlHeaders }] = await Promise.all([
      import('../../report/page/message-page.ts'),
      import('./pages.ts'),
    ])
    return { status: 409, body: await messagePage('This report is put away', error), headers: htmlHeaders }
  }
  const location = await freshReportLink(platform, id)
  return { status: 302, headers: { ...uncached, location, 'referrer-policy': 'no-referrer' } }
}
