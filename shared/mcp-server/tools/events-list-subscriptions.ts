import { z } from 'zod'
import { subscriptionsOf } from '../faults/subscription-session.ts'
import { defineTool, reads } from '../server/define-tool.ts'

export const eventsListSubscriptions = defineTool({
  name: 'events_list_subscriptions',
  toolset: 'subscriptions',
  title: 'Events: List Subscriptions',
  description: 'Use when you need to know which subscriptions of this session are alive.',
  input: { cluster: z.string().max(253).optional().describe('Absent: of all') },
  output: {
    subscriptions: z.array(
      z.object({
        subscriptionId: z.string(),
        cluster: z.string(),
        mode: z.string(),
        filters: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
        createdAt: z.string(),
        degraded: z.boolean(),
      }),
    ),
    total: z.int(),
  },
  effects: { ...reads, openWorldHint: false },
  run: async ({ cluster }, call) => {
    const subscriptions = subscriptionsOf(call)
      .list()
      .filter((one) => cluster === undefined || one.cluster === call.targets.find(cluster).name)
    return {
      structured: { subscriptions: subscriptions.map((one) => ({ ...one })), total: subscriptions.length },
      text: (answer) => `# Active Subscriptions\n\n${JSON.stringify(answer, null, 2)}`,
    }
  },
})
