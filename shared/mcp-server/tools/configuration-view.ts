import { stringify } from 'yaml'
import { z } from 'zod'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, nameOf } from '../targets/cluster-argument.ts'

const Entry = z.object({ name: z.string(), server: z.string(), namespace: z.string() })
const MAX_BYTES = 12_000

export const configurationView = defineTool({
  name: 'configuration_view',
  toolset: 'config',
  listed: false,
  title: 'Configuration: View',
  description:
    'Use when you need the configuration as a kubeconfig would show it: contexts, servers and namespaces. Never shows credentials, and has no current context: each call names its own.',
  input: {
    ...clusterArguments,
    minified: z.boolean().default(true).describe('Only the cluster that is named, or that this session has chosen'),
  },
  output: { contexts: z.array(Entry), notShown: z.int(), complete: z.boolean() },
  effects: { ...reads, openWorldHint: false },
  run: async ({ minified, ...named }, { targets, chosen }) => {
    const one = nameOf(named) ?? (minified ? chosen?.name() : undefined)
    const all = (one === undefined ? targets.list() : [targets.find(one)]).map(({ name, server, namespace }) => ({
      name,
      server,
      namespace,
    }))
    const contexts = withinBytes(all, MAX_BYTES)
    const notShown = all.length - contexts.length
    return {
      structured: { contexts, notShown, complete: notShown === 0 },
      text: (answer) => {
        const config = {
          apiVersion: 'v1',
          kind: 'Config',
          clusters: answer.contexts.map(({ name, server }) => ({ name, cluster: { server } })),
          contexts: answer.contexts.map(({ name, namespace }) => ({
            name,
            context: { cluster: name, namespace, user: name },
          })),
          users: answer.contexts.map(({ name }) => ({ name, user: 'REDACTED' })),
        }
        const more = answer.notShown === 0 ? '' : `# and ${answer.notShown} more (clusters_list)\n`
        return `# Credentials are never shown\n${more}${stringify(config)}`
      },
    }
  },
})
