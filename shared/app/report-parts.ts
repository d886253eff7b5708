import { MAX_BUNDLE_BYTES } from '../artifacts/bundle.ts'
import { artifactName, bundleName, containers, queues, tables } from '../artifacts/layout.ts'
import { Report } from '../artifacts/report.ts'
import type { ReportDeps } from '../report/deps.ts'
import type { Log } from '../runtime/log.ts'
import { agentSlots } from '../triage/slots.ts'
import { notifiers } from './notifiers.ts'
import type { Platform } from './platform.ts'

const MAX_REPORT_BYTES = 32 * 1024 * 1024

/** The report stage with its real surroundings. */
export function reportDeps(platform: Platform, log: Log): ReportDeps {
  const { settings, storage, clock, random } = platform
  const incidents = storage.blobs(containers.incidents)
  const bundles = storage.blobs(containers.bundles)
  const slots = agentSlots({ control: storage.table(tables.control), clock, random })
  return {
    store: platform.store,
    groups: platform.groups,
    readBundle: (incidentId, fence) => bundles.readBytes(bundleName(incidentId, fence), MAX_BUNDLE_BYTES),
    writeArtifact: async (incidentId, file, content) => {
      await incidents.write(artifactName(incidentId, file), content)
    },
    readReport: async (incidentId) => {
      const blob = await incidents.read(artifactName(incidentId, 'report.json'), MAX_REPORT_BYTES)
      return blob === undefined ? undefined : Report.parse(JSON.parse(blob.text))
    },
    reportLink: (incidentId) =>
      settings.REPORT_BASE_URL === ''
        ? freshReportLink(platform, incidentId)
        : Promise.resolve(`${settings.REPORT_BASE_URL.replace(/\/$/, '')}/api/incidents/${incidentId}/report`),
    releaseSlot: (incidentId, fence) => slots.release(incidentId, fence),
    wakeTriage: () => storage.queue(queues.faults).send(JSON.stringify({ version: 1, type: 'wake' })),
    notifiers: notifiers(platform),
    settings,
    clock,
    random,
    log,
  }
}

/** A link to the page itself, that dies in REPORT_LINK_HOURS. */
export function freshReportLink({ settings, storage, clock }: Platform, incidentId: string): Promise<string> {
  const expires = new Date(clock.now().getTime() + settings.REPORT_LINK_HOURS * 3_600_000)
  return storage.blobs(containers.incidents).readLink(artifactName(incidentId, 'index.html'), expires)
}
