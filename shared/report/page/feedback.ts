import { html } from 'hono/html'
import { Answer } from '../../artifacts/feedback.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Html } from './document.ts'
import { moment } from './times.ts'

const words: Readonly<Record<Answer, string>> = { right: 'Right', partly: 'Partly right', wrong: 'Wrong' }

/** What people said of the report, and where to say it; `address` is unknown when the app does not know its own. */
export function feedback({ feedback: said = [] }: Report, address: string | undefined): Html | '' {
  if (said.length === 0 && address === undefined) return ''
  return html`<section id="feedback"><h2>Was this report right?</h2>
${address === undefined ? '' : html`<ul class="answers">${Answer.options.map((answer) => html`<li><a href="${address}?answer=${answer}">${words[answer]}</a></li>`)}</ul>`}
${said.length === 0 ? html`<p class="soft">Nobody has said yet.</p>` : html`<ul>${said.map((one) => html`<li><strong>${words[one.answer]}</strong>${one.by === '' ? '' : html`, says ${one.by}`}${one.cause === '' ? '' : html`; really: ${one.cause}`}${one.comment === '' ? '' : html`. ${one.comment}`} <span class="soft">${moment(one.at)}</span></li>`)}</ul>`}</section>`
}
