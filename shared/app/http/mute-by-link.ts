import { z } from 'zod'
import type { Match } from '../../config/mutes.ts'
import { acknowledge } from '../../incident/acknowledge.ts'
import type { Incident } from '../../incident/incident.ts'
import { type Mute, sameMatch } from '../../incident/mute.ts'
import { type MuteScope, muteHours, mutePage, muteScopes } from '../../report/feedback/mute-form.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import type { FeedbackRequest } from './feedback.ts'
import { headers, htmlHeaders } from './pages.ts'

/** What the form of the page sends. */
const Choice = z.object({
  for: z.enum(['1h', '24h', '7d', 'acknowledge', 'end']),
  scope: z.enum(muteScopes).default('object'),
  reason: z.string().max(300).default(''),
  by: z.string().max(100).default(''),
})
/** Its longest fields, as a form writes them. */
const MAX_BODY_CHARACTERS = 5_000

type Needs = Pick<Platform, 'store' | 'muteBook' | 'clock' | 'random' | 'door'>

/**
 * The mute link of a message: a look shows what can be muted, and only what its form sends mutes it. It ends what mutes
 * the same object or namespace and nothing else, by its form or by DELETE.
 */
export async function muteByLink(platform: Needs, incidentId: string, request: FeedbackRequest): Promise<Answer> {
  const incident = await platform.store.byId(incidentId)
  if (incident === undefined) return refused(404, `There is no incident ${incidentId} any more.`)
  if (request.method === 'DELETE') return end(platform, incident)
  if (request.method !== 'POST') return page(platform, incident, '')
  const text = await request.text()
  const { clear } = await platform.door()
  const given = Choice.safeParse(clear(Object.fromEntries(new URLSearchParams(text.slice(0, MAX_BODY_CHARACTERS)))))
  if (text.length > MAX_BODY_CHARACTERS || !given.success)
    return refused(400, 'for: must be 1h, 24h, 7d, acknowledge or end; scope: object or namespace.')
  const { scope, by, reason: why } = given.data
  if (given.data.for === 'end') return end(platform, incident)
  if (given.data.for === 'acknowledge') {
    const stored = await acknowledge(platform)(incidentId, { by, note: '' })
    return page(
      platform,
      stored?.incident ?? incident,
      stored === undefined ? 'This incident is over.' : 'Acknowledged.',
    )
  }
  const reason = why.trim() || 'muted from its message'
  const match = matchOf(incident, scope)
  if (match === undefined)
    return refused(400, `${incident.owner.kind} ${incident.owner.name} is in no namespace: scope must be object.`)
  // Its name was chosen in the cluster, and would speak of others, too.
  if (
    Object.values(match)
      .flat()
      .some((one) => one?.includes('*'))
  )
    return refused(409, 'A name of it holds a *, which would mute others with it. Write the mute into clusters.yaml.')
  const until = new Date(platform.clock.now().getTime() + muteHours[given.data.for] * 3_600_000)
  try {
    const mute = await platform.muteBook.add({ match, until, reason, by })
    const muted = { id: mute.id, since: platform.clock.now().toISOString(), until: mute.until, reason }
    return page(platform, { ...incident, muted }, 'Muted.')
  } catch (error) {
    if (error instanceof GiveUp) return refused(409, error.message)
    throw error
  }
}

/** `undefined` for the namespace of what is in none: all of its cluster would be left. */
function matchOf({ cluster, namespace, owner }: Incident, scope: MuteScope): Match | undefined {
  const place = { cluster: [cluster], ...(namespace === '' ? {} : { namespace: [namespace] }) }
  if (scope === 'namespace') return namespace === '' ? undefined : place
  return { ...place, kind: [owner.kind], name: [owner.name] }
}

/** Those that this link could have asked for. */
async function endable({ muteBook }: Pick<Platform, 'muteBook'>, incident: Incident): Promise<readonly Mute[]> {
  const own = muteScopes.flatMap((scope) => matchOf(incident, scope) ?? [])
  return (await muteBook.list()).filter(({ match }) => own.some((one) => sameMatch(one, match)))
}

async function end(platform: Needs, incident: Incident): Promise<Answer> {
  const ended = await endable(platform, incident)
  for (const { id } of ended) await platform.muteBook.remove(id)
  const { muted, ...rest } = incident
  const by = ended.some(({ id }) => id === muted?.id) || muted === undefined ? rest : incident
  return page(platform, by, ended.length === 0 ? 'No mute of this link is in force.' : 'The mute is ended.')
}

async function page(platform: Needs, incident: Incident, said: string): Promise<Answer> {
  const ends = (await endable(platform, incident)).length > 0
  return { status: 200, body: await mutePage(incident, { said, ends }), headers: htmlHeaders }
}
const refused = (status: number, error: string): Answer => ({ status, jsonBody: { error }, headers })
