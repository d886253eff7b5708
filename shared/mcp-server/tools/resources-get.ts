import { z } from 'zod'
import { getObject, objectOutput, objectText } from '../objects/get-object.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

export const resourcesGet = defineTool({
  name: 'resources_get',
  title: 'Resources: Get',
  description: 'Use when you need one object whole, of any kind, such as apps/v1 Deployment or v1 Node.',
  input: {
    ...clusterArguments,
    apiVersion: z.string().min(1).max(253).describe('Such as v1, apps/v1, networking.k8s.io/v1'),
    kind: z.string().min(1).max(100).describe('Such as Pod, Service, Deployment, Ingress'),
    name: z.string().min(1).max(253).describe('Name of the object'),
    namespace: z
      .string()
      .max(253)
      .optional()
      .describe("Its namespace; absent: the cluster's configured one. Ignored for kinds that have none"),
  },
  output: objectOutput,
  effects: reads,
  run: async ({ apiVersion, kind, name, namespace, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const kinds = await api.kinds(call.signal)
    const known = kinds.find((entry) => entry.apiVersion === apiVersion && entry.kind === kind)
    const at = known?.namespaced === false ? undefined : (namespace ?? target.namespace)
    return {
      structured: await getObject(target, api, { apiVersion, kind }, name, at, call),
      text: objectText,
    }
  },
})
