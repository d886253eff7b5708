import { html } from 'hono/html'
import type { Report } from '../../artifacts/report.ts'
import { card } from './card.ts'
import { chain } from './chain.ts'
import { type Html, htmlDocument } from './document.ts'
import { evidence } from './evidence.ts'
import { feedback } from './feedback.ts'
import { gaps, impact, notes, remedies, suspects } from './findings.ts'
import { foot } from './foot.ts'
import { howWeKnow } from './how-we-know.ts'
import { investigation } from './investigation.ts'
import type { PageLinks } from './page-links.ts'
import { timeline } from './timeline.ts'

/**
 * The page of one incident: what to know in ten seconds first, then what happened, then, folded, how we know.
 * `prose` is the agent's own text, `links` where the page may lead.
 */
export function incidentPage(report: Report, prose?: string, links: PageLinks = {}): Promise<string> {
  const { incident, verdict, headline } = report
  return htmlDocument(
    `${headline} · ${incident.cluster}`,
    html`<main>${card(report)}${ways(report, links)}${notes(report)}
${verdict === undefined ? '' : html`${suspects(verdict)}${remedies(verdict)}${chain(verdict)}${impact(verdict, report)}`}
${timeline(report)}${verdict === undefined ? '' : gaps(verdict)}
${howWeKnow(report)}${evidence(report)}${investigation(prose)}${feedback(report, links.feedback)}</main>
<footer>${foot(report, links)}<p class="soft">Everything that came from the cluster is data, shown as it was read.</p></footer>`,
  )
}

/** Where else to go: few words, since the page is short. */
function ways({ verdict, evidence: entries }: Report, { list, mute, ask, feedback: answer }: PageLinks): Html {
  const inside = [
    ['how', 'How we know', verdict === undefined ? 0 : 1],
    ['evidence', 'Evidence', entries.length],
    ['made', 'About this report', 1],
  ] as const
  const links = [
    ...(list === undefined ? [] : [[list, 'All incidents'] as const]),
    ...inside.flatMap(([id, title, count]) => (count === 0 ? [] : [[`#${id}`, title] as const])),
    ...(mute === undefined ? [] : [[mute, 'Mute or acknowledge'] as const]),
    ...(ask === undefined ? [] : [[ask, 'Ask about an object'] as const]),
    ...(answer === undefined ? [] : [['#feedback', 'Was this right?'] as const]),
  ]
  return html`<nav aria-label="This report">${links.map(([to, title]) => html`<a href="${to}">${title}</a> `)}</nav>`
}
