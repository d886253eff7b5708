import type { Cluster } from '../config/cluster.ts'
import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import { muteOf } from '../incident/mute.ts'
import { triageBreaker } from '../runtime/breaker-names.ts'
import { contend } from '../runtime/contend.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'
import { preflight } from './preflight.ts'
import { entryOf, keepState, stateIn, TRIAGE_CHECKS, type TriageState } from './triage-state.ts'

/** The configuration's own limit. */
const MOST_CLUSTERS = 5_000
/** Per pass, half a minute apart: a start with a thousand clusters takes some twenty minutes of looks, and holds up no sweep. */
const MOST_AT_ONCE = 20
/** A file costs nothing to read; a secret of the vault is asked for as seldom as the permissions are. */
const FILE_MS = 300_000
/** What is wrong is looked at sooner: somebody may be mending it now. */
const MENDING_MS = 60_000

/**
 * Whether agents could set out for each cluster with triage, before one is needed: its kubeconfig is there, and what it may
 * do is enough. At the start, when its entry changes, and from time to time. What is wrong is told once; when it has been
 * mended, incidents that got no agent for it wait for one again.
 */
export const checkTriage = (deps: TriageDeps) => async (): Promise<void> => {
  const [clusters, rows] = await Promise.all([
    deps.clusters(),
    deps.control.list({ partition: TRIAGE_CHECKS, limit: MOST_CLUSTERS }),
  ])
  const known = new Map(rows.map((row) => [row.key, stateIn(row)]))
  const requested = clusters.filter(
    ({ enabled, triage }) => enabled && triage.enabled && triage.kubeconfig !== undefined,
  )
  const due = requested
    .filter((cluster) => isDue(deps, cluster, known.get(cluster.name)))
    // Else many that are looked at every minute would keep those behind them from ever being looked at.
    .sort((a, b) => (lookedAt(a, known.get(a.name)) < lookedAt(b, known.get(b.name)) ? -1 : 1))
    .slice(0, MOST_AT_ONCE)
  await Promise.all(due.map((cluster) => checkOne(deps, cluster, known.get(cluster.name))))
  for (const row of rows)
    if (!requested.some(({ name }) => name === row.key)) {
      await deps.breakers.succeeded(triageBreaker(row.key))
      await deps.control.remove(row)
    }
}

/** Never, as its entry stands now: before all others. */
const lookedAt = (cluster: Cluster, state: TriageState | undefined): string =>
  state?.entry === entryOf(cluster) ? state.checkedAt : ''

function isDue({ clock, settings }: TriageDeps, cluster: Cluster, state: TriageState | undefined): boolean {
  if (state === undefined || state.entry !== entryOf(cluster)) return true
  const usual = settings.PERMISSIONS_MAX_AGE_SECONDS * 1_000
  const isFile = cluster.triage.kubeconfig?.startsWith('file:') === true
  const lasts = state.problem !== '' ? MENDING_MS : isFile ? Math.min(FILE_MS, usual) : usual
  return clock.now().getTime() - Date.parse(state.checkedAt) >= lasts
}

async function checkOne(deps: TriageDeps, cluster: Cluster, before: TriageState | undefined): Promise<void> {
  const { name } = cluster
  const checkedAt = deps.clock.now().toISOString()
  const found = await read(deps, cluster, before?.blocked ?? false)
  const breaker = triageBreaker(name)
  // Whatever else may be wrong with it: agents can set out.
  if (before?.blocked === true && !found.blocked) await queueAgain(deps, cluster)
  if (found.problem === '') await deps.breakers.succeeded(breaker)
  else {
    // One that does not answer may be away for a moment; what is missing stays missing.
    await deps.breakers.failed(breaker, found.problem, `${breaker} ${checkedAt}`, found.certain)
    if (before?.problem !== found.problem) deps.log.warn({ cluster: name }, `Triage of ${name}: ${found.problem}`)
  }
  const { problem, blocked } = found
  await keepState(deps, name, { entry: entryOf(cluster), checkedAt, problem: problem.slice(0, 1_000), blocked })
}

type Found = { readonly problem: string; readonly blocked: boolean; readonly certain: boolean }
/** `blocked`: whether it was before. A vault that does not answer says nothing of that. */
async function read(deps: TriageDeps, cluster: Cluster, blocked: boolean): Promise<Found> {
  const ref = cluster.triage.kubeconfig ?? ''
  let kubeconfig: string
  try {
    kubeconfig = await deps.secret(ref)
  } catch (error) {
    const gone = error instanceof GiveUp
    return {
      problem: `Its kubeconfig ${ref} cannot be read: ${errorText(error)}`,
      blocked: gone || blocked,
      certain: gone,
    }
  }
  const { permissions, note = '' } = await preflight(deps)(cluster, kubeconfig)
  return { problem: note, blocked: false, certain: permissions !== undefined }
}

/** Incidents that got no agent since there was no kubeconfig, and are still there. */
async function queueAgain(deps: TriageDeps, { name }: Cluster): Promise<void> {
  const filters = { cluster: name, absent: false } as const
  const [failed, skipped] = await Promise.all([
    allIncidents(deps, { ...filters, status: 'failed' }),
    allIncidents(deps, { ...filters, status: 'skipped' }),
  ])
  for (const { incident } of [...failed, ...skipped].filter((one) => needsAgent(one.incident)))
    await contend(deps, incident.incidentId, async () => {
      const stored = await deps.store.current(incident.incidentId)
      if (stored === undefined || !needsAgent(stored.incident)) return
      if (muteOf(await deps.mutes(), stored.incident) !== undefined) return
      const note = 'Agents can be sent to its cluster again: waits for one'
      const changes = { reason: undefined, failureReason: undefined, completedAt: undefined }
      return deps.store.move(stored, 'queued', { at: deps.clock.now(), note, changes })
    })
}

const needsAgent = ({ status, concluded, skip, absentSince, fence }: Incident): boolean =>
  absentSince === undefined &&
  fence < MOST_ATTEMPTS &&
  ((status === 'failed' && concluded?.cause === 'no-kubeconfig') || skip === 'triage-broken')
