import { containers, MOST_BREAKERS, tables } from '../../artifacts/layout.ts'
import { PLACES, WAITING } from '../../artifacts/notice-places.ts'
import { boardOf } from '../../health/cluster-health.ts'
import { placesHealth } from '../../health/place-health.ts'
import type { Incident } from '../../incident/incident.ts'
import { entryOf } from '../../report/index/entry.ts'
import { filterIn, inQuery, isEmpty } from '../../report/index/filter.ts'
import { listIncident, renderedPage } from '../../report/index/list-incident.ts'
import type { Addresses } from '../../report/index/list-page.ts'
import { boardPage } from '../../report/page/board-page.ts'
import type { PageLinks } from '../../report/page/page-links.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { addresses, ownLinks, pageLinks } from './links.ts'

/** The configuration's own limit. */
const MOST_CLUSTERS = 5_000
/** Nothing of a page is kept by those it passes, none is taken for another type, and no address leaks from it. */
export const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
}
export const htmlHeaders = {
  ...headers,
  'content-type': 'text/html; charset=utf-8',
  // The page's own policy says the rest; this part counts only in a header.
  'content-security-policy': "frame-ancestors 'none'",
}

/** With the app's own address known, links lead through it and never die; else to the blobs beside the page. */
async function addressesOf(platform: Platform): Promise<Addresses> {
  const links = await ownLinks(platform)
  return links === undefined
    ? { incident: (id) => `${id}/index.html`, list: (page) => page, board: undefined }
    : addresses(links)
}

/** Where the page of an incident may lead; nowhere when only its own link is sure. */
export const pageLinksOf =
  (platform: Platform) =>
  async (incidentId: string): Promise<PageLinks> => {
    const links = await ownLinks(platform)
    return links === undefined ? {} : pageLinks(links, incidentId)
  }

/** Puts an incident's line into the list. */
export const listed = (platform: Platform) => async (incident: Incident, headline?: string) =>
  listIncident({
    blobs: platform.storage.blobs(containers.incidents),
    addresses: await addressesOf(platform),
    clock: platform.clock,
    random: platform.random,
  })(entryOf(incident, headline))

/** `GET /api/list`: a page of the list as it is kept, with links that work for whoever opened this one. */
export async function list(
  platform: Platform,
  query: URLSearchParams,
  links: Addresses = addressesWithKey(query),
): Promise<Answer> {
  const page = query.get('page') ?? 'index.html'
  const deps = { blobs: platform.storage.blobs(containers.incidents), addresses: links }
  const part = Number(/^[1-9]\d{0,2}$/.exec(query.get('part') ?? '1')?.[0] ?? '1')
  const filter = filterIn(query)
  // A month that is over changes no more.
  const own = links.filtered !== undefined && !isEmpty(filter) ? links.filtered(filter, part) : links.list('index.html')
  const refresh =
    page === 'index.html' ? { to: refreshLink(own, !query.has('refresh')), on: query.has('refresh') } : undefined
  const body = await renderedPage(deps, page, { filter, part, refresh })
  if (body !== undefined) return { status: 200, body, headers: { ...htmlHeaders, ...refreshed(query) } }
  const error = `There is no page ${page.slice(0, 100)}: no incident has been listed there yet`
  return { status: 404, jsonBody: { error }, headers }
}

/** Seconds after which a page that is asked for so is asked for again: its reader's choice, since it moves under them. */
const REFRESH = '60'
const refreshed = (query: URLSearchParams): Readonly<Record<string, string>> =>
  query.has('refresh') ? { refresh: REFRESH } : {}

const refreshLink = (page: string, on: boolean): string =>
  on ? `${page}${page.includes('?') ? '&' : '?'}refresh` : page

/** Through the app, with the same key. */
function addressesWithKey(query: URLSearchParams): Addresses {
  const here = withKey(query)
  return {
    incident: (id) => here(`incidents/${encodeURIComponent(id)}/report`),
    list: (other) => here('list', other === 'index.html' ? {} : { page: other }),
    filtered: (filter, part = 1) => here('list', { ...inQuery(filter), ...(part === 1 ? {} : { part: String(part) }) }),
    board: here('board'),
  }
}
function boardWithKey(query: URLSearchParams): BoardLinks {
  const here = withKey(query)
  return { board: (page) => here('board', { page: String(page) }), list: here('list') }
}

/** Whoever came with a key in the address has nothing else to show at the next one. */
function withKey(query: URLSearchParams) {
  const code = query.get('code')
  return (path: string, more: Readonly<Record<string, string>> = {}): string => {
    const all = new URLSearchParams({ ...more, ...(code === null ? {} : { code }) }).toString()
    return all === '' ? path : `${path}?${all}`
  }
}

type BoardLinks = { readonly board: (page: number) => string; readonly list: string }

const MOST_PLACES = 1_000

/**
 * `GET /api/board`: made when it is asked for. A page that waits in storage would go on saying that all is well when
 * nothing runs any more, and would cost writes while nobody looks.
 */
export async function board(
  platform: Platform,
  query: URLSearchParams,
  links: BoardLinks = boardWithKey(query),
): Promise<Answer> {
  const { storage, clock } = platform
  const control = storage.table(tables.control)
  const [{ clusters, problem }, rows, permissions, breakers, places, waiting] = await Promise.all([
    platform.clusters.current(),
    storage.table(tables.clusters).list({ partition: 'clusters', limit: MOST_CLUSTERS }),
    storage.table(tables.permissions).list({ partition: 'permissions', limit: MOST_CLUSTERS }),
    control.list({ partition: 'breakers', limit: MOST_BREAKERS }),
    control.list({ partition: PLACES, limit: MOST_PLACES }),
    control.list({ partition: WAITING, limit: MOST_CLUSTERS }),
  ])
  const now = clock.now()
  const page = Number(/^\d{1,3}$/.exec(query.get('page') ?? '1')?.[0] ?? '1')
  const body = await boardPage({
    clusters: boardOf({ clusters, rows, permissions, breakers }, now),
    places: placesHealth(places, waiting, now),
    configErrors: problem === undefined ? [] : [problem],
    now: now.toISOString(),
    page,
    address: links.board,
    list: links.list,
    refresh: { to: refreshLink(links.board(page), !query.has('refresh')), on: query.has('refresh') },
  })
  return { status: 200, body, headers: { ...htmlHeaders, ...refreshed(query) } }
}
