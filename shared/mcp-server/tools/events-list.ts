import { z } from 'zod'
import { clusterArguments, clusterOf } from '../cluster-argument.ts'
import { defineTool, reads } from '../define-tool.ts'
import { listOutput } from '../list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../list-objects.ts'
import { listText } from '../object-table.ts'

export const eventsList = defineTool({
  name: 'events_list',
  title: 'Events: List',
  description:
    'Use when you need the recent events of a cluster or of one namespace: warnings, errors, changes of state.',
  input: {
    ...clusterArguments,
    namespace: z.string().max(253).optional().describe('Only of this namespace; absent: of all'),
    fieldSelector: selectorArguments.fieldSelector,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    const kind = { apiVersion: 'v1', kind: 'Event' }
    const structured = await listObjects(target.name, api, { ...args, kind }, call)
    return { structured, text: (answer) => listText(answer, call.now()) }
  },
})
