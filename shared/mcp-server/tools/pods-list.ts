import { clusterArguments, clusterOf } from '../cluster-argument.ts'
import { defineTool, reads } from '../define-tool.ts'
import { listOutput } from '../list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../list-objects.ts'
import { listText } from '../object-table.ts'

export const podsList = defineTool({
  name: 'pods_list',
  title: 'Pods: List',
  description: 'Use when you need the pods of one cluster, in all namespaces.',
  input: {
    ...clusterArguments,
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
