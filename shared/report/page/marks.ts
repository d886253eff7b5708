import { html } from 'hono/html'
import type { Citation } from '../../artifacts/evidence.ts'
import type { Culprit, Remedy } from '../../artifacts/verdict.ts'
import type { Severity } from '../../faults/fault.ts'
import type { Html } from './document.ts'

export const objectName = (one: Culprit): string =>
  [one.kind, one.namespace, one.name].filter((part) => part !== '').join('/')

/** Links to the evidence that a sentence rests on. */
export const cites = (list: readonly Citation[]): Html =>
  html`${[...new Set(list.map(({ id }) => id))].map((id) => html` <a class="cite" href="#${id}" aria-label="evidence ${id}">${id}</a>`)}`

/** The same with the words that were quoted, unless the sentence says them itself. */
export function quotes(list: readonly Citation[], sentence = ''): Html {
  const [said, more] = [
    list.filter(({ quote }) => sentence.includes(quote)),
    list.filter(({ quote }) => !sentence.includes(quote)),
  ]
  return html`${cites(said)}${more.map(({ id, quote, absent }) => html`<span class="quoted">${absent === true ? html`<code>${quote}</code> is not set` : html`<q>${quote.length > 220 ? `${quote.slice(0, 220)}…` : quote}</q>`}${cites([{ id, quote }])}</span>`)}`
}

/** Whether running a command changes the cluster: in words and colour, since it is what readers must not miss. */
export const effect = ({ changesState }: Pick<Remedy, 'changesState'>): Html =>
  changesState
    ? html`<strong class="effect changes">CHANGES STATE</strong>`
    : html`<strong class="effect reads">read-only</strong>`

const shapes: Readonly<Record<Severity, string>> = { critical: '▲', warning: '◆', info: '●' }
/** A shape of its own for each severity, so that colour is never the only sign. */
export const severityBadge = (severity: Severity, harm?: string): Html =>
  html`<span class="badge severity ${severity}"><span aria-hidden="true">${shapes[severity]}</span> ${severity}${harm === undefined ? '' : `: ${harm}`}</span>`

export const section = <T>(
  id: string,
  title: string,
  list: readonly T[],
  body: (list: readonly T[]) => Html,
): Html | '' => (list.length === 0 ? '' : html`<section id="${id}"><h2>${title}</h2>${body(list)}</section>`)

export const command = (text: string): Html => html`<pre class="command" tabindex="0"><code>${text}</code></pre>`

/** How to see that a step has worked, how to take it back, what it risks: what only looks needs none of it. */
export const beside = ({ changesState, verify, rollback, risk }: Remedy): Html | '' =>
  changesState
    ? html`<dl class="beside">${verify === '' ? '' : html`<dt>Check</dt><dd>${verify}</dd>`}${rollback === '' ? '' : html`<dt>Undo</dt><dd>${rollback}</dd>`}${risk === '' ? '' : html`<dt>Risk</dt><dd>${risk}</dd>`}</dl>`
    : ''
