import { LogLevel, WebClient } from '@slack/web-api'
import { z } from 'zod'
import { derivedId } from '../../../runtime/ids.ts'
import type { IncidentNotice, Notice, Notifier, Told } from '../../notice.ts'
import { atBottom, type PostDeps, patientFetch } from '../patient-fetch.ts'
import { slackDetails, slackMessage } from './slack-message.ts'
import { isNews } from './slack-webhook.ts'

export type SlackBotOptions = {
  readonly token: string
  readonly channel: string
  /** Slack's own, unless a test says otherwise. */
  readonly apiUrl?: string
}

/** Marks our messages, so that one whose answer was lost is found again (needs the scope channels:history). */
const MARK = 'nightcrier_notice'
/** What was lost was posted minutes ago. */
const LOOK_BACK = 50
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
    fetch: patientFetch(deps),
    // patientFetch has tried already; what is left is for the queue.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // Errors are thrown, and told by whoever catches them.
    logLevel: LogLevel.ERROR,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  })

  async function send(notice: Notice, told: Told): Promise<string | undefined> {
    const message = slackMessage(notice)
    if (notice.kind === 'trouble') {
      const found = told.unsure ? await look(channel, told.id) : undefined
      return found ?? (await open(message, told.id))
    }
    const root = told.ref ?? (told.unsure ? await look(channel, notice.incidentId) : undefined)
    if (root === undefined) return open(message, notice.incidentId, notice)
    const at = ref.parse(root)
    const marked = { ...message, metadata: mark(notice.incidentId) }
    await client.chat.update({ ...at, ...marked })
    await reply(at, notice, told)
    return root
  }

  async function open(message: ReturnType<typeof slackMessage>, subject: string, notice?: IncidentNotice) {
    const posted = Posted.parse(
      await client.chat.postMessage({ channel, ...message, metadata: mark(subject), unfurl_links: false }),
    )
    if (notice !== undefined && notice.event !== 'started') {
      // The message itself stands: that its thread is missing must not make a second one.
      await client.chat
        .postMessage({ channel: posted.channel, thread_ts: posted.ts, text: slackDetails(notice) })
        .catch(() => undefined)
    }
    return `${posted.channel} ${posted.ts}`
  }

  async function reply(at: { channel: string; ts: string }, notice: IncidentNotice, told: Told) {
    if (notice.event === 'started') return
    const subject = mark(told.id)
    if (told.unsure) {
      const { messages = [] } = await client.conversations.replies({
        ...at,
        limit: LOOK_BACK,
        include_all_metadata: true,
      })
      if (messages.some((one) => carries(one, told.id))) return
    }
    const where = { channel: at.channel, thread_ts: at.ts }
    await client.chat.postMessage({ ...where, text: slackDetails(notice), metadata: subject, unfurl_links: false })
  }

  /** `undefined` when it is not there, or we may not look: then it is posted again, since silence is worse. */
  async function look(where: string, subject: string): Promise<string | undefined> {
    try {
      const { messages = [] } = await client.conversations.history({
        channel: where,
        limit: LOOK_BACK,
        include_all_metadata: true,
      })
      const found = messages.find((one) => carries(one, subject))
      return found?.ts === undefined ? undefined : `${where} ${found.ts}`
    } catch {
      return undefined
    }
  }

  return {
    takes: (notice) => notice.kind === 'incident' || isNews(notice),
    send: async (notice, told) => {
      try {
        return await send(notice, told)
      } catch (error) {
        throw atBottom(error)
      }
    },
  }
}

const mark = (subject: string) => ({ event_type: MARK, event_payload: { subject: derivedId(24, subject) } })
function carries(message: unknown, subject: string): boolean {
  const found = Found.safeParse(message)
  if (!found.success || found.data.metadata?.event_type !== MARK) return false
  return found.data.metadata.event_payload?.subject === derivedId(24, subject)
}
