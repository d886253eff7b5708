import type { Severity } from '../../../faults/fault.ts'
import { cut, isOver, type Notice, type Notifier } from '../../notice.ts'
import type { Channel } from '../opening.ts'
import { linksIn, partsOf } from '../parts.ts'
import type { PostDeps } from '../post.ts'
import { postedChannel } from '../posted-channel.ts'
import { teamsAnswers } from './teams-answers.ts'

/** Teams takes four a second for a moment and far fewer in the long run. */
const PACE = { gapMs: 1_000, burst: 4 }

/** Posts an Adaptive Card to a workflow's webhook ("When a Teams webhook request is received"). */
export const teamsWorkflow = (address: string, deps: PostDeps): Notifier =>
  postedChannel({ answers: teamsAnswers, address, pace: PACE, deps, messageOf: teamsMessage })

const styles: Readonly<Record<Severity, string>> = { critical: 'attention', warning: 'warning', info: 'accent' }

/**
 * Text from outside stands in text runs, which know no Markdown: a TextBlock would make links of it. Version 1.4 is what
 * Teams shows on phones too; a message may have 28 KB.
 */
export function teamsMessage(notice: Notice) {
  const over = isOver(notice)
  const { title, facts, paragraphs } = partsOf(notice)
  const links = linksIn(notice)
  const mention = notice.kind === 'incident' ? notice.mention : undefined
  // Only a TextBlock can hold one; it holds nothing but what the configuration says.
  const mentioned = mention === undefined ? [] : [`<at>${mention}</at>`]
  const entities =
    mention === undefined
      ? {}
      : { entities: [{ type: 'mention', text: `<at>${mention}</at>`, mentioned: { id: mention, name: mention } }] }
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: cut(title, 500),
          msteams: { width: 'Full', ...entities },
          body: [
            {
              type: 'Container',
              style: over ? 'good' : styles[notice.severity],
              bleed: true,
              items: [lines([{ text: cut(title, 200), weight: 'Bolder', size: 'Large' }])],
            },
            ...mentioned.map((text) => ({ type: 'TextBlock', spacing: 'Small', text })),
            ...facts.map(([label, value]) =>
              lines([{ text: `${label}: `, weight: 'Bolder' }, { text: cut(value, 400) }]),
            ),
            ...paragraphs.map((text) => lines([{ text: cut(text, 1_200) }])),
          ],
          actions: links.map((link) => ({ type: 'Action.OpenUrl', ...link })),
        },
      },
    ],
  }
}

type Run = { readonly text: string; readonly weight?: 'Bolder'; readonly size?: 'Large' }
const lines = (runs: readonly Run[]) => ({
  type: 'RichTextBlock',
  spacing: 'Small',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
})

export const teams: Channel = {
  open: async (reference, { address, deps }) => teamsWorkflow(await address(reference), deps),
  answers: [teamsAnswers],
}
