import { html, raw } from 'hono/html'
import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'
import type { Html } from './document.ts'

/** No HTML of its own, no images, no links made out of bare words: an address is how text would leave the page. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable([
  'image',
  'link',
  'autolink',
])

/** Tags that prose needs and nothing that loads, styles, names or leads anywhere. */
const allowed = {
  allowedTags: [
    ...['h3', 'h4', 'h5', 'h6', 'p', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'em', 'strong', 's', 'hr', 'br'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { pre: ['tabindex'] },
  // No style attribute is let through, so none need be understood: its parser is not in the package.
  parseStyleAttributes: false,
  // The page has its own h1 and h2.
  transformTags: {
    h1: 'h3',
    h2: 'h4',
    h3: 'h5',
    h4: 'h6',
    pre: (_tag: string, _attributes: Record<string, string>) => ({ tagName: 'pre', attribs: { tabindex: '0' } }),
  },
} satisfies sanitizeHtml.IOptions

/** Longer prose than this is read in the file itself. */
const MOST_CHARACTERS = 60_000

/** What the agent wrote in its own words, folded: nothing in it was checked. */
export function investigation(text: string | undefined): Html | '' {
  if (text === undefined || text.trim() === '') return ''
  const cut = text.length > MOST_CHARACTERS
  const safe = sanitizeHtml(markdown.render(text.slice(0, MOST_CHARACTERS)), allowed)
  return html`<section id="investigation"><h2>The investigator's own words</h2><p class="soft">Not checked against the evidence.</p>
<details class="prose"><summary>Read the notes</summary><div>${raw(safe)}</div>${cut ? html`<p class="cut">✂ cut: the rest is in investigation.md</p>` : ''}</details></section>`
}
