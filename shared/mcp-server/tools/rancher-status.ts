import { defineTool, reads } from '../server/define-tool.ts'
import { discoveryOf, statusAnswer, statusOutput, statusText } from '../sources/discovery-tool.ts'

export const rancherStatus = defineTool({
  name: 'rancher_status',
  toolset: 'rancher',
  title: 'Rancher: Status',
  description:
    'Use when Rancher’s clusters are missing or refuse you: says whether Rancher answers, whose token is used, and when it runs out.',
  input: {},
  output: statusOutput,
  effects: reads,
  run: async (_, { targets, signal }) => ({
    structured: await statusAnswer(discoveryOf(targets, 'rancher'), signal),
    text: (reported) => statusText('Rancher', reported),
  }),
})
