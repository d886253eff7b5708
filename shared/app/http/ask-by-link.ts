import { z } from 'zod'
import { askPage } from '../../report/feedback/ask-form.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import type { FeedbackRequest } from './feedback.ts'
import { investigate } from './investigate.ts'
import type { Links } from './links.ts'
import { headers, htmlHeaders } from './pages.ts'

/** Kubernetes' own limit of a name. */
const name = z.string().trim().max(253)
const Question = z.object({
  kind: z.string().trim().min(1).max(100),
  namespace: name.default(''),
  name: name.min(1),
  note: z.string().max(1_000).default(''),
  /** Of whoever has signed in. */
  by: z.string().max(100).default(''),
})
/** The longest of its fields, with room for what a form makes of them. */
const MAX_BODY_CHARACTERS = 10_000
const Asked = z.looseObject({ incidentId: z.string(), known: z.boolean() })
const Refused = z.looseObject({ error: z.string() })

/**
 * The ask link of a message: a look shows the form, and what it sends asks for any object of the incident's cluster,
 * within the limits that hold for everybody.
 */
export async function askByLink(
  platform: Platform,
  incidentId: string,
  request: FeedbackRequest,
  links: Links,
): Promise<Answer> {
  const incident = await platform.store.byId(incidentId)
  if (incident === undefined)
    return { status: 404, jsonBody: { error: `There is no incident ${incidentId} any more.` }, headers }
  const { cluster, owner, namespace } = incident
  const form = { cluster, kind: owner.kind, namespace, name: owner.name, note: '' }
  if (request.method !== 'POST') return page(200, await askPage(form, { said: '' }))
  const text = await request.text()
  const given = Question.safeParse(Object.fromEntries(new URLSearchParams(text.slice(0, MAX_BODY_CHARACTERS))))
  if (text.length > MAX_BODY_CHARACTERS || !given.success)
    return page(400, await askPage(form, { said: 'Kind and name are needed; the note has at most 1,000 characters.' }))
  const { note, by, ...object } = given.data
  const apiVersion = object.kind === owner.kind && owner.apiVersion !== '' ? { apiVersion: owner.apiVersion } : {}
  const body = JSON.stringify({ cluster, ...object, ...apiVersion, ...noteOf(note, by) })
  const { status = 200, jsonBody } = await investigate(platform, { text: async () => body })
  const filled = { cluster, ...object, note }
  const asked = Asked.safeParse(jsonBody)
  if (!asked.success)
    return page(
      status,
      await askPage(filled, { said: Refused.safeParse(jsonBody).data?.error ?? 'It could not be asked.' }),
    )
  const known = await platform.store.byId(asked.data.incidentId)
  const said = asked.data.known
    ? `An incident is about it already${known === undefined ? '' : ` (${known.status})`}.`
    : 'Asked. The report takes a minute or more; its link opens once it is written.'
  return page(status, await askPage(filled, { said, report: links.report(asked.data.incidentId) }))
}

/** With the name of who asks, where that is known. */
function noteOf(note: string, by: string): { note?: string } {
  const text = [note, by === '' ? '' : `asked by ${by}`].filter((one) => one !== '').join(' · ')
  return text === '' ? {} : { note: text.slice(0, 1_000) }
}

const page = (status: number, body: string): Answer => ({ status, body, headers: htmlHeaders })
