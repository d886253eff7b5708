import type { Incident } from '../incident/incident.ts'
import type { FeedbackDeps } from './feedback/give-feedback.ts'
import { publish } from './publish.ts'

/** Writes a report again with what its incident has become since; nothing when there never was one. */
export const republish =
  (deps: Pick<FeedbackDeps, 'readReport' | 'readInvestigation' | 'writeArtifact' | 'pageLinks'>) =>
  async (incident: Incident): Promise<void> => {
    const report = await deps.readReport(incident.incidentId)
    if (report === undefined) return
    const prose = await deps.readInvestigation(incident.incidentId)
    await publish(deps)({ ...report, incident }, prose === undefined ? {} : { 'investigation.md': prose })
  }
