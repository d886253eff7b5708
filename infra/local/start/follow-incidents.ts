import { artifactName, containers } from '../../../shared/artifacts/layout.ts'
import { Report } from '../../../shared/artifacts/report.ts'
import type { Storage } from '../../../shared/azure/storage-from-settings.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import type { IncidentStore } from '../../../shared/incident/store.ts'
import type { Clock } from '../../../shared/runtime/clock.ts'
import { errorText } from '../../../shared/runtime/errors.ts'

export type Published = {
  readonly incident: Incident
  readonly url: string
  readonly page: string
  readonly report: Report
}
export type FollowDeps = {
  readonly incidents: Pick<IncidentStore, 'list' | 'byId'>
  readonly storage: Pick<Storage, 'blobs'>
  readonly clock: Clock
  readonly linkHours: number
  readonly pauseMs: number
  /** Steps from before are no news. */
  readonly since?: Date
  readonly onStep: (incident: Incident, step: Incident['steps'][number]) => void
  /** Absent: reports are not read at all. */
  readonly onReport?: (published: Published) => void
  readonly onProblem: (sentence: string) => void
}

/** More than one machine has at once. In one page, since the store reads its table anew for each. */
const MOST_OPEN = 500
/** One that left those may come back, and its steps were told: remembered for some times as many. */
const MOST_REMEMBERED = 4 * MOST_OPEN
const MAX_REPORT_BYTES = 8 * 1024 * 1024

type Known = { readonly steps: ReadonlySet<string>; readonly reportedAt?: string | undefined }

/**
 * Tells each step of each incident once, and each report when it is there, until the signal aborts. One that opens and is
 * over within one pause is not told: no agent is that quick, so there was nothing to report of it.
 */
export async function followIncidents(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const known = new Map<string, Known>()
  let open: ReadonlySet<string> = new Set()
  const since = deps.since?.toISOString() ?? ''
  let problem = ''

  async function tell(incident: Incident): Promise<void> {
    const { incidentId, reportedAt } = incident
    const before = known.get(incidentId)
    // The middle of a long life is cut out, so steps are known by what they say and not by their place.
    const steps = incident.steps.map((step) => ({ step, key: `${step.at} ${step.state} ${step.note}` }))
    for (const { step, key } of steps)
      if (step.at >= since && before?.steps.has(key) !== true) deps.onStep(incident, step)
    // Taken out first, so that those which nothing was heard of for longest stand first.
    known.delete(incidentId)
    const now = { steps: new Set(steps.map(({ key }) => key)), reportedAt: before?.reportedAt }
    known.set(incidentId, now)
    if (deps.onReport === undefined || reportedAt === undefined || now.reportedAt === reportedAt) return
    const found = await readReport(incident, deps)
    if (found === undefined) return
    known.set(incidentId, { ...now, reportedAt })
    deps.onReport(found)
  }

  async function poll(): Promise<void> {
    // Those that are over lie in a table that only grows: each is read once, by its name, when it has left the open ones.
    const { items } = await deps.incidents.list({ open: true }, MOST_OPEN)
    const listed = new Set(items.map(({ incident }) => incident.incidentId))
    for (const id of open) {
      const left = listed.has(id) ? undefined : await deps.incidents.byId(id)
      if (left !== undefined) await tell(left)
    }
    for (const { incident } of items.toReversed()) await tell(incident)
    open = listed
    for (const id of known.keys()) if (known.size > MOST_REMEMBERED) known.delete(id)
  }

  while (!signal.aborted) {
    try {
      await poll()
      problem = ''
    } catch (error) {
      const text = errorText(error)
      if (!signal.aborted && text !== problem) deps.onProblem(`The incidents cannot be read: ${text}`)
      problem = text
    }
    await deps.clock.sleep(deps.pauseMs, signal)
  }
}

async function readReport(incident: Incident, deps: FollowDeps): Promise<Published | undefined> {
  const blobs = deps.storage.blobs(containers.incidents)
  const page = artifactName(incident.incidentId, 'index.html')
  const blob = await blobs.read(artifactName(incident.incidentId, 'report.json'), MAX_REPORT_BYTES)
  const shown = await blobs.read(page, MAX_REPORT_BYTES)
  if (blob === undefined || shown === undefined) return undefined
  const expires = new Date(deps.clock.now().getTime() + deps.linkHours * 3_600_000)
  const url = await blobs.readLink(page, expires)
  return { incident, url, page: shown.text, report: Report.parse(JSON.parse(blob.text)) }
}

/** `Kind/namespace/name class` of the first cause; what came instead when there is none. */
export function causeLine({ report }: Published): string {
  const cause = report.verdict?.rootCauses[0]
  return cause === undefined
    ? `none ${report.outcome}`
    : `${cause.kind}/${cause.namespace}/${cause.name} ${cause.class}`
}
