import { defineTool, reads } from '../server/define-tool.ts'
import { discoveryOf, statusAnswer, statusOutput, statusText } from '../sources/discovery-tool.ts'

export const nskStatus = defineTool({
  name: 'nsk_status',
  toolset: 'nsk',
  title: 'NSK: Status',
  description:
    'Use when nsk’s clusters are missing or refuse you: says whether nsk answers, with what profile, and when it was last asked.',
  input: {},
  output: statusOutput,
  effects: reads,
  run: async (_, { targets, signal }) => ({
    structured: await statusAnswer(discoveryOf(targets, 'nsk'), signal),
    text: (reported) => statusText('nsk', reported),
  }),
})
