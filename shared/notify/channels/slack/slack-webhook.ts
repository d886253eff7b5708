import { IncomingWebhook } from '@slack/webhook'
import { isNews, type Notifier } from '../../notice.ts'
import { atBottom, openedWith, type PostDeps, provingFetch } from '../post.ts'
import { slackWebhookAnswers } from './slack-answers.ts'
import { slackMessage } from './slack-message.ts'

/** Posts to a channel by incoming webhook. Its messages cannot be changed, so what only changes them is not posted. */
export function slackWebhook(url: string, deps: PostDeps): Notifier {
  const webhook = new IncomingWebhook(url, {
    fetch: provingFetch(deps, { answers: slackWebhookAnswers, address: url }),
  })
  return {
    takes: isNews,
    dedups: false,
    pace: SLACK_PACE,
    openedWith: openedWith(url),
    send: async (notice) => {
      try {
        await webhook.send({ ...slackMessage(notice), unfurl_links: false, unfurl_media: false })
      } catch (error) {
        throw atBottom(error)
      }
      return undefined
    },
  }
}

/** https://docs.slack.dev/apis/web-api/rate-limits (2026): one a second for each channel, more for a moment. */
export const SLACK_PACE = { gapMs: 1_000, burst: 3 }
