import { NoticeMessage } from '../../incident/notices.ts'
import { republish } from '../../report/republish.ts'
import { feedbackDeps } from '../http/feedback.ts'
import { listed } from '../http/pages.ts'
import type { Platform } from '../platform.ts'

/**
 * Starts, skips and ends come by as notices, whether or not anybody is told of them: they change the incident's line in
 * the list, and an end its page. They may come before the move they speak of; then they come again.
 */
export async function showNoticed(platform: Platform, message: unknown): Promise<void> {
  const notice = NoticeMessage.safeParse(message)
  if (!notice.success || notice.data.type !== 'incident' || notice.data.event === 'reported') return
  // Meant for single places: it has come by before.
  if (notice.data.places !== undefined) return
  const incident = await platform.store.byId(notice.data.incidentId)
  if (incident === undefined) return
  await listed(platform)(incident)
  if (incident.status === 'resolved') await republish(feedbackDeps(platform))(incident)
}
