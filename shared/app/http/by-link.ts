import { type Capability, capabilityIn, capabilityNamed } from '../../access/capability.ts'
import { artifactName, containers } from '../../artifacts/layout.ts'
import { incidentPage } from '../../report/page/incident-page.ts'
import { messagePage } from '../../report/page/message-page.ts'
import { StorageFailure } from '../../runtime/errors.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { askByLink } from './ask-by-link.ts'
import { type FeedbackRequest, feedbackDeps, incidentFeedback } from './feedback.ts'
import { addresses, type Links, linksBeside, pageLinks } from './links.ts'
import { muteByLink } from './mute-by-link.ts'
import { board, headers, htmlHeaders, list } from './pages.ts'
import { readReport } from './published-report.ts'
import { inTheNameOf, signIn } from './sign-in.ts'

/** As much as one answer should carry; the longest evidence is a tenth of it. */
const MAX_ARTIFACT_BYTES = 16 * 1024 * 1024

/**
 * `/api/r/{token}`: opens what the link was made for. Nothing is read before its signature is found good, and no look
 * changes anything, since chats open links by themselves. Whoever comes with a browser gets a page, whatever is wrong.
 */
export async function byLink(platform: Platform, text: string, request: FeedbackRequest): Promise<Answer> {
  const entered = await enter(platform, text, request)
  if ('refused' in entered) return forBrowser(entered.refused, request)
  const { capability, request: own } = entered
  const answer = !takes(request.method, capability.purpose)
    ? refused(405, 'This link only shows something: nothing can be sent to it.')
    : await opened(platform, capability, own).catch(inWords)
  return forBrowser(answer, request)
}

type Entered = { readonly capability: Capability; readonly request: FeedbackRequest } | { readonly refused: Answer }
/** By its signature, or by who has signed in: never by either. */
async function enter(platform: Platform, text: string, request: FeedbackRequest): Promise<Entered> {
  if (platform.settings.SIGN_IN === 'links') {
    const capability = capabilityIn(text, await platform.linkKeys())
    if (capability !== undefined) return { capability, request }
    return {
      refused: refused(403, 'This link opens nothing: it is not whole, or its key was taken away. Ask for a new one.'),
    }
  }
  const query = request.query.toString()
  const here = `/api/r/${encodeURIComponent(text)}${query === '' ? '' : `?${query}`}`
  const entered = signIn(platform.settings, here, request)
  if ('refused' in entered) return entered
  const capability = capabilityNamed(text)
  if (capability === undefined) return { refused: refused(404, 'There is no such page.') }
  return { capability, request: inTheNameOf(entered.principal, request) }
}

async function opened(platform: Platform, { purpose, about }: Capability, request: FeedbackRequest): Promise<Answer> {
  const links = await linksBeside(platform)
  switch (purpose) {
    case 'report': {
      const file = request.query.get('file')
      return file === null ? report(platform, about, links) : artifact(platform, about, file)
    }
    case 'feedback':
      return incidentFeedback(platform, about, request)
    case 'mute':
      return muteByLink(platform, about, request)
    case 'ask':
      return askByLink(platform, about, request, links)
    case 'list':
      return list(platform, request.query, addresses(links))
    case 'board':
      return board(platform, request.query, { board: links.board, list: links.list('index.html') })
    default:
      return purpose satisfies never
  }
}

const takesForms: ReadonlySet<string> = new Set(['feedback', 'mute', 'ask'])
const takes = (method: string, purpose: string): boolean =>
  method === 'DELETE' ? purpose === 'mute' : method !== 'POST' || takesForms.has(purpose)

/** Made anew, so that its own links are signed with the key of today. */
async function report(platform: Platform, incidentId: string, links: Links): Promise<Answer> {
  const found = await readReport(platform)(incidentId)
  if (found === undefined)
    return refused(404, `There is no report on incident ${incidentId}: it is not written yet, or not kept any more.`)
  const [prose, current] = await Promise.all([
    feedbackDeps(platform).readInvestigation(incidentId),
    platform.store.byId(incidentId),
  ])
  // What is written into the report is as it was then; whether it is over, and whether people hear of it, is as it is now.
  const { muted, acknowledged } = current ?? {}
  const over = current?.status === 'resolved' ? { status: current.status, steps: current.steps } : {}
  const incident = { ...found.incident, ...over, muted, acknowledged }
  const body = await incidentPage({ ...found, incident }, prose, pageLinks(links, incidentId))
  return { status: 200, body, headers: htmlHeaders }
}

/** A file of the incident's folder that its report names: shown as text, since it holds what clusters said. */
async function artifact(platform: Platform, incidentId: string, file: string): Promise<Answer> {
  const named = (await readReport(platform)(incidentId))?.artifacts.includes(file) ?? false
  const bytes = named
    ? await platform.storage.blobs(containers.incidents).readBytes(artifactName(incidentId, file), MAX_ARTIFACT_BYTES)
    : undefined
  if (bytes === undefined) return refused(404, `Incident ${incidentId} has no file ${file.slice(0, 100)}.`)
  return { status: 200, body: bytes, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } }
}

/** What storage did not do, for whoever waits before the link; everything else is a fault of ours, and logged as one. */
function inWords(error: unknown): Answer {
  if (!(error instanceof StorageFailure)) throw error
  return refused(503, error.message)
}

const refused = (status: number, error: string): Answer => ({ status, jsonBody: { error }, headers })

/** An error in words on a page, where the reader is a person. */
async function forBrowser(answer: Answer, request: FeedbackRequest): Promise<Answer> {
  const { status = 200, jsonBody } = answer
  if (status < 400 || jsonBody === undefined || !(request.headers.get('accept') ?? '').includes('text/html'))
    return answer
  const error = typeof jsonBody === 'object' && jsonBody !== null && 'error' in jsonBody ? String(jsonBody.error) : ''
  return { status, body: await messagePage('This link does not open', error), headers: htmlHeaders }
}
