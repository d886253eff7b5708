import { z } from 'zod'
import { defineTool, reads } from '../server/define-tool.ts'
import { discoveryOf, seenAnswer, seenOutput, seenText } from '../sources/discovery-tool.ts'

/** nsk asks a Rancher for hundreds of clusters: a model that asks in a loop must not do so each time. */
const RECENT_MS = 5 * 60_000

export const nskRefresh = defineTool({
  name: 'nsk_refresh',
  toolset: 'nsk',
  title: 'NSK: Refresh',
  description:
    'Use when clusters that nsk knows are missing here. Asks nsk for its list anew, unless it was asked in the last five minutes. Changes no cluster.',
  input: { force: z.boolean().default(false).describe('Also when it was asked a moment ago') },
  output: { ...seenOutput, asked: z.boolean().describe('False: the list was recent enough') },
  effects: reads,
  run: async ({ force }, { targets, now }) => {
    const source = discoveryOf(targets, 'nsk')
    const last = source.discovery.refreshed()?.getTime() ?? 0
    const asked = force || source.problems().length > 0 || now().getTime() - last > RECENT_MS
    if (asked) await source.refresh(true)
    return {
      structured: { ...seenAnswer(source), asked },
      text: (reported) =>
        `${seenText('Clusters', reported)}${reported.asked ? '' : '\n\nNot asked again: the list is less than five minutes old (force: true asks all the same).'}`,
    }
  },
})
