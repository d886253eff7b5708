import { containers, queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import type { NotifyDeps } from '../../notify/deps.ts'
import type { Log } from '../../runtime/log.ts'
import { keepDeadLetter } from '../../triage/keep-dead-letter.ts'
import { ownLinks } from '../http/links.ts'
import { freshReportLink, readReport } from '../http/published-report.ts'
import type { Platform } from '../platform.ts'
import { DEFAULT_PLACE, openNotifier } from './channels.ts'
import { notifiedBreakers } from './notified-breakers.ts'

/** The notices with their real surroundings. */
export function notifyDeps(platform: Platform, log: Log): NotifyDeps {
  const { settings, storage, clock, random } = platform
  return {
    store: platform.store,
    readReport: readReport(platform),
    links: async (incidentId, hasReport) => {
      const links = await ownLinks(platform)
      const mute = links === undefined ? {} : { mute: links.mute(incidentId), ask: links.ask(incidentId) }
      if (!hasReport) return { report: undefined, feedback: undefined, ...mute }
      // A direct link opens for everybody: with sign-in no message has one.
      if (links === undefined && settings.SIGN_IN === 'entra') return { report: undefined, feedback: undefined }
      if (links === undefined) return { report: await freshReportLink(platform, incidentId), feedback: undefined }
      return { report: links.report(incidentId), feedback: links.feedback(incidentId), ...mute }
    },
    routing: async () => ({
      routes: (await platform.clusters.current()).notifications,
      fallback: settings.SLACK_WEBHOOK_URL === '' ? [] : [{ key: DEFAULT_PLACE, place: {} }],
    }),
    cluster: platform.cluster,
    mutes: platform.mutes,
    open: openNotifier(platform),
    control: storage.table(tables.control),
    breakers: notifiedBreakers(platform, log),
    again: noticesTo(storage.queue(queues.notices)),
    deadLetter: keepDeadLetter({ deadLetters: storage.blobs(containers.deadLetters), clock, log }),
    clock,
    random,
    log,
  }
}
