import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { subscriptionsOf } from '../faults/subscription-session.ts'
import { defineTool, reads } from '../server/define-tool.ts'

export const eventsUnsubscribe = defineTool({
  name: 'events_unsubscribe',
  toolset: 'subscriptions',
  title: 'Events: Unsubscribe',
  description: 'Use when you no longer want the notices of a subscription of this session.',
  input: { subscriptionId: z.string().max(100).optional().describe('As events_subscribe gave it; required') },
  output: { cancelled: z.literal(true), status: z.literal('success'), subscriptionId: z.string() },
  effects: { ...reads, openWorldHint: false },
  run: async ({ subscriptionId }, call) => {
    const subscriptions = subscriptionsOf(call)
    if (!subscriptionId) throw new GiveUp('subscriptionId is required')
    if (!subscriptions.unsubscribe(subscriptionId)) {
      throw new GiveUp('failed to cancel subscription: subscription not found')
    }
    return {
      structured: { cancelled: true as const, status: 'success' as const, subscriptionId },
      text: (answer) => `# Subscription Cancelled\n\n${JSON.stringify(answer, null, 2)}`,
    }
  },
})
