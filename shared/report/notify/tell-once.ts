import type { Report } from '../../artifacts/report.ts'
import type { Incident } from '../../incident/incident.ts'
import { contend, STALE } from '../../runtime/contend.ts'
import { errorText } from '../../runtime/errors.ts'
import type { ReportDeps } from '../deps.ts'
import { incidentNotice } from './notice.ts'

/**
 * Posts to each notifier once per incident. The intent is written before the post and the answer after it, so the only
 * double post possible is after a crash between the channel's answer and our note of it. A channel that fails is noted
 * and does not hold up the others, or the report.
 */
export const tellOnce =
  (deps: Pick<ReportDeps, 'store' | 'notifiers' | 'reportLink' | 'settings' | 'clock' | 'random' | 'log'>) =>
  async (report: Report): Promise<void> => {
    const { incidentId } = report.incident
    if (report.incident.status === 'failed' && !deps.settings.NOTIFY_ON_AGENT_FAILURE) return
    const mark = (notifier: string, state: 'intended' | 'sent' | 'failed') =>
      contend(deps, `Notices of ${incidentId}`, async () => {
        const stored = await deps.store.current(incidentId)
        if (stored === undefined) return 'gone'
        const { notices } = stored.incident
        if (!mayMark(notices[notifier]?.state, state)) return 'taken'
        const changed: Incident['notices'] = { ...notices, [notifier]: { state, at: deps.clock.now().toISOString() } }
        return (await deps.store.update(stored, { notices: changed })) === STALE ? STALE : 'marked'
      })
    for (const notifier of deps.notifiers) {
      if ((await mark(notifier.name, 'intended')) !== 'marked') continue
      try {
        await notifier.send(incidentNotice(report, await deps.reportLink(incidentId)))
        await mark(notifier.name, 'sent')
      } catch (error) {
        await mark(notifier.name, 'failed')
        deps.log.error({ incidentId, notifier: notifier.name, error: errorText(error) }, 'A notice could not be sent')
      }
    }
  }

/** An intent without an answer is a crash: the post is made again, since silence is worse than a second message. */
const mayMark = (before: 'intended' | 'sent' | 'failed' | undefined, to: 'intended' | 'sent' | 'failed'): boolean =>
  to === 'intended' ? before !== 'sent' : before === 'intended'
