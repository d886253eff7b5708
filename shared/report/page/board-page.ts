import { html } from 'hono/html'
import { type ConnectionStatus, isHeard } from '../../artifacts/cluster-status.ts'
import type { ClusterPermissions } from '../../artifacts/permissions.ts'
import type { BoardCluster } from '../../health/cluster-health.ts'
import type { PlaceHealth } from '../../health/place-health.ts'
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
}

/** With every field full a row takes about 1.2 kB. */
const ROWS = 200

/** Every cluster's watch, those that need somebody first. */
export function boardPage(board: Board): Promise<string> {
  const { now, configErrors } = board
  const all = board.clusters.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
  const active = all.filter(({ status }) => isHeard(status)).length
  const pages = Math.max(1, Math.ceil(all.length / ROWS))
  const page = Math.min(Math.max(1, board.page), pages)
  const shown = all.slice((page - 1) * ROWS, page * ROWS)
  return htmlDocument(
    'Clusters',
    html`<main class="list"><h1>Clusters</h1>
<p class="soft">As of ${moment(now)}${board.list === undefined ? '' : html` · <a href="${board.list}">Incidents</a>`}</p>
<dl class="facts figures-row"><div><dt>Watched now</dt><dd class="number">${active} of ${all.length}</dd></div>
<div><dt>Unheard</dt><dd class="number${active < all.length ? ' bad' : ''}">${all.length - active}</dd></div>
<div><dt>With triage</dt><dd class="number">${all.filter(({ triage_enabled }) => triage_enabled).length}</dd></div>
<div><dt>With warnings</dt><dd class="number">${all.filter((one) => warningsOf(one).length > 0).length}</dd></div></dl>
${configErrors.map((error) => html`<p class="alarm"><strong>The configuration is wrong, the last good one is in force:</strong> ${error.slice(0, 2_000)}</p>`)}
${all.length === 0 ? html`<p>No cluster is configured.</p>` : cards(shown, now)}
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

/** Unheard clusters first, then those with warnings. */
const rank = (one: BoardCluster): number => (!isHeard(one.status) ? 0 : warningsOf(one).length > 0 ? 1 : 2)

const cards = (clusters: readonly BoardCluster[], now: string): Html => html`<ul class="clusters">
${clusters.map(
  (one) => html`<li class="${isHeard(one.status) ? 'up' : 'down'}"><h2>${one.name} ${statusBadge(one.status)}</h2>
<p class="soft">${about(one)}</p>
${one.error === undefined ? '' : html`<p>${cut(one.error, 300)}${one.retry_in === undefined ? '' : html` <span class="soft">Next try in ${one.retry_in}.</span>`}</p>`}
${step(one, now)}<dl class="facts"><div><dt>For</dt><dd>${one.watch.statusSince === '' ? 'never' : duration(between(one.watch.statusSince, now))}</dd></div>
<div><dt>Last event</dt><dd>${one.last_event === undefined ? 'none yet' : html`${duration(between(one.last_event, now))} ago`}</dd></div>
<div><dt>Blind time</dt><dd>${one.watch.blindMilliseconds < 500 ? 'none' : duration(one.watch.blindMilliseconds)}</dd></div>
<div><dt>Events</dt><dd>${one.event_count}</dd></div><div><dt>Errors</dt><dd>${one.watch.errorCount}</dd></div><div><dt>Reconnects</dt><dd>${one.watch.reconnectCount}</dd></div>
<div><dt>Triage</dt><dd>${one.triage_enabled ? 'on' : 'off'}</dd></div></dl>
${rights(one)}</li>
`,
)}</ul>`

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
  html`<span class="badge ${isHeard(status) ? 'active' : status === 'failed' || status === 'disconnected' ? 'bad' : ''}"><span aria-hidden="true">${shapes[status]}</span> ${status}</span>`

/** Shown where it is not the best. */
function step(one: BoardCluster, now: string): Html | '' {
  const { source, source_since: since, note = '', detection_delay_seconds: delay } = one
  if (source === undefined || source === 'unreachable' || (source === 'subscribed' && note === '')) return ''
  const lasting = since === undefined ? '' : ` for ${duration(between(since, now))}`
  const found = delay === undefined ? '' : ` A fault is found after ${duration(delay * 1_000)} at most.`
  return html`<p><span class="badge ${source === 'subscribed' ? '' : 'warning'}">${source}</span>${lasting}. ${cut(note, 300)}.${found}</p>
`
}

function about({ environment, labels = {} }: BoardCluster): string {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return cut([...(environment === '' ? [] : [environment]), ...words].join(', '), 200)
}

function rights(one: BoardCluster): Html | '' {
  const { permissions } = one
  if (permissions === undefined && one.triage_problem === undefined)
    return one.triage_enabled ? html`<p class="soft">Permissions not asked yet.</p>` : ''
  const warnings = warningsOf(one)
  if (warnings.length === 0) return html`<p class="soft">Reads all it needs, can change nothing.</p>`
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
