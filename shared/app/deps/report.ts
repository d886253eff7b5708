import { MAX_BUNDLE_BYTES } from '../../artifacts/bundle.ts'
import { artifactName, bundleName, containers, queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import type { ReportDeps } from '../../report/deps.ts'
import type { Log } from '../../runtime/log.ts'
import { totals } from '../../runtime/totals.ts'
import { agentSlots } from '../../triage/slots.ts'
import { listed, pageLinksOf } from '../http/pages.ts'
import { readReport } from '../http/published-report.ts'
import type { Platform } from '../platform.ts'
import { notifiedBreakers } from './notified-breakers.ts'

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
    breakers: notifiedBreakers(platform, log),
    totals: totals({ control: storage.table(tables.control), clock, random }),
    settings,
    clock,
    random,
    log,
  }
}
