import { artifactName, containers } from '../../artifacts/layout.ts'
import { Report } from '../../artifacts/report.ts'
import type { Platform } from '../platform.ts'

const MAX_REPORT_BYTES = 32 * 1024 * 1024

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
