import { z } from 'zod'

const Text = z.looseObject({ text: z.string() })
const Block = z.looseObject({
  type: z.string(),
  text: Text.optional(),
  fields: z.array(Text).optional(),
  elements: z.array(z.looseObject({ text: z.union([z.string(), Text]).optional() })).optional(),
})
const Message = z.looseObject({
  blocks: z.array(Block).optional(),
  attachments: z.array(z.looseObject({ blocks: z.array(Block).optional() })).optional(),
})

const dots: Readonly<Record<string, string>> = {
  '🔴': '#d92d20',
  '🟠': '#e8730c',
  '🟡': '#d9a600',
  '🟢': '#12905a',
  '🔵': '#1d6fd6',
  '⚪': '#9a9b9d',
}
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
/** Slack's own marks, as far as our messages use them; what comes is escaped for Slack already. */
const marked = (text: string): string =>
  escaped(text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>'))
    .replaceAll(/```([\s\S]*?)```/g, '<pre>$1</pre>')
    .replaceAll(/`([^`\n]+)`/g, '<code>$1</code>')
    .replaceAll(/\*([^*\n]+)\*/g, '<b>$1</b>')
    .replaceAll(/_([^_\n]+)_/g, '<i>$1</i>')
    // Not every machine has a font for them.
    .replaceAll(/🔴|🟠|🟡|🟢|🔵|⚪/gu, (dot) => `<span class="dot" style="background:${dots[dot]}"></span>`)
    .replaceAll('\n', '<br>')

function shown({ type, text, fields = [], elements = [] }: z.infer<typeof Block>): string {
  const words = (of: (typeof elements)[number]) => marked(typeof of.text === 'string' ? of.text : (of.text?.text ?? ''))
  if (type === 'actions')
    return `<p>${elements.map((one) => `<span class="button">${words(one)}</span>`).join(' ')}</p>`
  if (type === 'context') return `<p class="soft">${elements.map(words).join(' ')}</p>`
  if (type === 'divider') return '<hr>'
  const list = fields.map((field) => `<p>${marked(field.text)}</p>`).join('')
  return `${text === undefined ? '' : `<p${type === 'header' ? ' class="head"' : ''}>${marked(text.text)}</p>`}${list}`
}

/** A Slack message as its reader sees it, near enough for a picture: what it says is what was sent. */
export function messagePage(body: string): string {
  const { blocks = [], attachments = [] } = Message.parse(JSON.parse(body))
  const all = [...blocks, ...attachments.flatMap((one) => one.blocks ?? [])]
  return `<!doctype html><meta charset="utf-8"><style>
:root { color-scheme: light dark }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; padding: 14px 18px; width: 680px; box-sizing: border-box;
  background: light-dark(#fff, #1a1d21); color: light-dark(#1d1c1d, #d1d2d3) }
p { margin: 4px 0 } .head { font-weight: 800; font-size: 17px } .soft { color: light-dark(#616061, #9a9b9d); font-size: 13px }
code, pre { font: 13px/1.5 monospace; background: light-dark(#f4f4f4, #222529); border: 1px solid light-dark(#ddd, #35373b);
  border-radius: 4px; padding: 1px 4px; white-space: pre-wrap } pre { padding: 8px; margin: 4px 0 }
.button { border: 1px solid light-dark(#bbb, #565856); border-radius: 4px; padding: 3px 10px; font-weight: 600; font-size: 13px }
.dot { display: inline-block; width: .8em; height: .8em; border-radius: 50% } .who { font-weight: 800 } </style><p class="who">Nightcrier</p>${all.map(shown).join('\n')}`
}
