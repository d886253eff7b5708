import type { Whose } from '../../refusal.ts'

/** Words of Slack's Web API (https://docs.slack.dev/reference/methods/chat.postMessage, 2026), by whose fault they tell of. */
export const slackErrors: readonly {
  readonly codes: readonly string[]
  readonly verdict: Whose | 'unsure'
  readonly words: string
}[] = [
  { codes: ['ratelimited', 'rate_limited', 'message_limit_exceeded'], verdict: 'pace', words: 'Slack asks for time' },
  {
    codes: [
      ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope'],
      ...['no_permission', 'not_allowed_token_type', 'org_login_required', 'ekm_access_denied'],
      ...['team_access_not_granted', 'enterprise_is_restricted', 'access_denied'],
    ],
    verdict: 'place',
    words: 'the bot’s token is not good for it',
  },
  {
    codes: ['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action', 'team_not_found'],
    verdict: 'place',
    words: 'the bot cannot post to this channel (invite it, and give the channel’s id)',
  },
  {
    codes: ['internal_error', 'fatal_error', 'service_unavailable'],
    verdict: 'away',
    words: 'Slack does not work now',
  },
  { codes: ['request_timeout'], verdict: 'unsure', words: 'Slack waited in vain for the rest' },
]

/** The message is there no more, or may not be changed: what follows is posted anew. */
const unchangeable = new Set([
  ...['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive', 'thread_not_found'],
  ...['channel_not_found', 'not_in_channel', 'is_archived', 'cant_broadcast_message', 'update_failed'],
])
export const mustPostAnew = (code: string | undefined): boolean => code !== undefined && unchangeable.has(code)
