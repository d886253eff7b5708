import { html } from 'hono/html'
import type { Report } from '../../artifacts/report.ts'
import type { Verdict } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { cites, command, effect, objectName, quotes, section } from './marks.ts'

const states = { leading: 'Leading', open: 'Open', rejected: 'Rejected' } as const

/** What was seen and what was concluded, side by side and never mixed. */
export const claims = ({ facts, inferences, rootCauses }: Verdict): Html => html`
${section('facts', 'Facts', facts, (list) => html`<p class="soft">What is quoted stands in what the cluster answered, word for word.</p><ol class="claims">${list.map((one) => html`<li>${one.by === undefined ? '' : 'In the model’s words: '}${one.text}${quotes(one.evidence, one.text)}</li>`)}</ol>`)}
${section('inferences', 'Inferences', inferences, (list) => html`<p class="soft">Concluded, not seen.</p><ol class="claims">${list.map((one) => html`<li>${one.text}${cites(one.evidence)}</li>`)}</ol>`)}
${section('confidence', 'Why this cause', rootCauses, (list) => html`${list.map((one) => html`<h3>${objectName(one)}: ${one.class}</h3><p>${one.mechanism}${cites(one.evidence)}</p>${one.confidenceReasons.length === 0 ? '' : html`<p>Confidence ${one.confidence}, because:</p><ul>${one.confidenceReasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}`)}`)}`

export const hypotheses = ({ hypotheses: all }: Verdict): Html | '' =>
  section(
    'hypotheses',
    'Hypotheses',
    (['leading', 'open', 'rejected'] as const).flatMap((state) => all.filter((one) => one.state === state)),
    (list) =>
      html`${list.map(
        (
          one,
        ) => html`<article class="hypothesis ${one.state}"><h3><span class="badge">${states[one.state]}</span> ${one.text}</h3>
<p>${one.why}</p>
<dl class="facts"><div><dt>For</dt><dd>${one.for.length === 0 ? 'nothing seen' : quotes(one.for)}</dd></div><div><dt>Against</dt><dd>${one.against.length === 0 ? 'nothing seen' : quotes(one.against)}</dd></div></dl>
<p class="soft">${one.falsification}</p></article>`,
      )}`,
  )

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

export const remedies = ({ remedies: all, prevention }: Verdict): Html => html`
${section(
  'remedies',
  'What to do',
  all,
  (list) =>
    html`${list.map(
      (
        one,
        index,
      ) => html`<article class="remedy ${one.changesState ? 'changing' : ''}"><h3>${index + 1}. ${one.title} ${effect(one)}</h3>
${one.command === undefined ? '' : command(one.command)}
<dl class="facts"><div><dt>Risk</dt><dd>${one.risk}</dd></div><div><dt>Roll back</dt><dd>${one.rollback}</dd></div><div><dt>Verify</dt><dd>${one.verify}</dd></div></dl></article>`,
    )}`,
)}
${section('prevention', 'So that it does not come again', prevention, (list) => html`<ul>${list.map((one) => html`<li>${one}</li>`)}</ul>`)}`

/** Squares are countable up to here; beyond, the sentence says it. */
const MOST_SQUARES = 30

export function impact({ impact: { summary, desired, ready, affected } }: Verdict): Html {
  const drawn = desired !== undefined && ready !== undefined && desired > 0 && desired <= MOST_SQUARES
  return html`<section id="impact"><h2>Blast radius</h2><p>${summary}</p>
${drawn ? html`<svg class="replicas" role="img" aria-label="${ready} of ${desired} replicas are ready" width="${desired * 22}" height="20">${Array.from({ length: desired }, (_, index) => html`<rect class="${index < ready ? 'up' : 'down'}" x="${index * 22 + 1}" y="1" width="18" height="18" rx="3"/>`)}</svg><p class="soft">${ready} of ${desired} ready</p>` : ''}
${affected.length === 0 ? '' : html`<ul class="objects">${affected.map((one) => html`<li>${objectName(one)}</li>`)}</ul>`}</section>`
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
export function notes({ notes: all, dropped, injectionFlags }: Report): Html | '' {
  if (all.length + dropped.length + injectionFlags.length === 0) return ''
  return html`<section id="notes" class="notes"><h2>What to know about this report</h2><ul>
${injectionFlags.map((one) => html`<li><strong>Possible manipulation:</strong> ${one}</li>`)}
${all.map((one) => html`<li>${one}</li>`)}
${dropped.map((one) => html`<li>Removed by the evidence check: ${one}</li>`)}
</ul></section>`
}
