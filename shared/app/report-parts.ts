import { MAX_BUNDLE_BYTES } from '../artifacts/bundle.ts'
import { artifactName, bundleName, containers, queues, tables } from '../artifacts/layout.ts'
import { Report } from '../artifacts/report.ts'
import { noticesTo } from '../incident/notices.ts'
import type { ReportDeps } from '../report/deps.ts'
import type { Log } from '../runtime/log.ts'
import { agentSlots } from '../triage/slots.ts'
import { toldBreakers } from './notify-parts.ts'
import { listed, pageLinksOf } from './pages-parts.ts'
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
    readReport: readReport(platform),
    pageLinks: pageLinksOf(platform),
    list: listed(platform),
    releaseSlot: (incidentId, fence) => slots.release(incidentId, fence),
    wakeTriage: () => storage.queue(queues.faults).send(JSON.stringify({ version: 1, type: 'wake' })),
    notify: noticesTo(storage.queue(queues.notices)),
    breakers: toldBreakers(platform, log),
    settings,
    clock,
    random,
    log,
  }
}

export const readReport =
  ({ storage }: Pick<Platform, 'storage'>) =>
  async (incidentId: string): Promise<Report | undefined> => {
    const blobs = storage.blobs(containers.incidents)
    const blob = await blobs.read(artifactName(incidentId, 'report.json'), MAX_REPORT_BYTES)
    return blob === undefined ? undefined : Report.parse(JSON.parse(blob.text))
  }

/** A link to the page itself, that dies in REPORT_LINK_HOURS. */
export function freshReportLink({ settings, storage, clock }: Platform, incidentId: string): Promise<string> {
  const expires = new Date(clock.now().getTime() + settings.REPORT_LINK_HOURS * 3_600_000)
  return storage.blobs(containers.incidents).readLink(artifactName(incidentId, 'index.html'), expires)
}
