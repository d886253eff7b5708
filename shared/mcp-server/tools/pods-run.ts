import { z } from 'zod'
import { randomId } from '../../runtime/ids.ts'
import { defineTool } from '../server/define-tool.ts'
import { clusterArguments, dryRunArgument, writerOf } from '../targets/cluster-argument.ts'

export const podsRun = defineTool({
  name: 'pods_run',
  toolset: 'writing',
  title: 'Pods: Run',
  description:
    'Use when a pod should run an image, such as a shell to look at the network from within. Nothing restarts or removes it: delete it afterwards (pods_delete), and its Service, if it has a port.',
  input: {
    ...clusterArguments,
    image: z.string().min(1).max(1_000).describe('Container image'),
    name: z.string().min(1).max(63).optional().describe('Name of the pod; absent: one is made up'),
    namespace: z.string().max(253).optional().describe("Its namespace; absent: the cluster's configured one"),
    port: z.int().min(1).max(65_535).optional().describe('TCP port; a Service of the same name leads there'),
    ...dryRunArgument,
  },
  output: {
    cluster: z.string(),
    namespace: z.string(),
    pod: z.string(),
    service: z.string().optional(),
    dryRun: z.boolean().describe('True: it was only tried'),
  },
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  run: async ({ image, port, dryRun, ...args }, call) => {
    const { target, write } = writerOf(call, args)
    const { namespace = target.namespace, name = `nightcrier-run-${randomId().slice(0, 8)}` } = args
    const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'nightcrier-mcp' }
    const metadata = { name, namespace, labels }
    const how = { dryRun, signal: call.signal }
    const ports = port === undefined ? {} : { ports: [{ containerPort: port, protocol: 'TCP' }] }
    const spec = { containers: [{ name: 'run', image, ...ports }], restartPolicy: 'Never' }
    await write.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, namespace, how)
    if (port !== undefined) {
      const service = { selector: labels, ports: [{ port, targetPort: port, protocol: 'TCP' }], type: 'ClusterIP' }
      await write.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: service }, namespace, how)
    }
    return {
      structured: {
        cluster: target.name,
        namespace,
        pod: name,
        ...(port === undefined ? {} : { service: name }),
        dryRun,
      },
      text: (answer) => {
        const what = `Pod ${answer.namespace}/${answer.pod}${answer.service === undefined ? '' : ' and its Service'}`
        const done = answer.dryRun
          ? 'could be made. Nothing was changed (dryRun).'
          : 'is made; pods_get tells its state.'
        return `${what} in cluster ${answer.cluster} ${done}`
      },
    }
  },
})
