import { z } from 'zod'
import { defineTool, reads } from '../define-tool.ts'

export const clustersList = defineTool({
  name: 'clusters_list',
  toolset: 'clusters',
  title: 'Clusters: List',
  description:
    'Use when you need to know which clusters there are and by what names they go. Looks at the configuration only: it does not say whether a cluster answers.',
  input: { show_details: z.boolean().default(false).describe('Also server address, namespace and aliases') },
  output: {
    clusters: z.array(
      z.object({
        name: z.string(),
        aliases: z.array(z.string()).optional(),
        server: z.string().optional(),
        namespace: z.string().optional(),
        problem: z.string().optional(),
      }),
    ),
  },
  effects: { ...reads, openWorldHint: false },
  run: async ({ show_details }, { targets }) => ({
    structured: {
      clusters: targets.list().map(({ name, aliases, server, namespace, problem }) => ({
        name,
        ...(show_details ? { aliases: [...aliases], server, namespace } : {}),
        ...(problem === undefined ? {} : { problem }),
      })),
    },
    text: ({ clusters }) => {
      if (clusters.length === 0) return 'No clusters. Start the server with a kubeconfig.'
      const lines = clusters.map(({ name, aliases = [], server, namespace, problem }) => {
        const details = server === undefined ? '' : `  ${server}  namespace ${namespace}`
        const others = aliases.length === 0 ? '' : `  also called ${aliases.join(', ')}`
        return `${name}${details}${others}${problem === undefined ? '' : `  cannot be used: ${problem}`}`
      })
      return `# Clusters (${clusters.length})\n\n${lines.join('\n')}`
    },
  }),
})
