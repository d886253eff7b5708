import { defineTool, reads } from '../server/define-tool.ts'
import { discoveryOf, seenAnswer, seenOutput, seenText } from '../sources/discovery-tool.ts'

export const rancherListClusters = defineTool({
  name: 'rancher_list_clusters',
  toolset: 'rancher',
  title: 'Rancher: List Clusters',
  description:
    'Use when you need all clusters that Rancher tells of, with ids and states, also those that are left out here and why.',
  input: {},
  output: seenOutput,
  effects: reads,
  run: async (_, { targets }) => ({
    structured: seenAnswer(discoveryOf(targets, 'rancher')),
    text: (reported) => seenText('Clusters', reported),
  }),
})
