import { z } from 'zod'
import { defineTool, destroys } from '../server/define-tool.ts'
import { clusterArguments, dryRunArgument, writerOf } from '../targets/cluster-argument.ts'

export const deletedOutput = {
  cluster: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  dryRun: z.boolean().describe('True: it was only tried'),
}
type Deleted = z.output<z.ZodObject<typeof deletedOutput>>

export const resourcesDelete = defineTool({
  name: 'resources_delete',
  toolset: 'writing',
  title: 'Resources: Delete',
  description:
    'Use when one object of any kind is to be deleted, and with it in the background what it owns: a Namespace takes all that lies in it along.',
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
    gracePeriodSeconds: z.int().min(0).max(86_400).optional().describe('So long it may take to end; 0: at once'),
    ...dryRunArgument,
  },
  output: deletedOutput,
  effects: destroys,
  run: async ({ apiVersion, kind, name, gracePeriodSeconds, dryRun, ...args }, call) => {
    const { target, write } = writerOf(call, args)
    const { namespaced } = await write.place({ apiVersion, kind }, call.signal)
    const namespace = namespaced ? (args.namespace ?? target.namespace) : undefined
    await write.remove({ apiVersion, kind }, name, namespace, { gracePeriodSeconds, dryRun, signal: call.signal })
    return {
      structured: { cluster: target.name, kind, ...(namespaced ? { namespace } : {}), name, dryRun },
      text: deletedText,
    }
  },
})

export const deletedText = ({ cluster, kind, namespace, name, dryRun }: Deleted): string => {
  const what = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} in cluster ${cluster}`
  if (dryRun) return `${what} could be deleted. Nothing was changed (dryRun).`
  return `${what} is being deleted. It is gone once its grace period and finalizers are through.`
}
