import { z } from 'zod'
import { acknowledge } from '../../incident/acknowledge.ts'
import { type Mute, matchWords } from '../../incident/mute.ts'
import { MuteRequest } from '../../incident/mute-book.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { answer, type BodyRequest, jsonBody, problem } from './json-body.ts'

/** Lists of 200 names of 253 characters in each of five fields would be this long; nobody writes that. */
const MAX_BODY_CHARACTERS = 50_000

export type MutePlatform = Pick<Platform, 'muteBook' | 'mutes' | 'clock' | 'door'>
type MutesRequest = BodyRequest & { readonly method: string }

/** `GET /api/mutes`: all in force, those of clusters.yaml too. `POST`: one more, or an end changed. */
export async function mutes(platform: MutePlatform, request: MutesRequest): Promise<Answer> {
  if (request.method !== 'POST') return answer(200, { mutes: (await allOf(platform)).map(shown) })
  const { data, refused } = await jsonBody(request, MuteRequest, MAX_BODY_CHARACTERS, await platform.door())
  if (refused !== undefined) return refused
  const { until, reason, by, ...match } = data
  try {
    return answer(201, shown(await platform.muteBook.add({ match, until: new Date(until), reason, by })))
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error
    return problem(400, error.message)
  }
}

/** What was asked for a moment ago may not be among those that other processes keep. */
async function allOf({ mutes: inForce, muteBook }: MutePlatform): Promise<readonly Mute[]> {
  const [all, asked] = await Promise.all([inForce(), muteBook.list()])
  return [...all.filter(({ source }) => source !== 'asked'), ...asked]
}

/** `DELETE /api/mutes/{id}`: what it held back and is still there is told within a minute. */
export async function unmute(platform: MutePlatform, id: string): Promise<Answer> {
  if (await platform.muteBook.remove(id)) return answer(200, { id, removed: true })
  const own = (await allOf(platform)).find((one) => one.id === id)
  return own === undefined
    ? problem(404, `There is no mute ${id.slice(0, 60)}. GET /api/mutes lists those in force`)
    : problem(409, `Mute ${id} stands in clusters.yaml. Take it out there`)
}

const shown = ({ id, match, until, reason, source, by }: Mute) => ({
  ...{ id, ...match, until, reason, source, words: matchWords(match) },
  ...(by === undefined ? {} : { by }),
})

/** As an acknowledgement is sent. */
export const Acknowledge = z.strictObject({
  by: z.string().max(100).default(''),
  note: z.string().max(500).default(''),
})

/** `POST /api/incidents/{id}/acknowledge`. */
export async function acknowledgeIncident(
  platform: Pick<Platform, 'store' | 'clock' | 'random' | 'door'>,
  id: string,
  request: BodyRequest,
): Promise<Answer> {
  const text = await request.text()
  const body = { text: async () => (text === '' ? '{}' : text) }
  const { data, refused } = await jsonBody(body, Acknowledge, MAX_BODY_CHARACTERS, await platform.door())
  if (refused !== undefined) return refused
  const stored = await acknowledge(platform)(id, data)
  if (stored !== undefined) return answer(200, { incidentId: id, acknowledged: stored.incident.acknowledged })
  const there = await platform.store.byId(id)
  return there === undefined
    ? problem(404, `There is no incident ${id.slice(0, 200)}`)
    : problem(409, `Incident ${id} is over already`)
}
