import { nameOf, signWith } from '../../access/capability.ts'
import { type Filter, inQuery } from '../../report/index/filter.ts'
import type { Addresses } from '../../report/index/list-page.ts'
import type { PageLinks } from '../../report/page/page-links.ts'
import type { Platform } from '../platform.ts'

/** Links that open by themselves, without a key of the app. */
export type Links = {
  readonly report: (incidentId: string) => string
  readonly feedback: (incidentId: string) => string
  /** Where its notices can be muted for a while. */
  readonly mute: (incidentId: string) => string
  /** Where any object of its cluster can be asked about. */
  readonly ask: (incidentId: string) => string
  readonly artifact: (incidentId: string, file: string) => string
  readonly list: (page: string) => string
  readonly filtered: (filter: Filter, part?: number) => string
  readonly board: (page?: number) => string
}
type Needs = Pick<Platform, 'settings' | 'linkKeys'>

/** For pages that are answered below `/api/r/`: the next link stands beside this one, whatever the app is called. */
export const linksBeside = (platform: Needs): Promise<Links> => linksAt(platform, '')

/** `undefined` when the app does not know its own address. */
export async function ownLinks(platform: Needs): Promise<Links | undefined> {
  const base = platform.settings.REPORT_BASE_URL.replace(/\/$/, '')
  return base === '' ? undefined : linksAt(platform, `${base}/api/r/`)
}

async function linksAt({ settings, linkKeys }: Needs, folder: string): Promise<Links> {
  const sign = settings.SIGN_IN === 'entra' ? nameOf : signWith(await linkKeys())
  const at = (...given: Parameters<typeof sign>) => `${folder}${encodeURIComponent(sign(...given))}`
  const report = (about: string) => at({ purpose: 'report', about })
  const [list, board] = [at({ purpose: 'list', about: 'all' }), at({ purpose: 'board', about: 'all' })]
  return {
    report,
    feedback: (about) => at({ purpose: 'feedback', about }),
    mute: (about) => at({ purpose: 'mute', about }),
    ask: (about) => at({ purpose: 'ask', about }),
    artifact: (about, file) => `${report(about)}?file=${encodeURIComponent(file)}`,
    list: (page) => (page === 'index.html' ? list : `${list}?page=${encodeURIComponent(page)}`),
    filtered: (filter, part = 1) =>
      `${list}?${new URLSearchParams({ ...inQuery(filter), ...(part === 1 ? {} : { part: String(part) }) })}`,
    board: (page = 1) => (page === 1 ? board : `${board}?page=${page}`),
  }
}

/** Where the page of an incident may lead. */
export const pageLinks = (links: Links, incidentId: string): PageLinks => ({
  incident: links.report,
  list: links.list('index.html'),
  feedback: links.feedback(incidentId),
  mute: links.mute(incidentId),
  ask: links.ask(incidentId),
  artifact: (file) => links.artifact(incidentId, file),
})

export const addresses = (links: Links): Addresses => ({
  incident: links.report,
  list: links.list,
  filtered: links.filtered,
  board: links.board(),
})
