import { html } from 'hono/html'
import { type ConnectionStatus, isWell } from '../../artifacts/cluster-status.ts'
import type { ClusterPermissions } from '../../artifacts/permissions.ts'
import type { BoardCluster } from '../../health/cluster-health.ts'
import type { PlaceHealth } from '../../health/place-health.ts'
import type { Refresh } from '../index/list-page.ts'
import { type Html, htmlDocument } from './document.ts'
import { between, duration, moment } from './times.ts'

export type Board = {
  readonly clusters: readonly BoardCluster[]
  readonly configErrors: readonly string[]
  /** Where notices go. */
  readonly places?: readonly PlaceHealth[]
  readonly now: string
  /** Counted from 1. */
  readonly page: number
  readonly address: (page: number) => string
  readonly list: string | undefined
  readonly refresh?: Refresh
}

/** With every field full a row takes about 1.2 kB. */
const ROWS = 200

/** Every cluster's watch, those that need somebody first. */
export function boardPage(board: Board): Promise<string> {
  const { now, configErrors } = board
  const all = board.clusters.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
  const active = all.filter(({ status }) => isWell(status)).length
  const pages = Math.max(1, Math.ceil(all.length / ROWS))
  const page = Math.min(Math.max(1, board.page), pages)
  const shown = all.slice((page - 1) * ROWS, page * ROWS)
  return htmlDocument(
    'Clusters',
    html`<main class="list"><h1>Clusters</h1>
<p class="soft">As of ${moment(now)}${board.list === undefined ? '' : html` · <a href="${board.list}">Incidents</a>`}${board.refresh === undefined ? '' : html` · <a href="${board.refresh.to}">${board.refresh.on ? 'Stop refreshing' : 'Refresh each minute'}</a>`}</p>
<dl class="facts figures-row"><div><dt>Watched</dt><dd class="number">${active} of ${all.length}</dd></div>
<div><dt>Not watched</dt><dd class="number${active < all.length ? ' bad' : ''}">${all.length - active}</dd></div>
<div><dt>Investigated</dt><dd class="number">${all.filter(({ triage_enabled }) => triage_enabled).length}</dd></div>
<div><dt>With warnings</dt><dd class="number">${all.filter((one) => warningsOf(one).length > 0).length}</dd></div></dl>
${configErrors.map((error) => html`<p class="alarm"><strong>The configuration is wrong, the last good one is in force:</strong> ${error.slice(0, 2_000)}</p>`)}
${all.length === 0 ? html`<p>No cluster is configured.</p>` : table(shown, now)}
${placesTable(board.places ?? [])}
${pages === 1 ? '' : html`<nav aria-label="Other pages">${Array.from({ length: pages }, (_, index) => (index + 1 === page ? html`<strong aria-current="page">Page ${page}</strong> ` : html`<a href="${board.address(index + 1)}">Page ${index + 1}</a> `))}</nav>`}
</main>`,
  )
}

/** What waits or was given up is what somebody must know of; the error is the place's own, without its address. */
const placesTable = (places: readonly PlaceHealth[]): Html | '' =>
  places.length === 0
    ? ''
    : html`<h2>Notices</h2><table><thead><tr><th>Place</th><th>Sent</th><th>Failed</th><th>Given up</th><th>Waiting</th><th>Oldest</th><th></th></tr></thead><tbody>
${places.map(
  (
    one,
  ) => html`<tr><th scope="row">${one.place}</th><td>${one.sent}</td><td>${one.failed}</td><td>${one.given_up + one.unsure}</td><td>${one.waiting}</td><td>${one.oldest_seconds === undefined ? '–' : duration(one.oldest_seconds * 1000)}</td><td>${one.rate_limited_since === undefined ? cut(one.last_error ?? '', 300) : `rate limited since ${moment(one.rate_limited_since)}`}</td></tr>
`,
)}</tbody></table>`

/** Those that nobody watches first, then those with warnings. */
const rank = (one: BoardCluster): number => (!isWell(one.status) ? 0 : warningsOf(one).length > 0 ? 1 : 2)

/** A line for each, so that a hundred are seen together; only what needs somebody takes a second. */
const table = (clusters: readonly BoardCluster[], now: string): Html =>
  html`<table class="clusters"><thead><tr><th scope="col">State</th><th scope="col">Cluster</th><th scope="col">For</th><th scope="col">Last event</th><th scope="col">Blind</th><th scope="col" class="right">Events</th><th scope="col" class="right">Errors</th><th scope="col">Investigated</th></tr></thead><tbody>
${clusters.map((one) => {
  const more = [trouble(one), step(one, now), rights(one)].filter((part) => part !== '')
  return html`<tr class="${isWell(one.status) ? 'up' : 'down'}"><td>${statusBadge(one.status)}</td><th scope="row">${one.name} <span class="soft">${about(one)}</span></th>
<td data-name="For">${one.watch.statusSince === '' ? 'never' : duration(between(one.watch.statusSince, now))}</td><td data-name="Last event">${one.last_event === undefined ? 'none yet' : html`${duration(between(one.last_event, now))} ago`}</td>
<td data-name="Blind">${one.watch.blindMilliseconds < 500 ? 'none' : duration(one.watch.blindMilliseconds)}</td><td class="right" data-name="Events">${one.event_count.toLocaleString('en')}</td><td class="right" data-name="Errors">${one.watch.errorCount.toLocaleString('en')}</td><td data-name="Investigated">${one.triage_enabled ? 'yes' : 'no'}</td></tr>
${more.length === 0 ? '' : html`<tr class="more"><td colspan="8">${more}</td></tr>`}`
})}</tbody></table>`

const trouble = ({ error, retry_in: retry }: BoardCluster): Html | '' =>
  error === undefined
    ? ''
    : html`<span>${cut(error, 300)}${retry === undefined ? '' : html` <span class="soft">Next try in ${retry}.</span>`}</span> `

const shapes: Readonly<Record<ConnectionStatus, string>> = {
  active: '●',
  patrol: '◉',
  connecting: '◐',
  connected: '◐',
  subscribing: '◐',
  disconnected: '○',
  failed: '▲',
}
const statusBadge = (status: ConnectionStatus): Html =>
  html`<span class="badge ${isWell(status) ? 'active' : status === 'failed' || status === 'disconnected' ? 'bad' : ''}"><span aria-hidden="true">${shapes[status]}</span> ${status}</span>`

/** Shown where it is not the best. */
function step(one: BoardCluster, now: string): Html | '' {
  const { source, source_since: since, note = '', detection_delay_seconds: delay } = one
  if (source === undefined || source === 'unreachable' || (source === 'subscribed' && note === '')) return ''
  const lasting = since === undefined ? '' : ` for ${duration(between(since, now))}`
  const found = delay === undefined ? '' : ` A fault is found after ${duration(delay * 1_000)} at most.`
  return html`<span><span class="badge ${source === 'subscribed' ? '' : 'warning'}">${source}</span>${lasting}. ${cut(note, 300)}.${found}</span> `
}

/** As much as leaves a cluster on one line. */
const MOST_LABELS = 60
function about({ environment, labels = {} }: BoardCluster): string {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return cut([...(environment === '' ? [] : [environment]), ...words].join(', '), MOST_LABELS)
}

function rights(one: BoardCluster): Html | '' {
  const { permissions } = one
  const warnings = warningsOf(one)
  if (warnings.length === 0) return ''
  return html`<details><summary><span class="badge warning"><span aria-hidden="true">◆</span> ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}</span></summary><ul>${warnings.slice(0, 10).map((text) => html`<li>${cut(text, 250)}</li>`)}</ul>${permissions === undefined ? '' : html`<p class="soft">Asked ${moment(permissions.validated_at)}</p>`}</details>`
}

type Rights = { readonly permissions?: ClusterPermissions; readonly triage_problem?: string }
function warningsOf({ permissions, triage_problem: problem }: Rights): readonly string[] {
  const broken = problem === undefined ? [] : [`No agent can be sent there, or it sees too little: ${problem}`]
  if (permissions === undefined) return broken
  const { warnings, write_verbs: writes, minimum_permissions_met: enough } = permissions
  return [
    ...broken,
    ...(enough ? [] : ['It cannot read what an investigation needs.']),
    ...(writes.length === 0 ? [] : [`The credential could change the cluster: ${writes.slice(0, 5).join(', ')}.`]),
    ...warnings,
  ]
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
