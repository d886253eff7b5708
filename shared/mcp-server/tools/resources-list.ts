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
  description:
    'Use when you need objects of one kind, such as v1 Service, v1 Node, apps/v1 Deployment, batch/v1 Job, or a custom kind.',
  input: {
    ...clusterArguments,
    ...kindArguments,
    namespace: z.string().max(253).optional().describe('Only of this namespace; absent: of all'),
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
