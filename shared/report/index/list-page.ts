import { html, raw } from 'hono/html'
import { outcomeWords } from '../../artifacts/outcome-words.ts'
import { Severity } from '../../faults/fault.ts'
import { IncidentState } from '../../incident/incident.ts'
import { type Html, htmlDocument } from '../page/document.ts'
import { severityBadge } from '../page/marks.ts'
import { duration, utc } from '../page/times.ts'
import { barChart, dayChart } from './charts.ts'
import type { Entry } from './entry.ts'
import { type Count, counted, perDay, timeToReport } from './figures.ts'

/** Where the pages are for whoever reads this one. */
export type Addresses = {
  readonly incident: (incidentId: string) => string
  /** Of a blob that `monthPage` named, or of `index.html`. */
  readonly list: (page: string) => string
  readonly board: string | undefined
}

export type ListPage = {
  readonly title: string
  /** The rows of this page, newest first. */
  readonly rows: readonly Entry[]
  /** What the counts and charts speak of. */
  readonly all: readonly Entry[]
  readonly from: string
  readonly to: string
  /** Beside this page. */
  readonly pages: readonly { readonly title: string; readonly page: string }[]
  readonly current: string
  readonly addresses: Addresses
}

/** Clusters beyond this are counted as one: a legend nobody can read helps nobody. Style rules exist for this many. */
const MOST_CLUSTERS = 20

export function listPage(list: ListPage): Promise<string> {
  const clusters = counted(list.all.map(({ cluster }) => cluster))
  const named = clusters.slice(0, MOST_CLUSTERS)
  const places = new Map(named.map(({ name }, index) => [name, index]))
  const rest = list.rows.filter(({ cluster }) => !places.has(cluster)).length
  const { ranges, median, ninety, count } = timeToReport(list.all)
  return htmlDocument(
    list.title,
    html`<main class="list"><h1>${list.title}</h1>
<p class="soft">${list.all.length} incidents from ${list.from} to ${list.to} (UTC)${list.addresses.board === undefined ? '' : html` · <a href="${list.addresses.board}">Clusters</a>`}</p>
<div class="figures">
<section><h2>Incidents per day</h2>${dayChart(perDay(list.all, list.from, list.to))}<ul class="legend">${Severity.options.toReversed().map((severity) => html`<li>${severityBadge(severity)}${list.all.filter((one) => one.severity === severity).length}</li>`)}</ul></section>
<section><h2>Per cluster</h2>${named.length === 0 ? html`<p class="soft">None.</p>` : barChart([...named.slice(0, 8), ...others(clusters.slice(8))], 'Incidents per cluster')}</section>
<section><h2>Time to report</h2>${count === 0 || median === undefined || ninety === undefined ? html`<p class="soft">No report yet.</p>` : html`${barChart(ranges, 'Reports by the time they took')}<p class="soft">Half within ${duration(median * 1000)}, nine of ten within ${duration(ninety * 1000)}.</p>`}</section>
</div>
<section><h2>Incidents</h2>
${filters(list.rows, named, rest)}
${list.rows.length === 0 ? html`<p>No incident in this time.</p>` : table(list, places)}
${pages(list)}</section></main>`,
  )
}

const others = (rest: readonly Count[]): readonly Count[] =>
  rest.length === 0 ? [] : [{ name: `${rest.length} others`, count: rest.reduce((sum, { count }) => sum + count, 0) }]

/** Radio buttons that the style sheet listens to: a filter without a script, by keyboard too. */
function filters(rows: readonly Entry[], clusters: readonly Count[], rest: number): Html {
  const choice = (group: string, id: string, label: string, count: number, checked = false) =>
    html`<label><input type="radio" name="${group}" id="${id}"${checked ? raw(' checked') : ''}> ${label} <span class="soft">${count}</span></label>`
  const on = (test: (one: Entry) => boolean) => rows.filter(test).length
  const here = clusters.map(({ name }, index) => ({ name, index, count: on(({ cluster }) => cluster === name) }))
  return html`<div class="filters">
<fieldset><legend>State</legend>${choice('state', 's-any', 'any', rows.length, true)}${IncidentState.options.map(
    (state) => {
      const count = on((one) => one.state === state)
      return count === 0 ? '' : choice('state', `s-${state}`, state, count)
    },
  )}</fieldset>
<fieldset><legend>Severity</legend>${choice('severity', 'v-any', 'any', rows.length, true)}${Severity.options
    .toReversed()
    .map((severity) =>
      choice(
        'severity',
        `v-${severity}`,
        severity,
        on((one) => one.severity === severity),
      ),
    )}</fieldset>
${here.length < 2 ? '' : html`<fieldset><legend>Cluster</legend>${choice('cluster', 'c-any', 'any', rows.length, true)}${here.map(({ name, index, count }) => (count === 0 ? '' : choice('cluster', `c-${index}`, name, count)))}${rest === 0 ? '' : choice('cluster', 'c-rest', 'others', rest)}</fieldset>`}
</div>`
}

function table({ rows, addresses }: ListPage, places: ReadonlyMap<string, number>): Html {
  return html`<table class="incidents"><thead><tr><th scope="col">Opened (UTC)</th><th scope="col">Incident</th><th scope="col">Cluster</th><th scope="col">Severity</th><th scope="col">State</th><th scope="col" class="right">Seen</th></tr></thead><tbody>
${rows.map(
  (
    one,
  ) => html`<tr class="s-${one.state} v-${one.severity} c-${places.get(one.cluster) ?? 'rest'}"><td><time datetime="${one.at}">${utc(one.at).slice(0, 16)}</time></td>
<td>${one.secondsToReport === undefined ? html`<strong>${one.object}</strong>` : html`<a href="${addresses.incident(one.id)}">${one.object}</a>`} ${one.faultType}<br><span class="soft">${one.cause || one.headline || one.about}</span></td>
<td>${one.cluster}${one.namespace === '' ? '' : html`<br><span class="soft">${one.namespace}</span>`}</td><td>${severityBadge(one.severity)}</td>
<td>${one.state}${one.outcome === undefined ? '' : html`<br><span class="soft">${outcomeWords[one.outcome]}</span>`}</td><td class="right">${one.occurrences}</td></tr>
`,
)}</tbody></table>`
}

const pages = ({ pages: all, current, addresses }: ListPage): Html | '' =>
  all.length < 2
    ? ''
    : html`<nav aria-label="Other pages">${all.map(({ title, page }) => (page === current ? html`<strong aria-current="page">${title}</strong> ` : html`<a href="${addresses.list(page)}">${title}</a> `))}</nav>`
