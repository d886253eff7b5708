import { z } from 'zod'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/object-table.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

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
