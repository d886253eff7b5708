import { z } from 'zod'
import { errorText } from '../../runtime/errors.ts'
import { manifestObjects } from '../objects/manifest-objects.ts'
import { defineTool, destroys } from '../server/define-tool.ts'
import { failureText } from '../server/failure.ts'
import { clusterArguments, dryRunArgument, writerOf } from '../targets/cluster-argument.ts'

const Row = z.object({
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  status: z.enum(['applied', 'failed', 'not tried']),
  error: z.string().optional(),
})

export const resourcesCreateOrUpdate = defineTool({
  name: 'resources_create_or_update',
  toolset: 'writing',
  title: 'Resources: Create or Update',
  description:
    'Use when objects are to be created or changed, by server-side apply. The manifest is the whole wanted state: a field that this tool has set before and that is missing now is taken away. To change an object, get it with resources_get, change it, and apply the whole. Secrets come back from resources_get with pseudonyms: do not apply those.',
  input: {
    ...clusterArguments,
    resource: z
      .string()
      .min(1)
      .max(200_000)
      .describe('YAML or JSON of one object or of several documents, with apiVersion, kind, metadata and spec'),
    ...dryRunArgument,
  },
  output: {
    cluster: z.string(),
    dryRun: z.boolean().describe('True: it was only tried'),
    complete: z.boolean().describe('False: not all were applied'),
    results: z.array(Row),
  },
  effects: destroys,
  run: async ({ resource, dryRun, ...args }, call) => {
    const { target, write } = writerOf(call, args)
    // All of it is read, and held against the rails, before anything is sent: half a manifest is worse than none.
    const objects = manifestObjects(resource)
    const placed = await Promise.all(
      objects.map(async (object) => {
        const { namespaced } = await write.place(object, call.signal)
        return { object, namespace: namespaced ? (object.metadata.namespace ?? target.namespace) : undefined }
      }),
    )
    for (const { object, namespace } of placed) write.mayApply(object, namespace)
    const results: z.infer<typeof Row>[] = []
    let failure: unknown
    for (const { object, namespace } of placed) {
      const row = { kind: object.kind, ...(namespace === undefined ? {} : { namespace }), name: object.metadata.name }
      if (failure !== undefined) {
        results.push({ ...row, status: 'not tried' })
        continue
      }
      try {
        await write.apply(object, namespace, { dryRun, signal: call.signal })
        results.push({ ...row, status: 'applied' })
      } catch (error) {
        failure = error
        results.push({ ...row, status: 'failed', error: failureText(error, undefined) ?? errorText(error) })
      }
    }
    if (results[0]?.status === 'failed') throw failure
    return {
      structured: { cluster: target.name, dryRun, complete: failure === undefined, results },
      text: (answer) =>
        [
          `# ${answer.dryRun ? 'Tried, not changed (dryRun)' : 'Applied'} in cluster ${answer.cluster}`,
          ...(answer.complete ? [] : ['Not complete: the objects before the one that failed stay as they are now.']),
          ...answer.results.map(
            ({ kind, namespace, name, status, error }) =>
              `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}: ${status}${error === undefined ? '' : `. ${error}`}`,
          ),
        ].join('\n'),
    }
  },
})
