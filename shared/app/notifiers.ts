import type { Notice, Notifier } from '../report/notify/notice.ts'
import { slackWebhook } from '../report/notify/slack.ts'
import { errorText } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import type { Platform } from './platform.ts'

/** Where people are told, by the settings. */
export const notifiers = ({ settings, clock }: Pick<Platform, 'settings' | 'clock'>): readonly Notifier[] =>
  settings.SLACK_WEBHOOK_URL === '' ? [] : [slackWebhook(settings.SLACK_WEBHOOK_URL, clock)]

/** Tells every channel; one that fails is logged and holds up nobody. */
export const noticeOut = (platform: Platform, log: Log) => async (notice: Notice) => {
  for (const notifier of notifiers(platform)) {
    await notifier.send(notice).catch((error: unknown) => {
      log.error({ notifier: notifier.name }, `A notice could not be sent: ${errorText(error)}`)
    })
  }
}
