import { bareSecret, wrongForm } from '../../config/bare-secret.ts'
import type { Notifier } from '../../notify/notice.ts'
import { inOwnWords } from '../../notify/own-words.ts'
import type { Target } from '../../notify/route/routing.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Platform } from '../platform.ts'

/** The place of SLACK_WEBHOOK_URL: gets what no route is meant for. */
export const DEFAULT_PLACE = 'slack'

/** Opens a place: reads its secrets anew, so that a changed one counts at once, and loads only what that place needs. */
export const openNotifier =
  (platform: Needs) =>
  async (target: Target): Promise<Notifier> =>
    inOwnWords(target.place, await opened(platform)(target))

type Needs = Pick<Platform, 'settings' | 'clock' | 'secret'>

const opened =
  ({ settings, clock, secret }: Needs) =>
  async ({ key, place }: Target): Promise<Notifier> => {
    const deps = { clock }
    const read = async (reference: string) => whole(reference, (await secret(reference)).text)
    const address = async (reference: string) => {
      const text = await read(reference)
      if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
      throw new GiveUp(`${reference}: the secret is no http:// or https:// address. Store the webhook's address in it.`)
    }
    if (key === DEFAULT_PLACE) {
      const given = settings.SLACK_WEBHOOK_URL
      const { slackWebhook } = await import('../../notify/channels/slack/slack-webhook.ts')
      return slackWebhook(given.startsWith('http') ? given : await address(given), deps)
    }
    if (place.slack !== undefined) {
      const given = await read(place.slack)
      if (given.startsWith('http'))
        return (await import('../../notify/channels/slack/slack-webhook.ts')).slackWebhook(given, deps)
      if (place.channel === undefined)
        throw new GiveUp(`${place.slack}: a bot's token needs a channel. Add channel: beside slack: in the route.`)
      const { slackBot } = await import('../../notify/channels/slack/slack-bot.ts')
      return slackBot({ token: given, channel: place.channel, ...slackApi(settings) }, deps)
    }
    if (place.teams !== undefined) {
      const { teamsWorkflow } = await import('../../notify/channels/teams/teams.ts')
      return teamsWorkflow(await address(place.teams), deps)
    }
    if (place.mattermost !== undefined)
      return (await import('../../notify/channels/mattermost/mattermost.ts')).mattermost(
        await address(place.mattermost),
        deps,
      )
    if (place.google_chat !== undefined) {
      const { googleChat } = await import('../../notify/channels/google-chat/google-chat.ts')
      return googleChat(await address(place.google_chat), deps)
    }
    if (place.webhook !== undefined) {
      const { webhook } = await import('../../notify/channels/webhook/webhook.ts')
      const signingKey = place.signing_key === undefined ? undefined : await read(place.signing_key)
      return webhook({ url: await address(place.webhook), signingKey }, deps)
    }
    const { pagerDuty } = await import('../../notify/channels/pagerduty/pagerduty.ts')
    const routingKey = await read(place.pagerduty ?? '')
    return pagerDuty(
      { routingKey, ...pagerDutyApi(settings), ...(place.page === undefined ? {} : { page: place.page }) },
      deps,
    )
  }

function whole(reference: string, text: string): string {
  const wrong = wrongForm(text)
  if (wrong === undefined) return bareSecret(text)
  throw new GiveUp(`${reference}: ${wrong}`)
}

const slackApi = ({ SLACK_API_URL }: Platform['settings']) => (SLACK_API_URL === '' ? {} : { apiUrl: SLACK_API_URL })
const pagerDutyApi = ({ PAGERDUTY_URL }: Platform['settings']) => (PAGERDUTY_URL === '' ? {} : { url: PAGERDUTY_URL })
