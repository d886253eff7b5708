import { dayAndMinute } from '../../../artifacts/glance.ts'
import { outcomeWords } from '../../../artifacts/outcome-words.ts'
import type { Severity } from '../../../faults/fault.ts'
import { cut, type IncidentNotice, type Notice, type Notifier } from '../../notice.ts'
import { span } from '../../span.ts'
import { openedWith, type PostDeps, postJson } from '../post.ts'
import { isNews } from '../slack/slack-webhook.ts'

/** Teams takes four a second for a moment and far fewer in the long run. */
const PACE = { gapMs: 1_000, burst: 4 }

/** Posts an Adaptive Card to a workflow's webhook ("When a Teams webhook request is received"). */
export function teamsWorkflow(url: string, deps: PostDeps): Notifier {
  return {
    takes: isNews,
    dedups: false,
    pace: PACE,
    openedWith: openedWith(url),
    send: async (notice) => {
      await postJson(deps, { channel: 'teams', address: url }, JSON.stringify(teamsMessage(notice)))
      return undefined
    },
  }
}

const styles: Readonly<Record<Severity, string>> = { critical: 'attention', warning: 'warning', info: 'accent' }

/**
 * Text from outside stands in text runs, which know no Markdown: a TextBlock would make links of it. Version 1.4 is what
 * Teams shows on phones too; a message may have 28 KB.
 */
export function teamsMessage(notice: Notice) {
  const over = notice.kind === 'incident' ? notice.event === 'resolved' : notice.over
  const { title, facts, paragraphs } = notice.kind === 'incident' ? incident(notice) : troubleParts(notice)
  const links =
    notice.kind === 'incident'
      ? [
          { title: 'Report', url: notice.url },
          { title: 'Was this right?', url: notice.feedbackUrl },
          { title: 'Mute', url: notice.muteUrl },
        ].filter(({ url }) => url !== undefined)
      : []
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: cut(title, 500),
          msteams: { width: 'Full' },
          body: [
            {
              type: 'Container',
              style: over ? 'good' : styles[notice.severity],
              bleed: true,
              items: [lines([{ text: cut(title, 200), weight: 'Bolder', size: 'Large' }])],
            },
            ...facts.map(([label, value]) =>
              lines([{ text: `${label}: `, weight: 'Bolder' }, { text: cut(value, 400) }]),
            ),
            ...paragraphs.map((text) => lines([{ text: cut(text, 1_200) }])),
          ],
          actions: links.map((link) => ({ type: 'Action.OpenUrl', ...link })),
        },
      },
    ],
  }
}

type Run = { readonly text: string; readonly weight?: 'Bolder'; readonly size?: 'Large' }
const lines = (runs: readonly Run[]) => ({
  type: 'RichTextBlock',
  spacing: 'Small',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
})

type Parts = {
  readonly title: string
  readonly facts: readonly (readonly [string, string])[]
  readonly paragraphs: readonly string[]
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
    title: titles[notice.event],
    facts: [
      ['Where', place.join(' › ')],
      ['Since', `${dayAndMinute(since)}, seen ${notice.occurrences}×`],
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
