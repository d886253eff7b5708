import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { defineTool, destroys, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf, dryRunArgument, writerOf } from '../targets/cluster-argument.ts'
import type { Target } from '../targets/target.ts'

const Scaled = z.looseObject({
  spec: z.looseObject({ replicas: z.int().optional() }).optional(),
  status: z.looseObject({ replicas: z.int().optional(), readyReplicas: z.int().optional() }).optional(),
})
const input = {
  ...clusterArguments,
  apiVersion: z.string().min(1).max(253).describe('Such as apps/v1'),
  kind: z.string().min(1).max(100).describe('Such as Deployment, StatefulSet'),
  name: z.string().min(1).max(253).describe('Name of the object'),
  namespace: z.string().max(253).optional().describe("Its namespace; absent: the cluster's configured one"),
}
const output = {
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  desired: z.int(),
  current: z.int(),
  ready: z.int(),
}
type Asked = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
}
type Scale = z.output<z.ZodObject<typeof output>>

async function scaleOf(target: Target, api: ClusterApi, asked: Asked, signal: AbortSignal): Promise<Scale> {
  const { apiVersion, kind, name, namespace = target.namespace } = asked
  const object = await api.get({ apiVersion, kind }, name, namespace, signal)
  if (object === undefined)
    throw new GiveUp(`Cluster "${target.name}" has no ${kind} "${name}" in namespace "${namespace}".`)
  const { spec, status } = Scaled.parse(object)
  if (spec?.replicas === undefined && status?.replicas === undefined)
    throw new GiveUp(`A ${kind} has no number of replicas.`)
  return {
    cluster: target.name,
    namespace,
    name,
    // The API's own default.
    desired: spec?.replicas ?? 1,
    current: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
  }
}
const scaleText = (kind: string) => (scale: Scale) =>
  `${kind} ${scale.namespace}/${scale.name} in cluster ${scale.cluster}: ${scale.desired} wanted, ${scale.current} there, ${scale.ready} ready`

export const resourcesScale = defineTool({
  name: 'resources_scale',
  listed: false,
  title: 'Resources: Scale',
  description:
    'Use when you need how many replicas a Deployment, StatefulSet or ReplicaSet should have, has, and has ready. Reads only.',
  input,
  output,
  effects: reads,
  run: async (args, call) => {
    const { target, api } = clusterOf(call, args)
    return { structured: await scaleOf(target, api, args, call.signal), text: scaleText(args.kind) }
  },
})

/** The same name where clusters may be changed. */
export const resourcesScaleTo = defineTool({
  name: 'resources_scale',
  toolset: 'writing',
  title: 'Resources: Scale',
  description:
    'Use when a Deployment, StatefulSet or ReplicaSet should have another number of replicas; without scale it only tells how many it should have, has, and has ready.',
  input: {
    ...input,
    scale: z.int().min(0).max(100_000).optional().describe('So many replicas; absent: nothing is changed'),
    ...dryRunArgument,
  },
  output: { ...output, dryRun: z.boolean().describe('True: it was only tried') },
  effects: destroys,
  run: async ({ scale, dryRun, ...args }, call) => {
    const { target, api, write } = writerOf(call, args)
    const { apiVersion, kind, name, namespace = target.namespace } = args
    // What has no replicas is told before it is tried.
    const before = await scaleOf(target, api, args, call.signal)
    if (scale !== undefined)
      await write.scale({ apiVersion, kind }, name, namespace, { replicas: scale, dryRun, signal: call.signal })
    const after = scale === undefined || dryRun ? before : await scaleOf(target, api, args, call.signal)
    return {
      structured: { ...after, dryRun },
      text: (answer) =>
        `${scaleText(kind)(answer)}${answer.dryRun && scale !== undefined ? `. It could be scaled to ${scale}; nothing was changed (dryRun).` : ''}`,
    }
  },
})
