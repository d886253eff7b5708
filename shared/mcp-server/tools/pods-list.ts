import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/object-table.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

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
