import { Answer, NewFeedback } from '../../artifacts/feedback.ts'
import { artifactName, containers } from '../../artifacts/layout.ts'
import { describeIssues } from '../../config/describe-issues.ts'
import { feedbackPage } from '../../report/feedback/form.ts'
import {
  type FeedbackDeps,
  giveFeedback,
  MAX_FEEDBACK_BYTES,
  readFeedback,
} from '../../report/feedback/give-feedback.ts'
import type { Platform } from '../platform.ts'
import type { Answer as HttpAnswer } from './answer.ts'
import { pageLinksOf } from './pages.ts'
import { readReport } from './published-report.ts'

/** What the Functions library's HttpRequest has of a web request. */
export type FeedbackRequest = {
  readonly method: string
  readonly headers: { readonly get: (name: string) => string | null }
  readonly query: URLSearchParams
  readonly text: () => Promise<string>
}

/** Its longest fields, with room for what a form makes of them. */
const MAX_BODY_CHARACTERS = 20_000
const MAX_INVESTIGATION_BYTES = 8 * 1024 * 1024
const uncached = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

export function feedbackDeps(platform: Platform): FeedbackDeps {
  const { storage, clock, random } = platform
  const incidents = storage.blobs(containers.incidents)
  const place = (incidentId: string) => artifactName(incidentId, 'feedback.json')
  return {
    read: (incidentId) => incidents.read(place(incidentId), MAX_FEEDBACK_BYTES),
    write: (incidentId, text, etag) =>
      incidents.write(place(incidentId), text, etag === undefined ? { onlyIfNew: true } : { onlyIfEtag: etag }),
    readReport: readReport(platform),
    readInvestigation: async (incidentId) =>
      (await incidents.read(artifactName(incidentId, 'investigation.md'), MAX_INVESTIGATION_BYTES))?.text,
    writeArtifact: async (incidentId, file, content) => {
      await incidents.write(artifactName(incidentId, file), content)
    },
    pageLinks: pageLinksOf(platform),
    clock,
    random,
  }
}

/**
 * What people say of a report: JSON for programs, a page with a form for browsers. Looking never answers for anybody:
 * a link with `?answer=right` only chooses, since chats open links by themselves.
 */
export async function incidentFeedback(platform: Platform, id: string, request: FeedbackRequest): Promise<HttpAnswer> {
  const deps = feedbackDeps(platform)
  const incident = await platform.store.byId(id)
  if (incident === undefined) return json(404, { error: `There is no incident ${id.slice(0, 200)}` })
  if (incident.reportedAt === undefined)
    return json(409, { error: `Incident ${id} has no report yet: it is ${incident.status}` })
  const browser = (request.headers.get('accept') ?? '').includes('text/html')
  if (request.method !== 'POST') {
    const { feedback } = await readFeedback(deps, id)
    if (!browser) return json(200, feedback)
    const chosen = Answer.safeParse(request.query.get('answer'))
    return page(await feedbackPage(incident, feedback, { chosen: chosen.data, thanks: false }))
  }
  const text = await request.text()
  if (text.length > MAX_BODY_CHARACTERS) return json(413, { error: `At most ${MAX_BODY_CHARACTERS} characters` })
  const { clear } = await platform.door()
  const given: unknown = clear(readBody(text, request.headers.get('content-type') ?? ''))
  const parsed = NewFeedback.safeParse(given)
  if (!parsed.success)
    return json(400, {
      error: describeIssues(parsed.error, NewFeedback, given)
        .join('; ')
        .replace(/^the file:/, 'the body:'),
    })
  const feedback = await giveFeedback(deps)(id, parsed.data)
  if (!browser) return json(200, feedback)
  return page(await feedbackPage(incident, feedback, { chosen: undefined, thanks: true }))
}

function readBody(text: string, type: string): unknown {
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const json = (status: number, body: unknown): HttpAnswer => ({ status, jsonBody: body, headers: uncached })
const page = (body: string): HttpAnswer => ({
  status: 200,
  body,
  headers: {
    ...uncached,
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "frame-ancestors 'none'",
  },
})
