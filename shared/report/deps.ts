import type { Report } from '../artifacts/report.ts'
import type { Settings } from '../config/settings.ts'
import type { Incident } from '../incident/incident.ts'
import type { SendNotice } from '../incident/notices.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ContainerGroups } from '../runtime/container-groups.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { Totals } from '../runtime/totals.ts'
import type { PageLinks } from './page/page-links.ts'

export type ReportDeps = {
  readonly store: IncidentStore
  readonly groups: Pick<ContainerGroups, 'remove'>
  /** `undefined` when the broker never wrote one. */
  readonly readBundle: (incidentId: string, fence: number) => Promise<Uint8Array | undefined>
  /** Writes one file into the incident's folder, whole. */
  readonly writeArtifact: (incidentId: string, file: string, content: string) => Promise<void>
  /** Where the page of this incident may lead, when the app knows its own address. */
  readonly pageLinks?: (incidentId: string) => Promise<PageLinks>
  readonly readReport: (incidentId: string) => Promise<Report | undefined>
  /** Puts the incident's line, with its report's headline, into the list that people look at. */
  readonly list: (incident: Incident, headline: string) => Promise<void>
  readonly releaseSlot: (incidentId: string, fence: number) => Promise<void>
  /** Tells triage that a place may be free. */
  readonly wakeTriage: () => Promise<void>
  /** Puts it on queue `notices`; who hears of it is decided there. */
  readonly notify: SendNotice
  /** Whether agents work at all: told of when several in a row do not. */
  readonly breakers: Pick<Breakers, 'succeeded' | 'failed'>
  /** What agents have done, by cluster: for metrics alone. */
  readonly totals: Totals
  readonly settings: Pick<Settings, 'NOTIFY_ON_AGENT_FAILURE'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}
