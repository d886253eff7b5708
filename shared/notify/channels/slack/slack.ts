import { GiveUp } from '../../../runtime/errors.ts'
import type { Channel } from '../opening.ts'
import { slackBotAnswers, slackWebhookAnswers } from './slack-answers.ts'

/** A webhook's address or a bot's token: what the secret is decides, and only that is loaded. */
export const slack: Channel = {
  open: async (reference, { place, read, apiUrls, deps }) => {
    const given = await read(reference)
    if (given.startsWith('http')) return (await import('./slack-webhook.ts')).slackWebhook(given, deps)
    if (place.channel === undefined)
      throw new GiveUp(`${reference}: a bot's token needs a channel. Add channel: beside slack: in the route.`)
    const { slackBot } = await import('./slack-bot.ts')
    const apiUrl = apiUrls.slack === undefined ? {} : { apiUrl: apiUrls.slack }
    return slackBot({ token: given, channel: place.channel, ...apiUrl }, deps)
  },
  answers: [slackWebhookAnswers, slackBotAnswers],
}
