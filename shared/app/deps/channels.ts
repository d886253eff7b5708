import { bareSecret, isAddress, wrongForm } from '../../config/bare-secret.ts'
import { kindOf } from '../../config/notifications.ts'
import { placeKinds } from '../../config/place-kinds.ts'
import { allChannels } from '../../notify/channels/all-channels.ts'
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
      if (isAddress(text)) return text
      throw new GiveUp(`${reference}: the secret is no http:// or https:// address. Store the webhook's address in it.`)
    }
    if (key === DEFAULT_PLACE) {
      const given = settings.SLACK_WEBHOOK_URL
      const { slackWebhook } = await import('../../notify/channels/slack/slack-webhook.ts')
      return slackWebhook(given.startsWith('http') ? given : await address(given), deps)
    }
    const kind = kindOf(place)
    const reference = kind === undefined ? undefined : place[kind]
    if (kind === undefined || reference === undefined)
      throw new GiveUp(`The place ${key} names no kind of place. Give it one of ${placeKinds.join(', ')}.`)
    const { SLACK_API_URL, PAGERDUTY_URL } = settings
    const apiUrls = {
      ...(SLACK_API_URL === '' ? {} : { slack: SLACK_API_URL }),
      ...(PAGERDUTY_URL === '' ? {} : { pagerduty: PAGERDUTY_URL }),
    }
    return (await allChannels[kind]()).open(reference, { place, read, address, apiUrls, deps })
  }

function whole(reference: string, text: string): string {
  const wrong = wrongForm(text)
  if (wrong === undefined) return bareSecret(text)
  throw new GiveUp(`${reference}: ${wrong}`)
}
