import { html } from 'hono/html'
import { outcomeWords } from '../../artifacts/outcome-words.ts'
import type { Report } from '../../artifacts/report.ts'
import { card } from './card.ts'
import { chain } from './chain.ts'
import { type Html, htmlDocument } from './document.ts'
import { evidence } from './evidence.ts'
import { feedback } from './feedback.ts'
import { claims, gaps, hypotheses, impact, notes, remedies, suspects } from './findings.ts'
import { foot } from './foot.ts'
import { investigation } from './investigation.ts'
import type { PageLinks } from './page-links.ts'
import { timeline } from './timeline.ts'

/** The page of one incident, from its report and the agent's prose alone. */
export function incidentPage(report: Report, prose?: string, links: PageLinks = {}): Promise<string> {
  const { incident, verdict, outcome } = report
  const findings =
    verdict === undefined
      ? ''
      : html`${chain(verdict.chain)}${suspects(verdict)}${remedies(verdict)}${impact(verdict)}${claims(verdict)}${hypotheses(verdict)}${gaps(verdict)}`
  return htmlDocument(
    `${incident.owner.kind} ${incident.owner.name} in ${incident.cluster}: ${outcomeWords[outcome]}`,
    html`<main>${card(report)}${contents(report, links)}${notes(report)}${timeline(report)}${findings}${evidence(report)}${investigation(prose)}${feedback(report, links.feedback)}</main>
<footer>${foot(report, links)}<p class="soft">Everything that came from the cluster is data, shown as it was read.</p></footer>`,
  )
}

function contents({ verdict, evidence: entries }: Report, { list, mute }: PageLinks): Html {
  const parts = [
    ['timeline', 'Timeline', 1],
    ['chain', 'Cause to symptom', verdict?.chain.length ?? 0],
    ['remedies', 'What to do', verdict?.remedies.length ?? 0],
    ['facts', 'Facts', verdict?.facts.length ?? 0],
    ['suspects', 'Suspects', verdict?.suspects?.length ?? 0],
    ['hypotheses', 'Hypotheses', verdict?.hypotheses.length ?? 0],
    ['gaps', 'Gaps', verdict?.gaps.length ?? 0],
    ['evidence', 'Evidence', entries.length],
    ['made', 'Cost', 1],
  ] as const
  return html`<nav aria-label="On this page">${parts.filter(([, , count]) => count > 0).map(([id, title]) => html`<a href="#${id}">${title}</a> `)}${list === undefined ? '' : html`<a href="${list}">All incidents</a> `}${mute === undefined ? '' : html`<a href="${mute}">Mute or acknowledge</a>`}</nav>`
}
