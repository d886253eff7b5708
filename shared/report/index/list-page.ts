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
import { type Filter, isEmpty } from './filter.ts'

/** Where the pages are for whoever reads this one. */
export type Addresses = {
  readonly incident: (incidentId: string) => string
  /** Of a blob that `monthPage` named, or of `index.html`. */
  readonly list: (page: string) => string
  /** Absent where nobody answers who could look through all pages: then a page hides its own rows. */
  readonly filtered?: (filter: Filter, part?: number) => string
  readonly board: string | undefined
}

/** The same page with or without asking for itself again, where somebody answers. */
export type Refresh = { readonly to: string; readonly on: boolean }

export type ListPage = {
  readonly title: string
  /** Of the first page: what is not over, on top. */
  readonly open?: readonly Entry[]
  readonly openCount?: number
  /** Those opened before that day were not looked for. */
  readonly openSince?: string
  /** The rows of this page, newest first. */
  readonly rows: readonly Entry[]
  /** What the counts and charts speak of. */
  readonly all: readonly Entry[]
  /** Of which the clusters to choose from are taken. */
  readonly known?: readonly Entry[]
  readonly filter?: Filter
  /** False when older lines were not looked through. */
  readonly whole?: boolean
  readonly from: string
  readonly to: string
  /** Beside this page. */
  readonly pages: readonly { readonly title: string; readonly page: string }[]
  /** Of a list that was filtered. */
  readonly parts?: readonly { readonly title: string; readonly address: string | undefined }[]
  readonly current: string
  readonly addresses: Addresses
  readonly refresh?: Refresh
}

/** Clusters beyond this are counted as one: a legend nobody can read helps nobody. Style rules exist for this many. */
const MOST_CLUSTERS = 20

export function listPage(list: ListPage): Promise<string> {
  const { open = [], rows, all, addresses, filter, known = all } = list
  const clusters = counted(known.map(({ cluster }) => cluster))
  const named = clusters.slice(0, MOST_CLUSTERS)
  const places = new Map(named.map(({ name }, index) => [name, index]))
  const shown = [...open, ...rows]
  const rest = shown.filter(({ cluster }) => !places.has(cluster)).length
  const span = list.from === '' ? '' : ` from ${list.from} to ${list.to} (UTC)`
  return htmlDocument(
    list.title,
    html`<main class="list"><h1>${list.title}</h1>
<p class="soft">${amount(all.length, 'incident')}${span}${list.whole === false ? '; older ones are found by their month' : ''}${addresses.board === undefined ? '' : html` · <a href="${addresses.board}">Clusters</a>`}${list.refresh === undefined ? '' : html` · <a href="${list.refresh.to}">${list.refresh.on ? 'Stop refreshing' : 'Refresh each minute'}</a>`}</p>
${addresses.filtered === undefined ? radios(shown, named, rest) : choices(filter ?? {}, named, addresses.filtered, addresses.list('index.html'))}
${list.open === undefined ? '' : openNow(list, places)}
<section><h2>${list.open === undefined ? 'Incidents' : 'Over or left out'}</h2>
${rows.length === 0 ? html`<p>${list.open === undefined ? 'No incident like that.' : 'None.'}</p>` : table(rows, addresses, places)}
${pages(list)}</section>
${figures(list)}</main>`,
  )
}

function openNow(
  { open = [], openCount = 0, openSince, addresses }: ListPage,
  places: ReadonlyMap<string, number>,
): Html {
  const more = openCount > open.length && addresses.filtered !== undefined
  return html`<section><h2>Open now: ${amount(openCount)}</h2>
${openSince === undefined ? '' : html`<p class="soft">Of those opened since ${openSince}; older ones are found by their month.</p>`}
${open.length === 0 ? html`<p>Nothing is open.</p>` : table(open, addresses, places)}
${more ? html`<p><a href="${addresses.filtered?.({ state: 'now' })}">All ${amount(openCount)} that are open</a></p>` : ''}</section>`
}

/** Below the rows: what is open wants somebody, what was common can wait. */
function figures({ all, from, to }: ListPage): Html | '' {
  if (all.length === 0) return ''
  const { ranges, median, ninety, count } = timeToReport(all)
  const own = counted(all.map(({ cluster }) => cluster))
  return html`<div class="figures">
<section><h2>Incidents per day</h2>${dayChart(perDay(all, laterOf(from, to), to))}<ul class="legend">${Severity.options.toReversed().map((severity) => html`<li>${severityBadge(severity)}${amount(all.filter((one) => one.severity === severity).length)}</li>`)}</ul></section>
<section><h2>Per cluster</h2>${barChart([...own.slice(0, 8), ...others(own.slice(8))], 'Incidents per cluster')}</section>
<section><h2>Time to report</h2>${count === 0 || median === undefined || ninety === undefined ? html`<p class="soft">No report yet.</p>` : html`${barChart(ranges, 'Reports by the time they took')}<p class="soft">Half within ${duration(median * 1000)}, nine of ten within ${duration(ninety * 1000)}.</p>`}</section>
</div>`
}

/** More columns than this are narrower than a line. */
const MOST_DAYS = 92
const laterOf = (from: string, to: string): string => {
  const first = new Date(Date.parse(to) - (MOST_DAYS - 1) * 86_400_000).toISOString().slice(0, 10)
  return from > first ? from : first
}

const amount = (count: number, what = ''): string =>
  `${count.toLocaleString('en')}${what === '' ? '' : ` ${what}${count === 1 ? '' : 's'}`}`

const others = (rest: readonly Count[]): readonly Count[] =>
  rest.length === 0 ? [] : [{ name: `${rest.length} others`, count: rest.reduce((sum, { count }) => sum + count, 0) }]

/** Links that ask for the whole list anew, each changing one thing. */
function choices(
  filter: Filter,
  clusters: readonly Count[],
  to: NonNullable<Addresses['filtered']>,
  all: string,
): Html {
  const group = <Name extends keyof Filter>(
    title: string,
    name: Name,
    values: readonly (readonly [Filter[Name], string])[],
  ) =>
    html`<p class="choices"><span class="soft">${title}</span> ${[[undefined, 'any'] as const, ...values].map(
      ([value, word]) => {
        const requested = { ...filter, [name]: value }
        return filter[name] === value
          ? html`<strong aria-current="true">${word}</strong> `
          : html`<a href="${isEmpty(requested) ? all : to(requested)}">${word}</a> `
      },
    )}</p>`
  return html`<nav class="filters" aria-label="Filters of the whole list">
${group('State', 'state', [['now', 'open now'], ...IncidentState.options.map((state) => [state, state] as const)])}
${group(
  'Severity',
  'severity',
  Severity.options.toReversed().map((severity) => [severity, severity] as const),
)}
${
  clusters.length < 2 && filter.cluster === undefined
    ? ''
    : group(
        'Cluster',
        'cluster',
        [
          ...new Set([...clusters.map(({ name }) => name), ...(filter.cluster === undefined ? [] : [filter.cluster])]),
        ].map((name) => [name, name] as const),
      )
}
${filter.namespace === undefined ? '' : group('Namespace', 'namespace', [[filter.namespace, filter.namespace]])}</nav>`
}

/** Radio buttons that the style sheet listens to: a filter of this page without a script, by keyboard too. */
function radios(rows: readonly Entry[], clusters: readonly Count[], rest: number): Html {
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

function table(rows: readonly Entry[], addresses: Addresses, places: ReadonlyMap<string, number>): Html {
  return html`<table class="incidents"><thead><tr><th scope="col">Opened (UTC)</th><th scope="col">Incident</th><th scope="col">Cluster</th><th scope="col">Severity</th><th scope="col">State</th><th scope="col" class="right">Seen</th></tr></thead><tbody>
${rows.map(
  (
    one,
  ) => html`<tr class="s-${one.state} v-${one.severity} c-${places.get(one.cluster) ?? 'rest'}"><td><time datetime="${one.at}">${utc(one.at).slice(0, 16)}</time></td>
<td>${one.secondsToReport === undefined ? html`<strong>${one.object}</strong>` : html`<a href="${addresses.incident(one.id)}">${one.object}</a>`} ${one.faultType}<br><span class="soft">${one.headline || one.cause || one.about}</span></td>
<td>${one.cluster}${one.namespace === '' ? '' : html`<br><span class="soft">${addresses.filtered === undefined ? one.namespace : html`<a href="${addresses.filtered({ namespace: one.namespace })}">${one.namespace}</a>`}</span>`}</td><td>${severityBadge(one.severity)}</td>
<td>${one.state}${one.outcome === undefined ? '' : html`<br><span class="soft">${outcomeWords[one.outcome]}</span>`}</td><td class="right">${one.occurrences}</td></tr>
`,
)}</tbody></table>`
}

const pages = ({ pages: all, parts = [], current, addresses }: ListPage): Html | '' => {
  const ways = [
    ...all.map(({ title, page }) => ({ title, address: page === current ? undefined : addresses.list(page) })),
    ...parts,
  ]
  return ways.length < 2
    ? ''
    : html`<nav aria-label="Other pages">${ways.map(({ title, address }) => (address === undefined ? html`<strong aria-current="page">${title}</strong> ` : html`<a href="${address}">${title}</a> `))}</nav>`
}
