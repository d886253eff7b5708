import { z } from 'zod'
import { defineTool, destroys } from '../server/define-tool.ts'
import { clusterArguments, dryRunArgument, writerOf } from '../targets/cluster-argument.ts'
import { deletedOutput, deletedText } from './resources-delete.ts'

export const podsDelete = defineTool({
  name: 'pods_delete',
  toolset: 'writing',
  title: 'Pods: Delete',
  description: 'Use when one pod is to be deleted. What owns it (a Deployment, a Job) makes another one.',
  input: {
    ...clusterArguments,
    name: z.string().min(1).max(253).describe('Name of the pod'),
    namespace: z.string().max(253).optional().describe("Its namespace; absent: the cluster's configured one"),
    ...dryRunArgument,
  },
  output: deletedOutput,
  effects: destroys,
  run: async ({ name, dryRun, ...args }, call) => {
    const { target, write } = writerOf(call, args)
    const namespace = args.namespace ?? target.namespace
    await write.remove({ apiVersion: 'v1', kind: 'Pod' }, name, namespace, { dryRun, signal: call.signal })
    return { structured: { cluster: target.name, kind: 'Pod', namespace, name, dryRun }, text: deletedText }
  },
})
