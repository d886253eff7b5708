import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/list-text.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const namespacesList = defineTool({
  name: 'namespaces_list',
  listed: false,
  title: 'Namespaces: List',
  description: 'Use when you need the namespaces of one cluster.',
  input: {
    ...clusterArguments,
    fieldSelector: selectorArguments.fieldSelector,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    const structured = await listObjects(target, api, { ...args, apiVersion: 'v1', kind: 'Namespace' }, call)
    return { structured, text: listText, maxTextBytes: args.maxBytes + 16_000 }
  },
})
