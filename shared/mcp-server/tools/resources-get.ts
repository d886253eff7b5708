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
    path: z.string().max(1_000).optional().describe('Only this part, whole, such as data.nginx.conf'),
    offset: z.int().min(0).max(100_000_000).optional().describe('With path: from this character on'),
  },
  output: objectOutput,
  effects: reads,
  run: async ({ apiVersion, kind, name, namespace, path, offset, ...args }, call) => {
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
        { path, offset },
      ),
    )
    return { structured, text: objectText }
  },
})
