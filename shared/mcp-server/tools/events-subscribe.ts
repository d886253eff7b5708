import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { filterArguments } from '../faults/subscription-filter.ts'
import { subscriptionsOf } from '../faults/subscription-session.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const filters = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** The text is the reference server's to the letter: known clients cut the JSON out of it. */
export const eventsSubscribe = defineTool({
  name: 'events_subscribe',
  toolset: 'subscriptions',
  title: 'Events: Subscribe',
  description:
    'Use when you want to be told of faults or events as they happen, as notifications/message. Needs a session.',
  input: {
    ...clusterArguments,
    mode: z.string().max(20).default('events').describe("'faults' or 'events'"),
    ...filterArguments,
    since: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2026-01-12T09:41:00Z' })
      .optional()
      .describe('A time: also what was told since then'),
    includeCurrent: z.boolean().default(true).describe('Also the faults that exist already'),
  },
  output: {
    subscriptionId: z.string(),
    cluster: z.string(),
    mode: z.string(),
    status: z.literal('active'),
    createdAt: z.string(),
    filters,
    notVisible: z
      .array(z.object({ kind: z.string(), reason: z.string() }))
      .optional()
      .describe('Kinds whose faults cannot be seen, or not everywhere, with the reason'),
    replay: z
      .object({ notices: z.int(), coveredFrom: z.string(), complete: z.boolean() })
      .optional()
      .describe('complete false: before coveredFrom something may be missing'),
  },
  effects: { ...reads, idempotentHint: false },
  run: async ({ mode, includeCurrent, since, cluster, context, ...filter }, call) => {
    const subscriptions = subscriptionsOf(call)
    if (mode !== 'faults' && mode !== 'events') {
      throw new GiveUp("failed to create subscription: invalid mode: must be 'events' or 'faults'")
    }
    const beginning = { includeCurrent, since: since === undefined ? undefined : new Date(since) }
    const { target } = clusterOf(call, { cluster, context })
    const {
      notVisible,
      replay,
      degraded: _,
      ...info
    } = await subscriptions.subscribe(target.name, mode, filter, beginning, call.signal)
    const hidden = notVisible.length === 0 ? {} : { notVisible: [...notVisible] }
    return {
      structured: { ...info, status: 'active' as const, ...hidden, ...(replay === undefined ? {} : { replay }) },
      text: (answer) => {
        const sorted = Object.fromEntries(Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1)))
        return `# Event Subscription Created\n\n${JSON.stringify(sorted, null, 2)}\n\nYou will receive event notifications via the logging/message protocol.`
      },
    }
  },
})
