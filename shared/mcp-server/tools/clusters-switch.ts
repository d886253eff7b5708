import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { defineTool, reads } from '../server/define-tool.ts'

export const clustersSwitch = defineTool({
  name: 'clusters_switch',
  toolset: 'clusters',
  title: 'Clusters: Switch',
  description:
    'Use when you want to leave out `cluster` in your next calls. Sets the default of your own session only.',
  input: { cluster: z.string().min(1).max(253).describe('Name or alias') },
  output: {
    cluster: z.string(),
    before: z.string().optional(),
    scope: z.literal('this session'),
  },
  effects: { ...reads, openWorldHint: false },
  run: async ({ cluster }, { targets, chosen }) => {
    if (chosen === undefined) {
      throw new GiveUp(
        'This connection has no session, so there is nowhere to keep a default: name the cluster in each call.',
      )
    }
    const { name, problem } = targets.find(cluster)
    if (problem !== undefined) throw new GiveUp(`Cluster "${name}" cannot be used: ${problem}`)
    const before = chosen.name()
    chosen.choose(name)
    return {
      structured: { cluster: name, ...(before === undefined ? {} : { before }), scope: 'this session' as const },
      text: (answer) =>
        `Calls of this session that name no cluster now go to ${answer.cluster}. Other sessions are not touched.`,
    }
  },
})
