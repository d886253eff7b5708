import { z } from 'zod'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const MAX_BYTES = 20_000

export const apiResources = defineTool({
  name: 'api_resources',
  title: 'API: Resources',
  description: 'Use when you need which kinds a cluster serves, custom ones too, and how they are called.',
  input: {
    ...clusterArguments,
    match: z.string().max(100).optional().describe('Only those that hold this'),
  },
  output: {
    cluster: z.string(),
    kinds: z.array(z.object({ apiVersion: z.string(), kind: z.string(), plural: z.string(), namespaced: z.boolean() })),
    total: z.int(),
    unread: z.array(z.string()).describe('Groups that could not be read: what they serve is unknown'),
    complete: z.boolean(),
  },
  effects: reads,
  run: async ({ match = '', ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const requested = match.toLowerCase()
    const all = (await api.kinds(call.signal))
      .filter(({ apiVersion, kind, plural }) => `${apiVersion} ${kind} ${plural}`.toLowerCase().includes(requested))
      .map(({ apiVersion, kind, plural, namespaced }) => ({ apiVersion, kind, plural, namespaced }))
    const kinds = withinBytes(all, MAX_BYTES)
    const unread = [...((await api.unreadGroups?.()) ?? [])].slice(0, 50)
    return {
      structured: {
        cluster: target.name,
        kinds,
        total: all.length,
        unread,
        complete: kinds.length === all.length && unread.length === 0,
      },
      text: (answer) =>
        [
          `# ${answer.kinds.length} of ${answer.total} kinds in cluster ${answer.cluster}`,
          ...(answer.unread.length === 0 ? [] : [`! Could not be read, so unknown: ${answer.unread.join(', ')}`]),
          ...answer.kinds.map(
            ({ apiVersion, kind, plural, namespaced }) =>
              `${apiVersion}  ${kind}  ${plural}${namespaced ? '' : '  (no namespace)'}`,
          ),
        ].join('\n'),
    }
  },
})
