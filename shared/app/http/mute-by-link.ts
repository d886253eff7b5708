import { z } from 'zod'
import type { Match } from '../../config/mutes.ts'
import { acknowledge } from '../../incident/acknowledge.ts'
import type { Incident } from '../../incident/incident.ts'
import { muteHours, mutePage, muteScopes } from '../../report/feedback/mute-form.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import type { FeedbackRequest } from './feedback.ts'
import { headers, htmlHeaders } from './pages.ts'

/** What the form of the page sends. */
const Choice = z.object({
  for: z.enum(['1h', '24h', '7d', 'acknowledge']),
  scope: z.enum(muteScopes).default('object'),
  reason: z.string().max(300).default(''),
  by: z.string().max(100).default(''),
})
/** Its longest fields, as a form writes them. */
const MAX_BODY_CHARACTERS = 5_000

type Needs = Pick<Platform, 'store' | 'muteBook' | 'clock' | 'random' | 'door'>

/** The mute link of a message: a look shows what can be muted, and only what its form sends mutes it. */
export async function muteByLink(platform: Needs, incidentId: string, request: FeedbackRequest): Promise<Answer> {
  const incident = await platform.store.byId(incidentId)
  if (incident === undefined) return refused(404, `There is no incident ${incidentId} any more.`)
  if (request.method !== 'POST') return page(incident, '')
  const text = await request.text()
  const { clear } = await platform.door()
  const given = Choice.safeParse(clear(Object.fromEntries(new URLSearchParams(text.slice(0, MAX_BODY_CHARACTERS)))))
  if (text.length > MAX_BODY_CHARACTERS || !given.success)
    return refused(400, 'for: must be 1h, 24h, 7d or acknowledge; scope: object or namespace.')
  const { scope, by, reason: why } = given.data
  if (given.data.for === 'acknowledge') {
    const stored = await acknowledge(platform)(incidentId, { by, note: '' })
    return page(stored?.incident ?? incident, stored === undefined ? 'This incident is over.' : 'Acknowledged.')
  }
  const reason = why.trim() || 'muted from its message'
  const until = new Date(platform.clock.now().getTime() + muteHours[given.data.for] * 3_600_000)
  try {
    const mute = await platform.muteBook.add({ match: matchOf(incident, scope), until, reason, by })
    const muted = { id: mute.id, since: platform.clock.now().toISOString(), until: mute.until, reason }
    return page({ ...incident, muted }, 'Muted.')
  } catch (error) {
    if (error instanceof GiveUp) return refused(409, error.message)
    throw error
  }
}

function matchOf({ cluster, namespace, owner }: Incident, scope: z.infer<typeof Choice>['scope']): Match {
  const place = { cluster: [cluster], ...(namespace === '' ? {} : { namespace: [namespace] }) }
  return scope === 'namespace' ? place : { ...place, kind: [owner.kind], name: [owner.name] }
}

const page = async (incident: Incident, said: string): Promise<Answer> => ({
  status: 200,
  body: await mutePage(incident, said),
  headers: htmlHeaders,
})
const refused = (status: number, error: string): Answer => ({ status, jsonBody: { error }, headers })
