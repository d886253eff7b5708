import { z } from 'zod'
import { clusterArguments, clusterOf } from '../cluster-argument.ts'
import { defineTool, reads } from '../define-tool.ts'
import { listOutput } from '../list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../list-objects.ts'
import { listText } from '../object-table.ts'

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
