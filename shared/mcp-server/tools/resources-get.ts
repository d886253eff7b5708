import { z } from 'zod'
import { getObject, objectOutput, objectText } from '../objects/get-object.ts'
import { kindAndName } from '../objects/kind-and-name.ts'
import { kindArguments } from '../objects/kind-arguments.ts'
import { byKind } from '../objects/which-kind.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const resourcesGet = defineTool({
  name: 'resources_get',
  title: 'Resources: Get',
  description: 'Use when you need one object whole, of any kind, such as Pod, Deployment, Node.',
  input: {
    ...clusterArguments,
    ...kindArguments,
    name: z.string().min(1).max(253),
    namespace: z.string().max(253).optional().describe("Absent: the cluster's configured one"),
  },
  output: objectOutput,
  effects: reads,
  run: async ({ apiVersion, kind, name, namespace, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const { name: bare } = kindAndName(kind, name)
    const structured = await byKind(api, { apiVersion, kind }, call.signal, (found) =>
      getObject(
        target,
        api,
        found.kind,
        bare,
        found.namespaced === false ? undefined : (namespace ?? target.namespace),
        call,
      ),
    )
    return { structured, text: objectText }
  },
})
