import type { Severity } from '../../../faults/fault.ts'
import { cut, isOver, type Notice, type Notifier } from '../../notice.ts'
import type { Channel } from '../opening.ts'
import { linksIn, partsOf } from '../parts.ts'
import type { PostDeps } from '../post.ts'
import { postedChannel } from '../posted-channel.ts'
import { googleChatAnswers } from './google-chat-answers.ts'

/** https://developers.google.com/workspace/chat/limits (2026): one a second for each space, of all webhooks together. */
const PACE = { gapMs: 1_000, burst: 2 }
/** A message has 32,000 bytes, its card among them; a character of some scripts has three. */
const MAX_BYTES = 24_000

/** Posts to a space's webhook; what is of one incident stands in one thread. */
export const googleChat = (url: string, deps: PostDeps): Notifier =>
  postedChannel({
    answers: googleChatAnswers,
    address: inThread(url),
    secret: url,
    pace: PACE,
    deps,
    messageOf: googleChatMessage,
  })

function inThread(url: string): string {
  const address = new URL(url)
  address.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD')
  return address.href
}

/** Colour is never there: a card has none of its own. */
const signs: Readonly<Record<Severity, string>> = { critical: '🔴', warning: '🟠', info: '🔵' }

/** https://developers.google.com/workspace/chat/api/reference/rest/v1/cards (2026): `text` is what a phone shows. */
export function googleChatMessage(notice: Notice) {
  const message = build(notice, 1)
  return Buffer.byteLength(JSON.stringify(message)) < MAX_BYTES ? message : build(notice, 0.3)
}

function build(notice: Notice, part: number) {
  const { title, facts, paragraphs } = partsOf(notice)
  const most = (characters: number) => Math.floor(characters * part)
  const sign = isOver(notice) ? '🟢' : signs[notice.severity]
  const mention = notice.kind === 'incident' && notice.mention !== undefined ? ` <${notice.mention}>` : ''
  const subject = notice.kind === 'incident' ? notice.incidentId : notice.about
  const buttons = linksIn(notice)
  return {
    text: `${sign} ${unformatted(cut(title, most(300)))}${mention}`,
    thread: { threadKey: subject.slice(0, 200) },
    cardsV2: [
      {
        cardId: subject.slice(0, 60),
        card: {
          header: { title: unformatted(cut(title, 200)), subtitle: notice.cluster ?? 'Nightcrier' },
          sections: [
            {
              widgets: [
                ...facts.map(([label, value]) => ({
                  decoratedText: { topLabel: label.slice(0, 60), text: escaped(cut(value, most(400))), wrapText: true },
                })),
                ...paragraphs.map((text) => ({ textParagraph: { text: escaped(cut(text, most(1_200))) } })),
                ...(buttons.length === 0
                  ? []
                  : [
                      {
                        buttonList: {
                          buttons: buttons.map(({ title: text, url }) => ({ text, onClick: { openLink: { url } } })),
                        },
                      },
                    ]),
              ],
            },
          ],
        },
      },
    ],
  }
}

/** A card's text knows some HTML. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
/** `<users/all>` wakes all, `<address|words>` links, and signs format. */
const unformatted = (text: string): string =>
  text.replaceAll('<', '<\u200b').replace(/[*_~`]/g, (sign) => `${sign}\u200b`)

export const googleChatChannel: Channel = {
  open: async (reference, { address, deps }) => googleChat(await address(reference), deps),
  answers: [googleChatAnswers],
}
