import { html } from 'hono/html'
import type { Citation } from '../../artifacts/evidence.ts'
import { withoutStamps } from '../../artifacts/glance.ts'
import { outcomeWords } from '../../artifacts/outcome-words.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Html } from './document.ts'
import { cites } from './marks.ts'
import { between, clockTime, duration, utc } from './times.ts'

const kinds = ['change', 'symptom', 'detection', 'step', 'verdict', 'resolution'] as const
type Kind = (typeof kinds)[number]
export type TimelineEntry = {
  readonly at: string
  readonly kind: Kind
  readonly text: string
  readonly evidence: readonly Citation[]
}

/** What the verdict tells of, and what we know ourselves: when the fault was heard and when the verdict was there. */
export function timelineOf({ verdict, incident, generatedAt, outcome }: Report): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [...(verdict?.timeline ?? [])]
  const add = (kind: Kind, at: string, text: string) => {
    if (!entries.some((one) => one.kind === kind)) entries.push({ kind, at, text, evidence: [] })
  }
  add('symptom', incident.firstSeen, `${incident.faultType} of ${incident.resource.kind} ${incident.resource.name}`)
  add('detection', incident.createdAt, `${incident.faultType} was heard`)
  if (incident.startedAt !== undefined) add('step', incident.startedAt, 'Investigation started')
  if (verdict !== undefined) add('verdict', generatedAt, outcomeWords[outcome])
  const end = incident.steps.findLast(({ state }) => state === 'resolved')
  if (end !== undefined) add('resolution', end.at, end.note === '' ? 'Over' : end.note)
  return entries.toSorted((a, b) => between(b.at, a.at) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
}

/** Drawn over the list that says the same in words; offsets count from the first symptom. */
export function timeline(report: Report): Html {
  const entries = timelineOf(report)
  const zero = entries.find(({ kind }) => kind === 'symptom')?.at ?? report.incident.firstSeen
  let day = ''
  const rows = entries.map((one) => {
    const before = day
    day = utc(one.at).slice(0, 10)
    return html`<li class="${one.kind}">${day === before ? '' : html`<span class="day">${day} (UTC)</span>`}<span class="when">${clockTime(one.at)}</span><span class="offset">${offset(zero, one.at)}</span><span class="badge">${one.kind}</span><span class="what">${withoutStamps(one.text)}${cites(one.evidence)}</span></li>`
  })
  return html`<section id="timeline"><h2>Timeline</h2>
${drawing(entries)}
<ol class="timeline">${rows}</ol></section>`
}

function offset(zero: string, at: string): string {
  const milliseconds = between(zero, at)
  if (Math.abs(milliseconds) < 500) return '±0'
  return `${milliseconds < 0 ? '−' : '+'}${duration(milliseconds)}`
}

const LANE = 26
/** Horizontal places are percentages, so that text keeps its size on a phone. */
const LEFT = 20
const WIDTH = 77

/** A lane for each kind of moment. Long waits are shortened (logarithm), or everything after them would be one dot. */
function drawing(entries: readonly TimelineEntry[]): Html | '' {
  if (entries.length < 2) return ''
  const lanes = kinds.filter((kind) => entries.some((one) => one.kind === kind))
  const places = spread(entries)
  const y = (kind: Kind) => lanes.indexOf(kind) * LANE + LANE / 2
  const bottom = lanes.length * LANE
  const first = entries[0]
  const last = entries.at(-1)
  if (first === undefined || last === undefined) return ''
  const words = `From ${first.kind} to ${last.kind} in ${duration(between(first.at, last.at))}; the list below says each step.`
  return html`<svg class="drawn" role="img" aria-label="${words}" width="100%" height="${bottom + 22}">
${lanes.map((kind) => html`<text class="lane" x="0" y="${y(kind) + 4}">${kind}</text><line class="rail" x1="${LEFT}%" x2="${LEFT + WIDTH}%" y1="${y(kind)}" y2="${y(kind)}"/>`)}
${entries.slice(1).map((one, index) => {
  const before = entries[index]
  return before === undefined
    ? ''
    : html`<line class="path" x1="${places[index]}%" y1="${y(before.kind)}" x2="${places[index + 1]}%" y2="${y(one.kind)}"/>`
})}
${entries.map((one, index) => html`<circle class="dot ${one.kind}" cx="${places[index]}%" cy="${y(one.kind)}" r="6"/>`)}
<text class="tick" x="${LEFT}%" y="${bottom + 15}">${utc(first.at).slice(11, 19)}</text>
<text class="tick end" x="${LEFT + WIDTH}%" y="${bottom + 15}">${utc(last.at).slice(11, 19)}</text>
<text class="tick middle" x="${LEFT + WIDTH / 2}%" y="${bottom + 15}">${duration(between(first.at, last.at))}</text>
</svg>`
}

function spread(entries: readonly TimelineEntry[]): readonly string[] {
  let sum = 0
  const sums = entries.map((one, index) => {
    const before = entries[index - 1]
    // Half a unit even for moments of the same second: no dot may hide another.
    if (before !== undefined) sum += 0.5 + Math.log1p(Math.max(0, between(before.at, one.at)) / 1000)
    return sum
  })
  return sums.map((at) => (LEFT + (sum === 0 ? 0 : at / sum) * WIDTH).toFixed(2))
}
