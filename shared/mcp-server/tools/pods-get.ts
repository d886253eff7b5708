import { z } from 'zod'
import { getObject, objectOutput, objectText } from '../objects/get-object.ts'
import { kindAndName } from '../objects/kind-and-name.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const podsGet = defineTool({
  name: 'pods_get',
  listed: false,
  title: 'Pods: Get',
  description: 'Use when you need the whole state of one pod: its spec, conditions and container states.',
  input: {
    ...clusterArguments,
    name: z.string().min(1).max(253).describe('Name of the pod'),
    namespace: z.string().max(253).optional().describe("Its namespace; absent: the cluster's configured one"),
  },
  output: objectOutput,
  effects: reads,
  run: async ({ name, namespace, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const kind = { apiVersion: 'v1', kind: 'Pod' }
    return {
      structured: await getObject(
        target,
        api,
        kind,
        kindAndName('Pod', name).name,
        namespace ?? target.namespace,
        call,
      ),
      text: objectText,
    }
  },
})
