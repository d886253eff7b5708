import { IncomingWebhook } from '@slack/webhook'
import type { Notice, Notifier } from '../../notice.ts'
import { atBottom, type PostDeps, patientFetch } from '../patient-fetch.ts'
import { slackMessage } from './slack-message.ts'

/** Posts to a channel by incoming webhook. Its messages cannot be changed, so what only changes them is not posted. */
export function slackWebhook(url: string, deps: PostDeps): Notifier {
  const webhook = new IncomingWebhook(url, { fetch: patientFetch(deps) })
  return {
    takes: isNews,
    send: async (notice) => {
      try {
        await webhook.send(slackMessage(notice))
      } catch (error) {
        throw atBottom(error)
      }
      return undefined
    },
  }
}

/** For places where each notice is a message of its own: that an agent is at work, or was ended, is told by its report. */
export const isNews = (notice: Notice): boolean =>
  notice.kind === 'incident' ? notice.event !== 'started' : notice.event !== 'agent-lost'
