import { html } from 'hono/html'
import { firstStep } from '../../artifacts/first-step.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Verdict } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { beside, cites, command, effect, objectName, section } from './marks.ts'

/** Who it may be, when no cause is certain. */
export const suspects = ({ suspects: all = [] }: Verdict): Html | '' =>
  section(
    'suspects',
    'Suspects',
    all,
    (list) =>
      html`<p class="soft">No cause is certain. The likeliest first.</p>${list.map(
        (one, index) => html`<article class="hypothesis open"><h3>${index + 1}. ${objectName(one)}: ${one.class}</h3>
<dl class="facts"><div><dt>For</dt><dd>${one.for.length === 0 ? 'nothing seen' : html`<ul>${one.for.map(({ text, evidence }) => html`<li>${text}${cites(evidence)}</li>`)}</ul>`}</dd></div><div><dt>Against</dt><dd>${one.against.length === 0 ? 'nothing seen' : html`<ul>${one.against.map(({ text, evidence }) => html`<li>${text}${cites(evidence)}</li>`)}</ul>`}</dd></div><div><dt>What would tell</dt><dd>${one.wouldTell}</dd></div></dl></article>`,
      )}`,
  )

/** What the card does not say: it has the first step. Where causes are contested, it is not known yet which of them helps. */
export function remedies(verdict: Verdict): Html {
  const { remedies: all, prevention, outcome } = verdict
  const first = firstStep(verdict)
  const others = all.filter((one) => one !== first)
  const title = outcome === 'contested' ? 'Steps, once it is known which cause it is' : 'Further steps'
  return html`
${section(
  'remedies',
  title,
  others,
  (list) =>
    html`${list.map(
      (
        one,
        index,
      ) => html`<article class="remedy ${one.changesState ? 'changing' : ''}"><h3>${index + (first === undefined ? 1 : 2)}. ${one.title} ${effect(one)}</h3>
${one.command === undefined ? '' : command(one.command)}
${beside(one)}</article>`,
    )}`,
)}
${section('prevention', 'Prevention', prevention, (list) => html`<ul>${list.map((one) => html`<li>${one}</li>`)}</ul>`)}`
}

/** Squares are countable up to here; beyond, the sentence says it. */
const MOST_SQUARES = 30

/** Who else is hit. That the object's own replicas are missing stands in the heading already. */
export function impact({ impact: { summary, desired, ready, affected } }: Verdict, { incident }: Report): Html | '' {
  const { kind, namespace = '', name } = incident.owner
  const own = objectName({ kind, namespace, name })
  const others = affected.filter((one) => objectName(one) !== own)
  if (others.length === 0 && desired !== undefined && ready !== undefined) return ''
  const drawn = desired !== undefined && ready !== undefined && desired > 0 && desired <= MOST_SQUARES
  return html`<section id="impact"><h2>Impact</h2>${drawn ? html`<svg class="replicas" role="img" aria-label="${ready} of ${desired} replicas are ready" width="${desired * 22}" height="20">${Array.from({ length: desired }, (_, index) => html`<rect class="${index < ready ? 'up' : 'down'}" x="${index * 22 + 1}" y="1" width="18" height="18" rx="3"/>`)}</svg>` : ''}<p>${summary}</p>
${others.length === 0 ? '' : html`<ul class="objects">${others.map((one) => html`<li>${objectName(one)}</li>`)}</ul>`}</section>`
}

export const gaps = ({ gaps: all }: Verdict): Html | '' =>
  section(
    'gaps',
    'What could not be seen',
    all,
    (list) =>
      html`<ul>${list.map((one) => html`<li>${one.by === undefined ? '' : 'The model says: '}<strong>${one.what}</strong>: ${one.why}${one.wouldSettle === '' ? '' : html`<br><span class="soft">To settle it:</span> ${one.wouldSettle}`}</li>`)}</ul>`,
  )

/** What a reader must know before believing the rest. */
export function notes({ notes: all, dropped, injectionFlags, verdict }: Report): Html | '' {
  // Without a verdict the card says the first.
  const reported = verdict === undefined ? all.slice(1) : all
  if (reported.length + dropped.length + injectionFlags.length === 0) return ''
  return html`<section id="notes" class="notes"><h2>What to know about this report</h2><ul>
${injectionFlags.map((one) => html`<li><strong>Possible manipulation:</strong> ${one}</li>`)}
${reported.map((one) => html`<li>${one}</li>`)}
${dropped.map((one) => html`<li>Removed by the evidence check: ${one}</li>`)}
</ul></section>`
}
