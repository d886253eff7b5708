import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { clusterArguments, clusterOf } from '../cluster-argument.ts'
import { defineTool, reads } from '../define-tool.ts'

const Scaled = z.looseObject({
  spec: z.looseObject({ replicas: z.int().optional() }).optional(),
  status: z.looseObject({ replicas: z.int().optional(), readyReplicas: z.int().optional() }).optional(),
})

export const resourcesScale = defineTool({
  name: 'resources_scale',
  title: 'Resources: Scale',
  description:
    'Use when you need how many replicas a Deployment, StatefulSet or ReplicaSet should have, has, and has ready. Reads only.',
  input: {
    ...clusterArguments,
    apiVersion: z.string().min(1).max(253).describe('Such as apps/v1'),
    kind: z.string().min(1).max(100).describe('Such as Deployment, StatefulSet'),
    name: z.string().min(1).max(253).describe('Name of the object'),
    namespace: z.string().max(253).optional().describe("Its namespace; absent: the cluster's configured one"),
  },
  output: {
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    wanted: z.int(),
    current: z.int(),
    ready: z.int(),
  },
  effects: reads,
  run: async ({ apiVersion, kind, name, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const namespace = args.namespace ?? target.namespace
    const object = await api.get({ apiVersion, kind }, name, namespace, call.signal)
    if (object === undefined)
      throw new GiveUp(`Cluster "${target.name}" has no ${kind} "${name}" in namespace "${namespace}".`)
    const { spec, status } = Scaled.parse(object)
    if (spec?.replicas === undefined && status?.replicas === undefined)
      throw new GiveUp(`A ${kind} has no number of replicas.`)
    return {
      structured: {
        cluster: target.name,
        namespace,
        name,
        // The API's own default.
        wanted: spec?.replicas ?? 1,
        current: status?.replicas ?? 0,
        ready: status?.readyReplicas ?? 0,
      },
      text: (answer) =>
        `${kind} ${answer.namespace}/${answer.name} in cluster ${answer.cluster}: ${answer.wanted} wanted, ${answer.current} there, ${answer.ready} ready`,
    }
  },
})
