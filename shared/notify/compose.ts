import { muteOf, muteOfCluster } from '../incident/mute.ts'
import type { NoticeMessage } from '../incident/notices.ts'
import { incidentNotice, stateOf, troubleNotice } from './compose-notice.ts'
import type { NotifyDeps } from './deps.ts'
import { isOver, type Notice } from './notice.ts'
import type { Subject } from './route/routing.ts'
import { withhold } from './withhold.ts'
import { withoutHidden } from './without-hidden.ts'

export type Composed = {
  readonly notice: Notice
  readonly subject: Subject
  /** Names the line: the begin and the end of one thing have the same. */
  readonly about: string
  /** Of the subject's beginning, the same for all its notices. */
  readonly since: string
  readonly isEnd: boolean
  /** Not before: a mute of its cluster lasts until then, or is looked at again. */
  readonly notBefore?: Date
  /** Whether it still holds, asked when nobody else can tell this place of it. */
  readonly stillSo: () => Promise<boolean>
}

/**
 * The notice as things stand now; whom to tell is decided by the routes alone. What is muted is told when the mute is
 * over, if it is still so: an incident by whoever then finds its mark, a trouble by its own notice. Ends are told where
 * the beginning was.
 */
export async function compose(deps: NotifyDeps, message: NoticeMessage): Promise<Composed | 'not-yet' | 'void'> {
  if (message.type !== 'incident') {
    const notice = withoutHidden(troubleNotice(message))
    const known = notice.cluster === undefined ? undefined : await deps.cluster(notice.cluster)
    const { severity, cluster, about } = notice
    const subject = { severity, cluster, environment: known?.environment ?? '', labels: known?.labels ?? {} }
    const since = 'since' in message ? message.since : message.at
    const mute = cluster === undefined ? undefined : muteOfCluster(await deps.mutes(), cluster)
    const isEnd = isOver(notice)
    if (await isOfMuted(deps, message)) return 'void'
    const wait = mute === undefined || isEnd ? {} : { notBefore: soon(new Date(mute.until), deps.clock.now()) }
    return { notice, subject, about, since, isEnd, ...wait, stillSo: async () => true }
  }
  const { incidentId, event } = message
  const incident = await deps.store.byId(incidentId)
  if (incident === undefined) return 'void'
  const state = stateOf(event, incident)
  if (state !== 'so') return state
  const mute = event === 'resolved' ? undefined : muteOf(await deps.mutes(), incident)
  if (mute !== undefined) {
    await withhold(deps, incidentId, mute)
    return 'void'
  }
  const { severity, cluster, environment, labels } = incident
  const hasReport = incident.reportedAt !== undefined
  const report = hasReport ? await deps.readReport(incidentId) : undefined
  const notice = withoutHidden(incidentNotice(event, incident, report, await deps.links(incidentId, hasReport)))
  return {
    notice,
    subject: { severity, cluster, environment, labels },
    about: incidentId,
    since: incident.createdAt,
    isEnd: event === 'resolved',
    stillSo: async () => {
      const now = await deps.store.byId(incidentId)
      return now !== undefined && stateOf(event, now) === 'so'
    },
  }
}

/** A mute may be taken back, and what it held is told a minute later. */
const MUTE_READ_MS = 60_000
const soon = (until: Date, now: Date): Date => new Date(Math.min(until.getTime(), now.getTime() + MUTE_READ_MS))

/** That its agent is gone is news of an incident that nobody is to hear of; its report comes with the end of the mute. */
async function isOfMuted(deps: Pick<NotifyDeps, 'store' | 'mutes'>, message: NoticeMessage): Promise<boolean> {
  if (message.type !== 'agent-lost') return false
  const incident = await deps.store.byId(message.incidentId)
  return incident !== undefined && muteOf(await deps.mutes(), incident) !== undefined
}
