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
  readonly incidents: Pick<IncidentStore, 'list'>
  readonly storage: Pick<Storage, 'blobs'>
  readonly clock: Clock
  readonly linkHours: number
  readonly onStep: (incident: Incident, step: Incident['steps'][number]) => void
  readonly onReport: (published: Published) => void
  readonly onProblem: (sentence: string) => void
}

/** Often enough to look live. */
const PAUSE_MS = 250
/** What fits a screen; older incidents have been shown. */
const MOST_INCIDENTS = 50
const MAX_REPORT_BYTES = 8 * 1024 * 1024

/** Tells each step of each incident once, and each report when it is there, until the signal aborts. */
export async function followIncidents(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const printed = new Map<string, ReadonlySet<string>>()
  const published = new Map<string, string>()
  let problem = ''

  async function poll(): Promise<void> {
    const { items } = await deps.incidents.list({}, MOST_INCIDENTS)
    for (const { incident } of items.toReversed()) {
      const known = printed.get(incident.incidentId)
      // The middle of a long life is cut out, so steps are known by what they say and not by their place.
      const steps = incident.steps.map((step) => ({ step, key: `${step.at} ${step.state} ${step.note}` }))
      for (const { step, key } of steps) if (known?.has(key) !== true) deps.onStep(incident, step)
      printed.set(incident.incidentId, new Set(steps.map(({ key }) => key)))
      if (incident.reportedAt === undefined || published.get(incident.incidentId) === incident.reportedAt) continue
      const found = await readReport(incident, deps)
      if (found === undefined) continue
      published.set(incident.incidentId, incident.reportedAt)
      deps.onReport(found)
    }
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
    await deps.clock.sleep(PAUSE_MS, signal)
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
