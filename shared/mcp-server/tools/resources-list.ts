import { z } from 'zod'
import { listOutput } from '../objects/list-answer.ts'
import { listObjects, pageArguments, selectorArguments } from '../objects/list-objects.ts'
import { listText } from '../objects/object-table.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const resourcesList = defineTool({
  name: 'resources_list',
  title: 'Resources: List',
  description:
    'Use when you need objects of one kind, such as v1 Service, v1 Node, apps/v1 Deployment, batch/v1 Job, or a custom kind.',
  input: {
    ...clusterArguments,
    apiVersion: z.string().min(1).max(253).describe('Such as v1, apps/v1, networking.k8s.io/v1'),
    kind: z.string().min(1).max(100).describe('Such as Pod, Service, Deployment, Ingress'),
    namespace: z.string().max(253).optional().describe('Only of this namespace; absent: of all'),
    ...selectorArguments,
    ...pageArguments,
  },
  output: listOutput,
  effects: reads,
  run: async ({ apiVersion, kind, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const structured = await listObjects(target.name, api, { ...args, kind: { apiVersion, kind } }, call)
    return { structured, text: (answer) => listText(answer, call.now()) }
  },
})
