import { z } from 'zod'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/list-text.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const eventsList = defineTool({
  name: 'events_list',
  title: 'Events: List',
  description: 'Use when you need the events of a cluster or namespace, the newest first.',
  input: {
    ...clusterArguments,
    namespace: z.string().max(253).optional().describe('Absent: all'),
    since_seconds: z.int().min(1).max(604_800).optional().describe('Seen within this time'),
    type: z.enum(['Warning', 'Normal']).optional(),
    fieldSelector: selectorArguments.fieldSelector,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    const structured = await listObjects(target, api, { ...args, apiVersion: 'v1', kind: 'Event' }, call)
    return { structured, text: listText, maxTextBytes: args.maxBytes + 16_000 }
  },
})
