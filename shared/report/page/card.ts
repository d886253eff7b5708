import { html } from 'hono/html'
import type { Citation } from '../../artifacts/evidence.ts'
import { firstStep } from '../../artifacts/first-step.ts'
import { dayAndMinute, type Glance, glance } from '../../artifacts/glance.ts'
import { certainty } from '../../artifacts/outcome-words.ts'
import type { Report } from '../../artifacts/report.ts'
import type { RootCause } from '../../artifacts/verdict.ts'
import { ASKED } from '../../incident/asked.ts'
import { checkCommands } from './check-commands.ts'
import type { Html } from './document.ts'
import { beside, cites, command, effect, objectName, severityBadge } from './marks.ts'
import { between, duration } from './times.ts'

/** Proof for one look; the others are behind it. */
const MOST_QUOTES = 2
const QUOTE = 160

/** What a reader needs in the first ten seconds: how bad, since when, what, why, how sure that is, what to do now. */
export function card(report: Report): Html {
  const { incident, verdict, injectionFlags } = report
  const { severity, owner, cluster, environment, occurrences } = incident
  const seen = glance(incident, report)
  const causes = verdict?.rootCauses ?? []
  const [cause, ...more] = causes
  const isContested = report.outcome === 'contested'
  const place = [
    `${cluster}${environment === '' ? '' : ` (${environment})`}`,
    ...(incident.namespace === '' ? [] : [incident.namespace]),
    `${owner.kind} ${owner.name}`,
  ]
  return html`<section class="card ${severity}" id="top">
<p class="harm">${severityBadge(severity)}${harm(report, seen)} · ${certainty(report)}${quiet(incident)}</p>
<h1>${seen.effect}</h1>
<p class="because">${because(report, seen)}</p>
${
  isContested
    ? contested(causes)
    : html`${cause === undefined || seen.whole ? '' : html`<p class="soft">${cause.summary}</p>`}
${more.map((one) => html`<p><strong>And ${objectName(one)}:</strong> ${one.summary}</p>`)}`
}
<p class="where">${place.map((part, at) => html`${at === 0 ? '' : html` <span aria-hidden="true">›</span> `}${at === 0 ? html`<strong>${part}</strong>` : part}`)} ${verdict?.impact.owner === undefined ? '' : html`<span class="soft">· owner</span> ${verdict.impact.owner} `}<span class="soft">· seen ${occurrences === 1 ? 'once' : `${occurrences} times`}</span></p>
${injectionFlags.length === 0 ? '' : html`<p class="alarm"><strong>Careful:</strong> text in this cluster tries to steer whoever reads it. <a href="#notes">See the notes.</a></p>`}
${verdict?.tellApart === undefined ? '' : html`<p><strong>What would tell them apart:</strong> ${verdict.tellApart}</p>`}
${toDo(report)}
${isContested ? causes.map(proofOfOne) : proof(cause?.evidence ?? [], 'Seen', MOST_QUOTES)}</section>`
}

/** Each in full, and whose it is: the line above says only that they differ. */
const contested = (causes: readonly RootCause[]): Html =>
  html`${causes.map((one, at) => html`<p><strong>${at === 0 ? 'Either' : 'Or'} ${objectName(one)}</strong>${one.by === undefined ? '' : html` <span class="soft">(${one.by === 'rules' ? 'the rules' : 'the model'})</span>`}<strong>:</strong> ${one.summary}</p>`)}`

/** Whether people hear of it now, and whether somebody is at it. */
const quiet = ({ muted, acknowledged }: Report['incident']): Html =>
  html`${
    muted === undefined ? '' : html` · <strong>muted until ${dayAndMinute(muted.until)}</strong>: ${muted.reason}`
  }${acknowledged === undefined ? '' : html` · <strong>acknowledged${acknowledged.by === '' ? '' : ` by ${acknowledged.by}`}</strong>`}`

/** What the heading has not counted, since when, and whether it is over. */
function harm({ incident, generatedAt }: Report, { harm: counted, isCounted, since }: Glance): Html {
  const words = counted === undefined || isCounted ? '' : html`<strong>${counted}</strong> · `
  const end = incident.steps.findLast(({ state }) => state === 'resolved')?.at
  const over = incident.status === 'resolved' && end !== undefined
  const lasted = between(since, over ? end : generatedAt)
  const long = lasted < 1_000 ? '' : over ? `, lasted ${duration(lasted)}` : `, for ${duration(lasted)} at the report`
  return html`${words}${over ? html`<strong class="over">over</strong> · ` : ''}since <time datetime="${since}">${dayAndMinute(since)}</time>${long}`
}

function because({ incident, verdict, notes }: Report, seen: Glance): string {
  if (verdict?.outcome === 'none' && incident.faultType === ASKED)
    return verdict.impact.gone === true ? 'Are its kind, namespace and name right?' : 'Nothing wrong was found'
  if (verdict?.outcome === 'none') return 'Nothing is wrong with it any more'
  if (verdict !== undefined) return seen.because
  return `Not investigated: ${notes[0] ?? 'no agent could look at it.'}`
}

function toDo(report: Report): Html | '' {
  const { incident, verdict } = report
  if (verdict?.outcome === 'none') return ''
  const step = firstStep(verdict)
  if (step !== undefined)
    return html`<h2 class="label">Do ${effect(step)}</h2><p>${step.title}</p>${step.command === undefined ? '' : command(step.command)}
${beside(step)}`
  const reads = checkCommands(incident)
  return reads.length === 0
    ? ''
    : html`<h2 class="label">Look at first ${effect({ changesState: false })}</h2>${reads.map((one) => command(one))}`
}

/** Of contested causes each has its own, so that nobody has to guess what speaks for which. */
const proofOfOne = (cause: RootCause): Html | '' => proof(cause.evidence, `Seen for ${objectName(cause)}`, 1)

/** The words that a cause rests on, of different answers where there are several. */
function proof(evidence: readonly Citation[], title: string, most: number): Html | '' {
  const said = evidence.filter(({ absent }) => absent !== true)
  const others = said.filter(({ id }, at) => said.findIndex((one) => one.id === id) === at)
  const shown = [...others, ...said.filter((one) => !others.includes(one))].slice(0, most)
  return shown.length === 0
    ? ''
    : html`<h2 class="label">${title}</h2>${shown.map(({ id, quote }) => html`<p class="proof"><q>${quote.length > QUOTE ? `${quote.slice(0, QUOTE)}…` : quote}</q>${cites([{ id, quote }])}</p>`)}`
}
