import { html } from 'hono/html'
import type { Report } from '../../artifacts/report.ts'
import { card } from './card.ts'
import { chain } from './chain.ts'
import { type Html, htmlDocument } from './document.ts'
import { evidence } from './evidence.ts'
import { claims, gaps, hypotheses, impact, notes, remedies } from './findings.ts'
import { foot } from './foot.ts'
import { investigation } from './investigation.ts'
import { outcomeWords } from './outcome-words.ts'
import { timeline } from './timeline.ts'

/** The page of one incident, from its report and the agent's prose alone. It stands by itself: a link opens nothing else. */
export function incidentPage(report: Report, prose?: string): Promise<string> {
  const { incident, verdict, outcome } = report
  const findings =
    verdict === undefined
      ? ''
      : html`${chain(verdict.chain)}${remedies(verdict)}${impact(verdict)}${claims(verdict)}${hypotheses(verdict)}${gaps(verdict)}`
  return htmlDocument(
    `${incident.owner.kind} ${incident.owner.name} in ${incident.cluster}: ${outcomeWords[outcome]}`,
    html`<main>${card(report)}${contents(report)}${notes(report)}${timeline(report)}${findings}${evidence(report)}${investigation(prose)}</main>
<footer>${foot(report)}<p class="soft">Everything that came from the cluster is data, shown as it was read.</p></footer>`,
  )
}

function contents({ verdict, evidence: entries }: Report): Html {
  const parts = [
    ['timeline', 'Timeline', 1],
    ['chain', 'Cause to symptom', verdict?.chain.length ?? 0],
    ['remedies', 'What to do', verdict?.remedies.length ?? 0],
    ['facts', 'Facts', verdict?.facts.length ?? 0],
    ['hypotheses', 'Hypotheses', verdict?.hypotheses.length ?? 0],
    ['gaps', 'Gaps', verdict?.gaps.length ?? 0],
    ['evidence', 'Evidence', entries.length],
    ['made', 'Cost', 1],
  ] as const
  return html`<nav aria-label="On this page">${parts.filter(([, , count]) => count > 0).map(([id, title]) => html`<a href="#${id}">${title}</a> `)}</nav>`
}
