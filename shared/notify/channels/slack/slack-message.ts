import type { KnownBlock, MessageAttachment } from '@slack/types'
import { dayAndMinute } from '../../../artifacts/glance.ts'
import { outcomeWords } from '../../../artifacts/outcome-words.ts'
import type { Severity } from '../../../faults/fault.ts'
import { cut, type IncidentNotice, type Notice, type TroubleNotice } from '../../notice.ts'
import { span } from '../../span.ts'

/** `text` is what a phone shows and a screen reader reads; the coloured part is an attachment. */
export type SlackMessage = { readonly text: string; readonly attachments: MessageAttachment[] }

const colours: Readonly<Record<Severity, string>> = { critical: '#E01E5A', warning: '#ECB22E', info: '#36C5F0' }
const OVER = '#2EB67D'
const SKIPPED = '#9A9A9A'
/** Colour is never the only sign. */
const signs: Readonly<Record<Severity, string>> = { critical: '🔴', warning: '🟠', info: '🔵' }

/** https://docs.slack.dev/reference/block-kit/blocks (2026): header 150, section text 3,000, field 2,000, ten fields, button text 75, its URL 3,000. */
const HEADER = 150
/** Far below the limit: more than this is not read in a channel. */
const TEXT = 1_200
const FIELD = 250
/** What a lock screen shows of it. */
const LOCK = 75
const URL_MOST = 3_000

/** A card that a phone shows in one piece. */
const MAX_BYTES = 10_000

/** Block Kit of one notice; every text from outside is escaped and cut to Slack's limits. */
export function slackMessage(notice: Notice): SlackMessage {
  // Where a character has three or four bytes, half of the text is as long.
  const build = (part: number) => {
    const text: Cutter = (given, most) => escaped(given, Math.floor(most * part))
    return notice.kind === 'trouble' ? trouble(notice, text) : incident(notice, text)
  }
  const message = build(1)
  return Buffer.byteLength(JSON.stringify(message)) < MAX_BYTES ? message : build(0.5)
}
/** Escapes, and cuts to so many characters. */
type Cutter = (text: string, most: number) => string

function trouble(notice: TroubleNotice, text: Cutter): SlackMessage {
  const sign = notice.over ? '🟢' : signs[notice.severity]
  const facts = notice.facts.slice(0, 6).map(([label, value]) => `• *${text(label, 60)}:* ${text(value, 400)}`)
  return {
    text: text(`${notice.title}: ${notice.text}`, 500),
    attachments: [
      {
        color: notice.over ? OVER : colours[notice.severity],
        blocks: [
          header(`${sign} ${notice.title}`),
          section(text(notice.text, TEXT)),
          ...(facts.length === 0 ? [] : [section(facts.join('\n'))]),
        ],
      },
    ],
  }
}

/** What, since when, how bad; the cause; what to do; links. */
function incident(notice: IncidentNotice, text: Cutter): SlackMessage {
  const { title, colour, lock } = face(notice)
  return {
    text: withMention(notice.ownText === undefined ? text(cut(lock, LOCK), 500) : text(notice.ownText, 500), notice),
    attachments: [
      {
        color: colour,
        blocks: [
          header(title),
          section(where(notice, text)),
          ...sectionOf(body(notice, text)),
          ...next(notice, text),
          ...buttons(notice),
          { type: 'context', elements: [{ type: 'mrkdwn', text: `Incident \`${text(notice.incidentId, 150)}\`` }] },
        ],
      },
    ],
  }
}

/** A member (`U…`) or a group (`S…`), as the configuration names it: nothing of a cluster is in it. */
const withMention = (text: string, { mention }: IncidentNotice): string =>
  mention === undefined ? text : `${text} ${mention.startsWith('S') ? `<!subteam^${mention}>` : `<@${mention}>`}`

/** Slack takes no section without words. */
const sectionOf = (text: string): KnownBlock[] => (text === '' ? [] : [section(text)])

/** The first step, which is read at once; a bot tells the others in the thread. */
function next({ actions: [first], event }: IncidentNotice, text: Cutter): KnownBlock[] {
  if (first === undefined || event === 'resolved') return []
  const shown = first.command === undefined ? '' : `\n${code(first.command, (given) => text(given, 300))}`
  return [section(`*Do* (${first.changesState ? 'changes state' : 'read-only'}): ${text(first.title, 150)}${shown}`)]
}

/** No back-tick of the command ends it. */
const code = (command: string, text: (given: string) => string): string =>
  `\`\`\`${text(command.replaceAll('`', 'ʼ'))}\`\`\``

/** Said in a thread below a bot's message, where there is room: the commands, and what happened. */
export function slackDetails(notice: IncidentNotice): string {
  if (notice.event === 'resolved')
    return notice.reason === undefined
      ? `🟢 Resolved at ${time(notice.at)}: not seen any more. Seen ${notice.occurrences}×.`
      : `⚪ Closed at ${time(notice.at)}. ${escaped(notice.reason, 500)}. Seen ${notice.occurrences}×.`
  if (notice.event === 'skipped') return `No agent was sent: ${escaped(notice.reason ?? 'no reason is noted', 500)}`
  const steps = notice.actions.map(({ title, command, changesState }, at) => {
    const shown = command === undefined ? '' : `\n${code(command, (given) => escaped(given, 400))}`
    return `${at + 1}. ${escaped(title, 200)} _(${changesState ? 'changes state' : 'read-only'})_${shown}`
  })
  return cut([`*${escaped(notice.headline, 600)}*`, ...steps].join('\n'), 3_500)
}

type Face = { readonly title: string; readonly colour: string; readonly lock: string }
function face(notice: IncidentNotice): Face {
  const { effect, short } = notice.glance
  const what = `${notice.resource} in ${notice.cluster}`
  switch (notice.event) {
    case 'opened':
      return {
        title: `⏳ Waits for an agent: ${effect}`,
        colour: colours[notice.severity],
        lock: `⏳ ${short}: waits for an agent`,
      }
    case 'started':
      return {
        title: `🔎 Investigating ${effect}`,
        colour: colours[notice.severity],
        lock: `🔎 Investigating ${short}`,
      }
    case 'skipped':
      return { title: `⏭ Not investigated: ${effect}`, colour: SKIPPED, lock: `⏭ ${short}: not investigated` }
    case 'resolved':
      if (notice.reason !== undefined)
        return { title: `⚪ Closed, not seen well: ${what}`, colour: SKIPPED, lock: `⚪ Closed: ${what}` }
      return {
        title: `🟢 Resolved after ${span(notice.glance.since, notice.at)}: ${what}`,
        colour: OVER,
        lock: `🟢 Resolved after ${span(notice.glance.since, notice.at)}: ${what}`,
      }
    case 'reported': {
      const sign = signs[notice.severity]
      const failed = notice.status === 'failed' ? ': investigation failed' : ''
      return { title: `${sign} ${effect}`, colour: colours[notice.severity], lock: `${sign} ${short}${failed}` }
    }
    default:
      return notice.event satisfies never
  }
}

function where(
  { cluster, environment, namespace, resource, severity, glance, at, event, occurrences }: IncidentNotice,
  text: Cutter,
): string {
  const place = [
    environment === '' ? cluster : `${cluster} (${environment})`,
    ...(namespace === '' ? [] : [namespace]),
    resource,
  ]
  const lasted = Date.parse(at) - Date.parse(glance.since)
  const seen = occurrences > 1 ? ` · seen ${occurrences}×` : ''
  const harm = glance.harm === undefined || event === 'resolved' ? '' : `: ${glance.harm}`
  return `${place.map((part) => text(part, FIELD)).join(' › ')}\n*${text(`${severity}${harm}`, 60)}* · since ${text(dayAndMinute(glance.since), 40)}${lasted < 60_000 ? '' : ` (${span(glance.since, at)})`}${seen}`
}

function body(notice: IncidentNotice, text: Cutter): string {
  if (notice.event === 'skipped') return `*No agent was sent.* ${text(notice.reason ?? '', TEXT)}`
  if (notice.cause !== undefined) {
    const sure = notice.confidence === undefined ? '' : ` (${notice.confidence} confidence)`
    return `*Cause*${sure}: ${text(notice.cause, TEXT)}`
  }
  const failed = notice.status === 'failed' ? '*Investigation failed.* ' : ''
  const { because } = notice.glance
  const outcome = notice.outcome === undefined ? '' : outcomeWords[notice.outcome]
  const words = outcome === '' || because.startsWith(outcome) ? failed : `${failed}*${outcome}.* `
  const why = notice.reason === undefined ? '' : `\n${text(notice.reason, 500)}`
  return `${words}${text(because, TEXT)}${why}`
}

function buttons({ url, feedbackUrl, muteUrl, askUrl }: IncidentNotice): KnownBlock[] {
  const all = [
    { label: 'Report', to: url, style: 'primary' as const },
    { label: 'Was this right?', to: feedbackUrl, style: undefined },
    { label: 'Mute', to: muteUrl, style: undefined },
    { label: 'Ask', to: askUrl, style: undefined },
  ].flatMap(({ label, to, style }) =>
    to === undefined || to.length > URL_MOST
      ? []
      : [{ type: 'button' as const, text: plain(label), url: to, ...(style === undefined ? {} : { style }) }],
  )
  return all.length === 0 ? [] : [{ type: 'actions', elements: all }]
}

const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: true })
const header = (text: string): KnownBlock => ({ type: 'header', text: plain(cut(text, HEADER)) })
const section = (text: string): KnownBlock => ({ type: 'section', text: { type: 'mrkdwn', text } })
const time = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`

/** Slack's three control characters; mentions such as <!channel> become plain text by it. Cut as it is sent: escaped. */
function escaped(text: string, most: number): string {
  // So much can be left of it at most: no time goes into what is cut away.
  const safe = text
    .slice(0, most + 1)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
  return safe.length <= most
    ? safe
    : `${cut(safe, most)
        .slice(0, -1)
        .replace(/&[a-z]*$/, '')}…`
}
