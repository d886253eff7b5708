import type { Severity } from '../../../faults/fault.ts'
import { cut, isOver, type Notice, type Notifier } from '../../notice.ts'
import type { Channel } from '../opening.ts'
import { linksIn, partsOf } from '../parts.ts'
import type { PostDeps } from '../post.ts'
import { postedChannel } from '../posted-channel.ts'
import { mattermostAnswers } from './mattermost-answers.ts'

/** A server's own limit is ten a second with bursts of a hundred, for all who post. */
const PACE = { gapMs: 500, burst: 5 }

/** Posts to an incoming webhook: https://developers.mattermost.com/integrate/webhooks/incoming/ (2026). */
export const mattermost = (address: string, deps: PostDeps): Notifier =>
  postedChannel({ answers: mattermostAnswers, address, pace: PACE, deps, messageOf: mattermostMessage })

const colours: Readonly<Record<Severity, string>> = { critical: '#E01E5A', warning: '#ECB22E', info: '#36C5F0' }
const OVER = '#2EB67D'
/** Colour is never the only sign. */
const signs: Readonly<Record<Severity, string>> = { critical: '🔴', warning: '🟠', info: '🔵' }

/**
 * `text` is what a phone shows and who is mentioned; the attachment says the rest, most important first, since it is
 * folded after five lines or 300 characters.
 */
export function mattermostMessage(notice: Notice) {
  const { title, facts, paragraphs } = partsOf(notice)
  const sign = isOver(notice) ? '🟢' : signs[notice.severity]
  const mention = notice.kind === 'incident' && notice.mention !== undefined ? ` @${notice.mention}` : ''
  const links = linksIn(notice).map((link) => `[${link.title}](${link.url})`)
  return {
    text: `${sign} ${words(title, 300)}${mention}`,
    username: 'Nightcrier',
    attachments: [
      {
        fallback: cut(unlinked(title).replaceAll('@', '@\u200b'), 300),
        color: isOver(notice) ? OVER : colours[notice.severity],
        text: [
          ...(links.length === 0 ? [] : [links.join(' · ')]),
          ...paragraphs.map((text) => (/^kubectl /.test(text) ? code(text) : words(text, 1_200))),
        ].join('\n\n'),
        fields: facts.map(([label, value]) => ({ title: words(label, 60), value: words(value, 400), short: true })),
      },
    ],
  }
}

/** A server turns what Slack would write as link or mention into its own, also in code. */
const unlinked = (text: string): string => text.replace(/<(?=[!@#]|[^<>]*\|)/g, '<\u200b')
/** Words of a cluster are no Markdown, and mention nobody. */
const words = (text: string, most: number): string =>
  unlinked(cut(text.replace(/\s+/g, ' '), most))
    .replace(/[\\`*_{}[\]<>#|~]/g, (sign) => `\\${sign}`)
    .replaceAll('@', '@\u200b')
    .replace(/:\/\//g, ':/\u200b/')
const code = (text: string): string => `\`\`\`\n${unlinked(cut(text, 600)).replaceAll('`', 'ʼ')}\n\`\`\``

export const mattermostChannel: Channel = {
  open: async (reference, { address, deps }) => mattermost(await address(reference), deps),
  answers: [mattermostAnswers],
}
