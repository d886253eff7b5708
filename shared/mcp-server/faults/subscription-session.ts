import { GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Subscriptions } from './subscriptions.ts'

/** The caller's subscriptions; GiveUp, in words known clients look for, when nothing could be sent to the caller. */
export function subscriptionsOf({ subscriptions }: ToolContext): Subscriptions {
  if (subscriptions !== undefined) return subscriptions
  throw new GiveUp(
    'event subscriptions require an HTTP/SSE transport. Start the server with --port and connect via HTTP',
  )
}
