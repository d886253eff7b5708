import { html, raw } from 'hono/html'
import { outcomeMeanings, outcomeWords } from '../../artifacts/outcome-words.ts'
import type { Report } from '../../artifacts/report.ts'
import type { RootCause } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { command, effect, objectName, severityBadge } from './marks.ts'
import { between, duration, moment } from './times.ts'

const by = {
  rules: ', say the rules',
  model: ', says the model; no rule confirms it',
  both: ', rules and model agree',
} as const
const causeBy = (one: RootCause): string => (one.by === undefined ? '' : by[one.by])

/** Whether people hear of it now, and whether somebody is at it. */
const quiet = ({ muted, acknowledged }: Report['incident']): Html =>
  html`${
    muted === undefined ? '' : html` <span class="badge">muted until ${moment(muted.until)}: ${muted.reason}</span>`
  }${acknowledged === undefined ? '' : html` <span class="badge">acknowledged${acknowledged.by === '' ? '' : ` by ${acknowledged.by}`}</span>`}`

/** What a reader needs in the first ten seconds: what is broken, since when, why, how sure that is, what to do now. */
export function card({ incident, outcome, headline, verdict, generatedAt, injectionFlags }: Report): Html {
  const causes = verdict?.rootCauses ?? []
  const next = verdict?.remedies[0]
  const symptoms = (verdict?.timeline ?? []).filter(({ kind }) => kind === 'symptom').map(({ at }) => at)
  // The cluster remembers symptoms from before the fault was heard.
  const since = [incident.firstSeen, ...symptoms].toSorted((a, b) => between(b, a))[0] ?? incident.firstSeen
  const scope = incident.namespace === '' ? 'cluster-scoped' : incident.namespace
  return html`<section class="card ${incident.severity}" id="top">
<p class="badges">${severityBadge(incident.severity, incident.harm)}<span class="badge outcome ${outcome}">${outcomeWords[outcome]}</span><span class="badge">${incident.status}</span>${quiet(incident)}</p>
<h1${headline.length > 140 ? raw(' class="long"') : ''}>${headline}</h1>
<p class="where"><strong>${incident.cluster}</strong>${incident.environment === '' ? '' : html` (${incident.environment})`} <span aria-hidden="true">›</span> ${scope} <span aria-hidden="true">›</span> ${incident.owner.kind} <strong>${incident.owner.name}</strong></p>
<dl class="facts">
<div><dt>Fault</dt><dd>${incident.faultType}</dd></div>
<div><dt>Since</dt><dd>${moment(since)}</dd></div>
<div><dt>Seen</dt><dd>${incident.occurrences} ${incident.occurrences === 1 ? 'time' : 'times'}${between(incident.firstSeen, incident.lastSeen) >= 1000 ? `, for ${duration(between(incident.firstSeen, incident.lastSeen))}` : ''}</dd></div>
<div><dt>Reported</dt><dd>${duration(between(incident.firstSeen, generatedAt))} after it was heard</dd></div>
</dl>
${injectionFlags.length === 0 ? '' : html`<p class="alarm"><strong>Careful:</strong> text in this cluster tries to steer whoever reads it. <a href="#notes">See the notes.</a></p>`}
<h2 class="label">Root cause</h2>
${causes.map((one) => html`<p class="cause"><span class="badge">${one.class}</span> <strong>${objectName(one)}</strong><br>${headline.includes(one.summary) ? '' : `${one.summary} `}<span class="soft">Confidence: ${one.confidence}${causeBy(one)}.</span></p>`)}
${verdict?.tellApart === undefined ? '' : html`<p><strong>What would tell them apart:</strong> ${verdict.tellApart}</p>`}
${causes.length === 0 ? html`<p class="cause">Not established.</p>` : ''}
<p class="soft">${outcomeMeanings[outcome]}</p>
${next === undefined ? '' : html`<h2 class="label">Next step ${effect(next)}</h2><p>${next.title}</p>${next.command === undefined ? '' : command(next.command)}`}
</section>`
}
