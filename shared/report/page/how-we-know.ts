import { html } from 'hono/html'
import { outcomeMeanings } from '../../artifacts/outcome-words.ts'
import type { Report } from '../../artifacts/report.ts'
import type { RootCause, Verdict } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { cites, objectName, quotes } from './marks.ts'

const states = { leading: 'Leading', open: 'Open', rejected: 'Rejected' } as const
const by = { rules: 'the rules', model: 'the model', both: 'the rules and the model' } as const

/** What was seen and what was concluded, side by side and never mixed: for whoever doubts. Nothing that stands above. */
export function howWeKnow({ verdict, outcome }: Report): Html | '' {
  if (verdict === undefined) return ''
  const said = saidAbove(verdict)
  const facts = verdict.facts.filter((one) => !said.has(one.text) && !repeatsQuote(one, verdict.rootCauses))
  const inferences = verdict.inferences.filter(({ text }) => !said.has(text))
  const others = (['leading', 'open', 'rejected'] as const).flatMap((state) =>
    verdict.hypotheses.filter((one) => one.state === state && !isCause(one.text, verdict.rootCauses)),
  )
  return html`<section id="how"><h2>How we know</h2><details><summary>${[count(facts, 'fact'), count(inferences, 'inference'), count(others, 'other hypothesis', 'other hypotheses')].filter((one) => one !== '').join(', ') || 'Read more'}</summary>
<p class="soft">${outcomeMeanings[outcome]}</p>
${verdict.rootCauses.map(cause)}
${facts.length === 0 ? '' : html`<h3 id="facts">Facts</h3><p class="soft">Quotes stand in what the cluster answered, word for word.</p><ol class="claims">${facts.map((one) => html`<li>${one.by === undefined ? '' : 'In the model’s words: '}${one.text}${quotes(one.evidence, one.text)}</li>`)}</ol>`}
${inferences.length === 0 ? '' : html`<h3 id="inferences">Inferences</h3><p class="soft">Concluded, not seen.</p><ol class="claims">${inferences.map((one) => html`<li>${one.text}${cites(one.evidence)}</li>`)}</ol>`}
${others.length === 0 ? '' : html`<h3 id="hypotheses">Other hypotheses</h3>${others.map(hypothesis)}`}</details></section>`
}

const cause = (one: RootCause): Html =>
  html`<p><strong>${objectName(one)}: ${one.class}.</strong> ${one.confidenceReasons.length === 0 ? '' : html`Confidence ${one.confidence}${one.by === undefined ? '' : `, by ${by[one.by]}`}, because ${one.confidenceReasons.join('; ')}.`}${cites(one.evidence)}</p>`

const hypothesis = (one: Verdict['hypotheses'][number]): Html =>
  html`<article class="hypothesis ${one.state}"><h4><span class="badge">${states[one.state]}</span> ${one.text}</h4><p>${one.why}</p>
${one.for.length === 0 ? '' : html`<p>For: ${quotes(one.for)}</p>`}${one.against.length === 0 ? '' : html`<p>Against: ${quotes(one.against)}</p>`}<p class="soft">${one.falsification}</p></article>`

/** Sentences that card, chain, timeline and impact have said. */
const saidAbove = ({ rootCauses, chain, timeline, impact }: Verdict): ReadonlySet<string> =>
  new Set([
    ...rootCauses.map(({ summary }) => summary),
    ...chain.map(({ mechanism }) => mechanism),
    ...timeline.map(({ text }) => text),
    impact.summary,
  ])

/** A fact that is nothing but a quote that the cause rests on. */
const repeatsQuote = ({ text, evidence }: Verdict['facts'][number], causes: readonly RootCause[]): boolean =>
  evidence.every(
    ({ quote }) => text.endsWith(quote) && causes.some((one) => one.evidence.some((other) => other.quote === quote)),
  )

const isCause = (text: string, causes: readonly RootCause[]): boolean =>
  causes.some((one) => text === `${one.class}: ${one.summary}`)

const count = (list: readonly unknown[], one: string, more = `${one}s`): string =>
  list.length === 0 ? '' : `${list.length} ${list.length === 1 ? one : more}`
