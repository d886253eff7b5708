import { LogLevel, WebClient } from '@slack/web-api'
import { z } from 'zod'
import { derivedId } from '../../../runtime/ids.ts'
import { type Delivered, type IncidentNotice, isNews, type Notice, type Notifier } from '../../notice.ts'
import { Refused } from '../../refusal.ts'
import { atBottom, openedWith, type PostDeps, provingFetch } from '../post.ts'
import { slackBotAnswers } from './slack-answers.ts'
import { mustPostAnew } from './slack-errors.ts'
import { slackDetails, slackMessage } from './slack-message.ts'
import { SLACK_PACE } from './slack-webhook.ts'

export type SlackBotOptions = {
  readonly token: string
  readonly channel: string
  /** Slack's own, unless a test says otherwise. */
  readonly apiUrl?: string
}

/** Marks our messages, so that one whose answer was lost is found again (needs the scope channels:history). */
const MARK = 'nightcrier_notice'
/** What was lost was posted minutes ago. */
const HISTORY_LIMIT = 50
/** Of one notice, where we may not look. */
const MOST_COPIES = 2
const Posted = z.looseObject({ channel: z.string(), ts: z.string() })
const Found = z.looseObject({
  ts: z.string(),
  metadata: z
    .looseObject({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()).optional() })
    .optional(),
})
const ref = z.string().transform((text) => {
  const [channel = '', ts = ''] = text.split(' ')
  return { channel, ts }
})

/** Posts as a bot: one message for each incident, changed as it goes on, with the details in its thread. */
export function slackBot({ token, channel, apiUrl }: SlackBotOptions, deps: PostDeps): Notifier {
  const client = new WebClient(token, {
    fetch: provingFetch(deps, { answers: slackBotAnswers, address: apiUrl ?? 'https://slack.com/api/', keys: [token] }),
    // What is left to try is for the queue.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // Errors are thrown, and told by whoever catches them.
    logLevel: LogLevel.ERROR,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  })

  async function send(notice: Notice, delivered: Delivered): Promise<string | undefined> {
    const message = slackMessage(notice)
    const subject = notice.kind === 'trouble' ? delivered.id : notice.incidentId
    // The end of a trouble is a message of its own.
    const known = notice.kind === 'trouble' ? undefined : delivered.ref
    const root = known ?? (delivered.unsure ? await findPosted(channel, subject, delivered.copies) : undefined)
    if (notice.kind === 'trouble') return root ?? open(message, subject)
    if (root === undefined) return open(message, subject, notice)
    const at = ref.parse(root)
    try {
      await client.chat.update({ ...at, ...message, metadata: mark(subject) })
    } catch (error) {
      const refusal = atBottom(error)
      if (!(refusal instanceof Refused) || !mustPostAnew(refusal.code)) throw error
      return open(message, subject, notice)
    }
    await reply(at, notice, delivered)
    return root
  }

  async function open(message: ReturnType<typeof slackMessage>, subject: string, notice?: IncidentNotice) {
    const posted = Posted.parse(
      await client.chat.postMessage({ channel, ...message, metadata: mark(subject), ...plainLinks }),
    )
    if (notice !== undefined && hasDetails(notice)) {
      // The message itself stands: that its thread is missing must not make a second one.
      await client.chat
        .postMessage({ channel: posted.channel, thread_ts: posted.ts, text: slackDetails(notice), ...plainLinks })
        .catch(() => undefined)
    }
    return `${posted.channel} ${posted.ts}`
  }

  async function reply(at: { channel: string; ts: string }, notice: IncidentNotice, delivered: Delivered) {
    if (!hasDetails(notice)) return
    const subject = mark(delivered.id)
    if (delivered.unsure) {
      const { messages = [] } = await client.conversations.replies({
        ...at,
        limit: HISTORY_LIMIT,
        include_all_metadata: true,
      })
      if (messages.some((one) => carries(one, delivered.id))) return
    }
    const where = { channel: at.channel, thread_ts: at.ts }
    await client.chat
      .postMessage({ ...where, text: slackDetails(notice), metadata: subject, ...plainLinks })
      .catch(unlessForGood)
  }

  /**
   * `undefined` when it is not there. Where we may not look it is posted again, once: silence is worse, and a third copy
   * is no better.
   */
  async function findPosted(where: string, subject: string, copies: number): Promise<string | undefined> {
    try {
      const { messages = [] } = await client.conversations.history({
        channel: where,
        limit: HISTORY_LIMIT,
        include_all_metadata: true,
      })
      const found = messages.find((one) => carries(one, subject))
      return found?.ts === undefined ? undefined : `${where} ${found.ts}`
    } catch (error) {
      const refusal = atBottom(error)
      if (copies >= MOST_COPIES)
        throw new Refused(
          'message',
          'it was posted twice without an answer, and the bot may not look (channels:history)',
        )
      if (refusal instanceof Refused && refusal.whose !== 'place' && refusal.whose !== 'message') throw refusal
      return undefined
    }
  }

  return {
    takes: (notice) => notice.kind === 'incident' || isNews(notice),
    dedups: true,
    pace: SLACK_PACE,
    openedWith: openedWith(token, channel),
    send: async (notice, delivered) => {
      try {
        return await send(notice, delivered)
      } catch (error) {
        throw atBottom(error)
      }
    },
  }
}

/** The message itself is changed: that its thread takes nothing (locked, or gone) is no reason to tell it again. */
function unlessForGood(error: unknown): void {
  const refusal = atBottom(error)
  if (refusal instanceof Refused && (refusal.whose === 'message' || mustPostAnew(refusal.code))) return
  throw error
}

/** A message's link is for people to open, not for Slack. */
const plainLinks = { unfurl_links: false, unfurl_media: false }
const hasDetails = ({ event }: IncidentNotice): boolean => event !== 'started' && event !== 'opened'
const mark = (subject: string) => ({ event_type: MARK, event_payload: { subject: derivedId(24, subject) } })
function carries(message: unknown, subject: string): boolean {
  const found = Found.safeParse(message)
  if (!found.success || found.data.metadata?.event_type !== MARK) return false
  return found.data.metadata.event_payload?.subject === derivedId(24, subject)
}
