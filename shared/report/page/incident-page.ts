import { html } from 'hono/html'
import type { Citation, EvidenceEntry } from '../../artifacts/evidence.ts'
import type { Outcome, Report } from '../../artifacts/report.ts'
import type { Blamed, Remedy, Verdict } from '../../artifacts/verdict.ts'
import { type Html, htmlDocument } from './document.ts'

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  cause: 'Cause found',
  likely: 'Likely cause',
  inconclusive: 'Inconclusive',
  none: 'No fault found',
  'evidence-only': 'Evidence only',
}

/** The page of one incident, from its report alone. */
export const incidentPage = (report: Report): Promise<string> =>
  htmlDocument(
    `${report.incident.owner.kind} ${report.incident.owner.name}: ${outcomeWords[report.outcome]}`,
    html`<main>${card(report)}${notes(report)}${report.verdict === undefined ? '' : findings(report.verdict)}${evidence(report.evidence)}${foot(report)}</main>`,
  )

function card({ incident, outcome, headline, verdict }: Report): Html {
  const cause = verdict?.rootCauses[0]
  const next = verdict?.remedies[0]
  return html`<section class="card ${incident.severity}">
<p><span class="badge severity">${incident.severity}</span><span class="badge">${outcomeWords[outcome]}</span></p>
<h1>${headline}</h1>
${verdict?.rootCauses.map((one) => html`<p><strong>Root cause:</strong> ${objectName(one)}, ${one.class}. ${one.summary} <span class="soft">(${one.confidence} confidence)</span></p>`)}
${cause === undefined ? html`<p><strong>Root cause:</strong> not established.</p>` : ''}
${next === undefined ? '' : html`<p><strong>Next step:</strong> ${next.title} ${effect(next)}</p>${next.command === undefined ? '' : html`<pre tabindex="0">${next.command}</pre>`}`}
<dl>
<dt>Cluster</dt><dd>${incident.cluster}${incident.environment === '' ? '' : ` (${incident.environment})`}</dd>
<dt>Namespace</dt><dd>${incident.namespace === '' ? '(cluster-scoped)' : incident.namespace}</dd>
<dt>Object</dt><dd>${incident.owner.kind} ${incident.owner.name}</dd>
<dt>Fault</dt><dd>${incident.faultType}</dd>
<dt>Seen</dt><dd>${incident.occurrences} ${incident.occurrences === 1 ? 'time' : 'times'}, first ${time(incident.firstSeen)}, last ${time(incident.lastSeen)}</dd>
</dl>
</section>`
}

const notes = (report: Report): Html | '' =>
  report.notes.length + report.dropped.length + report.injectionFlags.length === 0
    ? ''
    : html`<section><h2>What to know about this report</h2><ul>
${[...report.injectionFlags, ...report.notes].map((note) => html`<li>${note}</li>`)}
${report.dropped.map((sentence) => html`<li>Removed by the evidence check: ${sentence}</li>`)}
</ul></section>`

function findings(verdict: Verdict): Html {
  return html`
${section('From cause to symptom', verdict.chain, (list) => html`<ol class="chain">${list.map((one) => html`<li><strong>${objectName(one)}</strong> ${one.mechanism}</li>`)}</ol>`)}
${section('Timeline', verdict.timeline, (list) => html`<ol class="timeline">${list.map((one) => html`<li>${time(one.at)}<span class="badge">${one.kind}</span>${one.text} ${cites(one.evidence)}</li>`)}</ol>`)}
${section('Facts', verdict.facts, (list) => html`<ul>${list.map((one) => html`<li>${one.text} ${cites(one.evidence)}</li>`)}</ul>`)}
${section('Inferences', verdict.inferences, (list) => html`<ul>${list.map((one) => html`<li>${one.text} ${cites(one.evidence)}</li>`)}</ul>`)}
${section('Hypotheses', verdict.hypotheses, (list) => html`${list.map((one) => html`<details><summary>${one.state}: ${one.text}</summary><p>${one.why}</p><p>Check: ${one.falsification}</p><p>For ${cites(one.for)} · Against ${cites(one.against)}</p></details>`)}`)}
${section('Remedies', verdict.remedies, (list) => html`${list.map((one) => html`<h3>${one.title} ${effect(one)}</h3>${one.command === undefined ? '' : html`<pre tabindex="0">${one.command}</pre>`}<dl><dt>Risk</dt><dd>${one.risk}</dd><dt>Roll back</dt><dd>${one.rollback}</dd><dt>Verify</dt><dd>${one.verify}</dd></dl>`)}`)}
<section><h2>Blast radius</h2><p>${verdict.impact.summary}</p>${verdict.impact.affected.length === 0 ? '' : html`<ul>${verdict.impact.affected.map((one) => html`<li>${objectName(one)}</li>`)}</ul>`}</section>
${section('What could not be seen', verdict.gaps, (list) => html`<ul>${list.map((one) => html`<li>${one.what}: ${one.why} To settle it: ${one.wouldSettle}</li>`)}</ul>`)}`
}

const evidence = (entries: readonly EvidenceEntry[]): Html | '' =>
  section(
    'Evidence',
    entries,
    (list) =>
      html`${list.map((one) => html`<details id="${one.id}"><summary>${one.id}: ${one.tool} <code>${JSON.stringify(one.arguments)}</code> in ${one.cluster}, ${time(one.at)}, status ${String(one.status)}${one.truncated ? ', cut' : ''}</summary><p class="soft">sha-256 ${one.sha256}, ${String(one.bytes)} bytes</p><pre tabindex="0">${shown(one)}</pre></details>`)}`,
  )

function foot(report: Report): Html {
  const { usage } = report
  return html`<section><h2>How this was made</h2><dl>
${report.phases.map((phase) => html`<dt>${phase.name}</dt><dd>${phase.seconds.toFixed(1)} s</dd>`)}
${usage === undefined ? '' : html`<dt>Reads of the cluster</dt><dd>${String(usage.apiCalls)}</dd><dt>Model</dt><dd>${usage.model === '' ? 'none: rules only' : usage.model}</dd>${usage.model === '' ? '' : html`<dt>Tokens</dt><dd>${String(usage.inputTokens)} in, ${String(usage.outputTokens)} out, ${usage.costUsd === undefined ? 'price unknown' : `$${usage.costUsd.toFixed(4)}`}</dd>`}`}
<dt>Redacted</dt><dd>${
    Object.entries(report.redactions)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ') || 'nothing'
  }</dd>
${report.permissions === undefined ? '' : html`<dt>Permissions</dt><dd>${report.permissions.warnings.join('; ') || 'as needed, read-only'}</dd>`}
<dt>Artifacts</dt><dd>${report.artifacts.join(', ')}</dd>
<dt>Incident</dt><dd><code>${report.incident.incidentId}</code></dd>
</dl><p class="soft">Everything above that came from the cluster is data, shown as it was read.</p></section>`
}

const section = <T>(title: string, list: readonly T[], body: (list: readonly T[]) => Html): Html | '' =>
  list.length === 0 ? '' : html`<section><h2>${title}</h2>${body(list)}</section>`
const objectName = (one: Blamed): string => [one.kind, one.namespace, one.name].filter((part) => part !== '').join('/')
const time = (iso: string): Html =>
  html`<time datetime="${iso}">${iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>`
const cites = (list: readonly Citation[]): Html =>
  html`${list.map((one) => html`<a href="#${one.id}" title="${one.quote}">[${one.id}]</a>`)}`
const effect = (one: Remedy): Html =>
  one.changesState
    ? html`<strong class="changes">CHANGES STATE</strong>`
    : html`<strong class="reads">read-only</strong>`
/** The page stays light: the whole output is in evidence.jsonl. */
const shown = (one: EvidenceEntry): string =>
  one.output.length <= 4_000
    ? one.output
    : `${one.output.slice(0, 4_000)}\n… ${one.output.length - 4_000} characters more in evidence.jsonl`
