import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'
import { ShownMute, ShownMutes } from './answers.ts'
import type { Client } from './client.ts'
import { find, whatOf } from './incidents.ts'
import { columns, type Output, plain } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean; readonly now: () => Date }
export type MuteOptions = {
  readonly for: string
  readonly reason?: string
  readonly by?: string
  readonly cluster?: string
  readonly namespace?: string
  readonly kind?: string
  readonly name?: string
  readonly label?: string
  readonly class?: string
}
const MATCH = ['cluster', 'namespace', 'kind', 'name', 'label', 'class'] as const
const units = { m: 1, h: 60, d: 1_440 } as const

/** `nightcrier mute [ID]`: the object of an incident, or whatever its options say. */
export async function mute({ client, out, json, now }: Deps, id: string | undefined, given: MuteOptions) {
  const { reason, by } = given
  if (reason === undefined || reason.trim() === '')
    throw new GiveUp('Say why with --reason: whoever wonders about the silence reads it.')
  const match = id === undefined ? matchOf(given) : await matchOfIncident(client, id, given)
  const until = new Date(now().getTime() + minutesOf(given.for) * 60_000).toISOString()
  const body = { ...match, until, reason, ...(by === undefined ? {} : { by }) }
  const made = await client.post('mutes', body, ShownMute)
  if (json) return out.line(JSON.stringify(made))
  out.line(
    `Muted until ${made.until.slice(0, 16)}Z: ${plain(made.words)}. Take it back with nightcrier unmute ${made.id}`,
  )
}

function matchOf(given: MuteOptions) {
  const match = Object.fromEntries(MATCH.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])))
  if (Object.keys(match).length > 0) return match
  throw new GiveUp(`Say what to mute: an incident's id, or one of ${MATCH.map((key) => `--${key}`).join(', ')}.`)
}

/** Of exactly its object: options that would say more or less are for a mute without an incident. */
async function matchOfIncident(client: Client, id: string, given: MuteOptions) {
  const beside = MATCH.filter((key) => given[key] !== undefined).map((key) => `--${key}`)
  if (beside.length > 0)
    throw new GiveUp(`An incident's id says what to mute already. Leave out the id, or ${beside.join(' and ')}.`)
  const { cluster, owner } = await find(client, id)
  const names = [cluster, owner.namespace, owner.kind, owner.name]
  if (names.some((name) => name.includes('*')))
    throw new GiveUp(
      `${plain(names.find((name) => name.includes('*')) ?? '')} would be taken for a pattern, and mute others with it. Say with --name and --namespace what you mean.`,
    )
  const place = owner.namespace === '' ? {} : { namespace: owner.namespace }
  return { cluster, ...place, kind: owner.kind, name: owner.name }
}

function minutesOf(text: string): number {
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (amount === undefined || Number(amount) === 0)
    throw new GiveUp(`--for ${plain(text)} is no time. Say 30m, 2h or 7d.`)
  return Number(amount) * units[unit === 'm' ? 'm' : unit === 'h' ? 'h' : 'd']
}

/** `nightcrier mutes`: all in force. */
export async function mutes({ client, out, json }: Deps): Promise<void> {
  const all = await client.get('mutes', ShownMutes)
  if (json) return out.line(JSON.stringify(all))
  if (all.mutes.length === 0) return out.note('Nothing is muted.')
  const rows = all.mutes.map(({ id, words, until, reason, source, by }) =>
    [id, `${until.slice(0, 16)}Z`, source === 'asked' ? by || 'asked' : source, words, reason].map(plain),
  )
  for (const line of columns([['MUTE', 'UNTIL', 'BY', 'WHAT', 'WHY'], ...rows])) out.line(line)
}

/** `nightcrier unmute ID`. */
export async function unmute({ client, out, json }: Deps, id: string): Promise<void> {
  const gone = await client.remove(`mutes/${encodeURIComponent(id)}`, z.looseObject({ id: z.string() }))
  out.line(
    json ? JSON.stringify(gone) : `Mute ${plain(gone.id)} is taken back; what is still wrong is told within a minute.`,
  )
}

/** `nightcrier ack ID`. */
export async function acknowledge(
  { client, out, json }: Deps,
  id: string,
  given: { readonly by?: string; readonly note?: string },
): Promise<void> {
  const incident = await find(client, id)
  const path = `incidents/${encodeURIComponent(incident.incidentId)}/acknowledge`
  const done = await client.post(path, given, z.looseObject({ incidentId: z.string() }))
  out.line(json ? JSON.stringify(done) : `${plain(whatOf(incident))} is acknowledged.`)
}
