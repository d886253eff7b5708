import { z } from 'zod'
import { Match, matchShape } from '../config/mutes.ts'
import type { Clock } from '../runtime/clock.ts'
import { contend, STALE } from '../runtime/contend.ts'
import { GiveUp } from '../runtime/errors.ts'
import type { Random } from '../runtime/ids.ts'
import type { Row, Table } from '../runtime/table.ts'
import { idOf, type Mute, sameMatch } from './mute.ts'

/** Rows of table `control`: mutes that somebody asked for, by their ids. */
const PARTITION = 'mutes'
/** Each is held against every incident, and a person must still see what is muted. */
const MOST_MUTES = 500
/** What is to be quiet for longer belongs into clusters.yaml, where others see it. */
const LONGEST_MS = 90 * 86_400_000

const Json = z.string().transform((text, { issues }) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    issues.push({ code: 'custom', message: 'is no JSON', input: text })
    return z.NEVER
  }
})
const Kept = z.object({
  ...{ match: Json.pipe(Match), until: z.iso.datetime(), reason: z.string(), by: z.string() },
})

export type NewMute = { readonly match: Match; readonly until: Date; readonly reason: string; readonly by?: string }
export type MuteBookDeps = {
  readonly control: Pick<Table, 'get' | 'list' | 'insert' | 'replace' | 'remove'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
}

/** Mutes that people asked for, until their end or until they are taken back. */
export function muteBook(deps: MuteBookDeps) {
  const { control, clock } = deps
  return {
    /** In force now. */
    list: async (): Promise<readonly Mute[]> => {
      const now = clock.now().toISOString()
      const rows = await control.list({ partition: PARTITION, limit: MOST_MUTES })
      return rows.flatMap((row) => {
        const mute = muteIn(row)
        return mute === undefined || mute.until <= now ? [] : [mute]
      })
    },
    /**
     * One for each match: said again, reason and end are those that were said last, so that a mute can be shortened
     * and other words fill no book. Throws GiveUp for what makes no mute.
     */
    add: async ({ match, until, reason, by = '' }: NewMute): Promise<Mute> => {
      const lasts = until.getTime() - clock.now().getTime()
      if (!(lasts > 0)) throw new GiveUp('until: lies in the past. Give a time to come')
      if (lasts > LONGEST_MS)
        throw new GiveUp('until: is more than 90 days away. Put it into clusters.yaml, under mutes:')
      if (!Match.safeParse(match).success)
        throw new GiveUp('A name in it is empty or too long to be matched. Write the mute into clusters.yaml')
      const key = idOf(match, '')
      const fields = { match: JSON.stringify(match), until: until.toISOString(), reason, by }
      await contend(deps, `Mute ${key}`, async () => {
        const row = await control.get(PARTITION, key)
        if (row !== undefined) return (await control.replace(row, fields)) ?? STALE
        const before = await control.list({ partition: PARTITION, limit: MOST_MUTES })
        const now = clock.now().toISOString()
        // An older version kept one for each reason.
        const over = before.filter((one) => String(one.fields.until) <= now || saysTheSame(one, match))
        if (before.length >= MOST_MUTES && over.length === 0)
          throw new GiveUp(
            `There are ${MOST_MUTES} mutes already. Take back some, or put one for all into clusters.yaml`,
          )
        for (const one of over) await control.remove(one)
        return (await control.insert(PARTITION, key, fields)) ?? STALE
      })
      return { id: key, match, until: fields.until, reason, source: 'asked', ...(by === '' ? {} : { by }) }
    },
    /** False when there is no such mute. */
    remove: async (id: string): Promise<boolean> => {
      const row = await control.get(PARTITION, id)
      if (row !== undefined) await control.remove(row)
      return row !== undefined
    },
  }
}

function muteIn({ key, fields }: Row): Mute | undefined {
  const row = Kept.safeParse(fields)
  // One that another version wrote, or a hand, mutes nothing and stops no other.
  if (!row.success) return undefined
  const { match, until, reason, by } = row.data
  return { id: key, match, until, reason, source: 'asked', ...(by === '' ? {} : { by }) }
}

function saysTheSame(row: Row, match: Match): boolean {
  const mute = muteIn(row)
  return mute !== undefined && sameMatch(mute.match, match)
}
export type MuteBook = ReturnType<typeof muteBook>

/** As `POST /api/mutes` takes it. */
export const MuteRequest = z
  .strictObject({
    ...matchShape,
    until: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-12-24T18:00:00Z' }),
    reason: z.string().min(1).max(300),
    by: z.string().max(100).default(''),
  })
  .refine((given) => Object.keys(matchShape).some((key) => given[key as keyof typeof given] !== undefined), {
    error: `must say what is muted: one of ${Object.keys(matchShape).join(', ')} (cluster: "*" for everything)`,
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
