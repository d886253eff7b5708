import { queues, tables } from '../artifacts/layout.ts'
import { noticesTo } from '../incident/notices.ts'
import type { NotifyDeps } from '../report/notify/handle-notice.ts'
import type { BreakerChange, Breakers } from '../runtime/breaker.ts'
import { breakers } from '../runtime/breaker.ts'
import type { Log } from '../runtime/log.ts'
import { DEFAULT_PLACE, openNotifier } from './notifiers.ts'
import type { Platform } from './platform.ts'
import { freshReportLink, readReport } from './report-parts.ts'

/** A place that fails is left alone for this long at first, and at most; its notices wait in the queue. */
const OPEN_MS = 60_000
const LONGEST_OPEN_MS = 15 * 60_000

/** Breakers whose changes people hear of. */
export function toldBreakers(platform: Platform, log: Log): Breakers {
  const { settings, storage, clock, random } = platform
  const notify = noticesTo(storage.queue(queues.notices))
  const tell = ({ to, name, opening, failures, since, reasons, retryAt }: BreakerChange) => {
    const common = { version: 1, id: `${to}:${name}:${opening}`, at: clock.now().toISOString(), what: name } as const
    const told = { failures, since, reasons: [...reasons] }
    if (to === 'recovered') return notify({ ...common, type: 'recovered', ...told })
    return notify({ ...common, type: 'degraded', ...told, ...(retryAt === '' ? {} : { retryAt }) })
  }
  return breakers({
    control: storage.table(tables.control),
    clock,
    random,
    log,
    threshold: settings.FAILURE_THRESHOLD_FOR_ALERT,
    openMs: OPEN_MS,
    longestMs: LONGEST_OPEN_MS,
    onChange: tell,
  })
}

/** The notices with their real surroundings. */
export function notifyDeps(platform: Platform, log: Log): NotifyDeps {
  const { settings, storage, clock, random } = platform
  const base = settings.REPORT_BASE_URL.replace(/\/$/, '')
  return {
    store: platform.store,
    readReport: readReport(platform),
    links: async (incidentId, hasReport) => {
      const at = (what: string) => `${base}/api/incidents/${incidentId}/${what}`
      if (!hasReport) return { report: undefined, feedback: undefined }
      if (base === '') return { report: await freshReportLink(platform, incidentId), feedback: undefined }
      return { report: at('report'), feedback: at('feedback') }
    },
    routing: async () => ({
      routes: (await platform.clusters.current()).notifications,
      fallback: settings.SLACK_WEBHOOK_URL === '' ? [] : [{ key: DEFAULT_PLACE, place: {} }],
    }),
    cluster: platform.cluster,
    open: openNotifier(platform),
    control: storage.table(tables.control),
    breakers: toldBreakers(platform, log),
    again: noticesTo(storage.queue(queues.notices)),
    clock,
    random,
    log,
  }
}
