import { z } from 'zod'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/list-text.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const podsListInNamespace = defineTool({
  name: 'pods_list_in_namespace',
  listed: false,
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
    const structured = await listObjects(target, api, { ...args, apiVersion: 'v1', kind: 'Pod' }, call)
    return { structured, text: listText, maxTextBytes: args.maxBytes + 16_000 }
  },
})
