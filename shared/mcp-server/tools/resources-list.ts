import { z } from 'zod'
import { kindArguments } from '../objects/kind-arguments.ts'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/list-text.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const resourcesList = defineTool({
  name: 'resources_list',
  title: 'Resources: List',
  description: 'Use when you need the objects of one kind, custom ones too, such as Namespace, Service, Deployment.',
  input: {
    ...clusterArguments,
    ...kindArguments,
    namespace: z.string().max(253).optional().describe('Absent: all'),
    ...selectorArguments,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    const structured = await listObjects(target, api, args, call)
    return { structured, text: listText, maxTextBytes: args.maxBytes + 16_000 }
  },
})
