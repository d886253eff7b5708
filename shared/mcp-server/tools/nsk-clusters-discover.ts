import { z } from 'zod'
import { defineTool, reads } from '../server/define-tool.ts'
import { MAX_PATTERN } from '../server/server-config.ts'
import { clusterFilter } from '../sources/discovery-source.ts'
import { discoveryOf, seenAnswer, seenOutput, seenText } from '../sources/discovery-tool.ts'

export const nskClustersDiscover = defineTool({
  name: 'nsk_clusters_discover',
  toolset: 'nsk',
  title: 'NSK: Discover Clusters',
  description:
    'Use when you look for clusters by a pattern of their names, also new ones: asks nsk for its list anew. Those that this server’s own filters leave out are told, and stay out.',
  input: {
    pattern: z
      .string()
      .min(1)
      .max(MAX_PATTERN)
      .optional()
      .describe('RE2 regular expression, found anywhere in the name'),
  },
  output: seenOutput,
  effects: reads,
  run: async ({ pattern }, { targets }) => {
    const fits = clusterFilter(pattern)
    const source = discoveryOf(targets, 'nsk')
    await source.refresh(true)
    return {
      structured: seenAnswer(source, ({ name }) => fits(name)),
      text: (reported) => seenText('Clusters', reported),
    }
  },
})
