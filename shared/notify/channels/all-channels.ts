import type { PlaceKind } from '../../config/place-kinds.ts'
import type { Channel } from './opening.ts'

/** One line for each kind of place. Each is loaded when a place of it is opened: most installations have one or two. */
export const allChannels: Readonly<Record<PlaceKind, () => Promise<Channel>>> = {
  slack: async () => (await import('./slack/slack.ts')).slack,
  teams: async () => (await import('./teams/teams.ts')).teams,
  webhook: async () => (await import('./webhook/webhook.ts')).webhookChannel,
  pagerduty: async () => (await import('./pagerduty/pagerduty.ts')).pagerDutyChannel,
  mattermost: async () => (await import('./mattermost/mattermost.ts')).mattermostChannel,
  google_chat: async () => (await import('./google-chat/google-chat.ts')).googleChatChannel,
}
