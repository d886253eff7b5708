import { z } from 'zod'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/object-table.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const podsListInNamespace = defineTool({
  name: 'pods_list_in_namespace',
  title: 'Pods: List in Namespace',
  description: 'Use when you need the pods of one namespace.',
  input: {
    ...clusterArguments,
    namespace: z.string().min(1).max(253).describe('Namespace to list pods of'),
    ...selectorArguments,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    const kind = { apiVersion: 'v1', kind: 'Pod' }
    const structured = await listObjects(target.name, api, { ...args, kind }, call)
    return { structured, text: (answer) => listText(answer, call.now()) }
  },
})
