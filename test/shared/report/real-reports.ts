import { gzipSync } from 'node:zlib'
import type { Investigation } from '../../../agent-container/diagnose/investigate.ts'
import type { Report } from '../../../shared/artifacts/report.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { composeReport } from '../../../shared/report/bundle/compose.ts'
import { readBundle } from '../../../shared/report/bundle/read-bundle.ts'
import { memoryRun } from '../../simulator/memory-run.ts'
import { readPlaced, scenariosFolder } from '../../simulator/sets.ts'

/** Scenarios whose reports differ most in what they have to show. */
export const shownScenarios = [
  'train/deployment/bad-command',
  'train/deployment/image-tag-missing',
  'train/deployment/memory-leak',
  'train/deployment/password-mistyped',
  'train/deployment/two-faults-in-one-morning',
  'train/networkpolicy/egress-port-closed',
  'train/node/not-ready',
  'train/pvc/missing-storage-class',
  'train/service/selector-matches-no-pod',
  'train/statefulset/volume-owner-refused',
  'train/cronjob/time-zone-misspelt',
  'train/certificate/issuer-missing',
  'train/denied/pods',
  'train/denied/most-reads',
  'train/hostile/orders-in-the-log',
  'recorded/evicted-two-incidents',
] as const

/** What the product writes of a scenario: the rules' own verdict, checked and composed as for a real incident. */
export async function realReports(name: string): Promise<readonly Report[]> {
  const { incidents, investigations } = await memoryRun(readPlaced(`${scenariosFolder}${name}`))
  return incidents.flatMap((incident, at) => {
    const investigation = investigations[at]
    return investigation === undefined ? [] : [composed(incident, investigation)]
  })
}

export function composed(incident: Incident, investigation: Investigation): Report {
  const { ended, notes, usage, redactions, injectionFlags, files } = investigation
  const { incidentId, fence } = incident
  const bundle = { version: 1, incidentId, fence, ended, notes, usage, redactions, injectionFlags, files }
  return composeReport({
    incident: { ...incident, status: 'reported', reportedAt: incident.createdAt },
    result: { version: 1, incidentId, fence, ended },
    read: readBundle(gzipSync(JSON.stringify(bundle))),
    problem: undefined,
    now: new Date(Date.parse(incident.createdAt) + 9_000),
  })
}
