import { clusterArguments, clusterOf } from '../cluster-argument.ts'
import { defineTool, reads } from '../define-tool.ts'
import { listOutput } from '../list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../list-objects.ts'
import { listText } from '../object-table.ts'

export const namespacesList = defineTool({
  name: 'namespaces_list',
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
    const kind = { apiVersion: 'v1', kind: 'Namespace' }
    const structured = await listObjects(target.name, api, { ...args, kind }, call)
    return { structured, text: (answer) => listText(answer, call.now()) }
  },
})
