import { z } from 'zod'
import { defineTool, reads } from '../server/define-tool.ts'

export const configurationContextsList = defineTool({
  name: 'configuration_contexts_list',
  toolset: 'config',
  listed: false,
  title: 'Configuration: Contexts List',
  description: 'Use when you need all context names and their server addresses. The same clusters as clusters_list.',
  input: {},
  output: { contexts: z.array(z.object({ name: z.string(), server: z.string() })) },
  effects: { ...reads, openWorldHint: false },
  run: async (_, { targets }) => ({
    structured: { contexts: targets.list().map(({ name, server }) => ({ name, server })) },
    text: ({ contexts }) =>
      `# Contexts (${contexts.length}); each call names its own, none is the current one\n\n${contexts
        .map(({ name, server }) => `${name} -> ${server}`)
        .join('\n')}`,
  }),
})
