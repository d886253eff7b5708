import { dayAndMinute } from '../../artifacts/glance.ts'
import { outcomeWords } from '../../artifacts/outcome-words.ts'
import type { IncidentNotice, Notice } from '../notice.ts'
import { span } from '../span.ts'

/** What a card says, whatever draws it. */
export type Parts = {
  readonly title: string
  readonly facts: readonly (readonly [string, string])[]
  readonly paragraphs: readonly string[]
}
export const partsOf = (notice: Notice): Parts => (notice.kind === 'incident' ? incident(notice) : troubleParts(notice))

/** Far above what a link of ours has; a longer one would push a card over its limit. */
const MOST_URL = 2_000

/** Where it leads, in the order of use. */
export function linksIn(notice: Notice): readonly { readonly title: string; readonly url: string }[] {
  if (notice.kind !== 'incident') return []
  return [
    { title: 'Report', url: notice.url },
    { title: 'Was this right?', url: notice.feedbackUrl },
    { title: 'Mute', url: notice.muteUrl },
    { title: 'Ask', url: notice.askUrl },
  ].flatMap(({ title, url }) => (url === undefined || url.length > MOST_URL ? [] : [{ title, url }]))
}

const troubleParts = ({ title, text, facts }: Extract<Notice, { kind: 'trouble' }>): Parts => ({
  title,
  facts: facts.slice(0, 6),
  paragraphs: [text],
})

function incident(notice: IncidentNotice): Parts {
  const { effect, harm, since } = notice.glance
  const titles = {
    opened: `Waits for an agent: ${effect}`,
    started: `Investigating ${effect}`,
    reported: `${notice.severity}: ${notice.status === 'failed' ? 'investigation failed: ' : ''}${effect}`,
    skipped: `Not investigated: ${effect}`,
    resolved: `${notice.reason === undefined ? `Resolved after ${span(since, notice.at)}` : 'Closed, not seen well'}: ${notice.resource} in ${notice.cluster}`,
  }
  const sure = notice.confidence === undefined ? '' : ` (${notice.confidence} confidence)`
  const found = notice.cause === undefined ? notice.glance.because || notice.headline : `Cause${sure}: ${notice.cause}`
  const [first] = notice.actions
  const place = [
    notice.environment === '' ? notice.cluster : `${notice.cluster} (${notice.environment})`,
    ...(notice.namespace === '' ? [] : [notice.namespace]),
    notice.resource,
  ]
  return {
    title: notice.ownText ?? titles[notice.event],
    facts: [
      ['Where', place.join(' › ')],
      ['Since', `${dayAndMinute(since)}, seen ${notice.occurrences}×`],
      ...(notice.owner === undefined || notice.event === 'resolved' ? [] : [['Owner', notice.owner] as const]),
      ...(harm === undefined || notice.event === 'resolved' ? [] : [['Harm', harm] as const]),
      ...(notice.outcome === undefined || found.startsWith(outcomeWords[notice.outcome])
        ? []
        : [['Outcome', outcomeWords[notice.outcome]] as const]),
    ],
    paragraphs: [
      ...(notice.reason === undefined ? [] : [notice.reason]),
      found,
      ...(first === undefined || notice.event === 'resolved'
        ? []
        : [
            `Do (${first.changesState ? 'changes state' : 'read-only'}): ${first.title}`,
            ...(first.command === undefined ? [] : [first.command]),
          ]),
      `Incident ${notice.incidentId}`,
    ],
  }
}
