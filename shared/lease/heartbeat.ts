import { z } from 'zod'
import { Heartbeat } from '../artifacts/cluster-status.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Table } from '../runtime/table.ts'
import type { Among } from './fair-share.ts'

const SUPERVISORS = 'supervisors'
/** Settings allow 40; rows of names no longer used stay behind. */
const MAX_SUPERVISORS = 200

const Beat = Heartbeat.extend({ owner: z.string().default(''), leaving: z.boolean().default(false) })

export type HeartbeatDeps = {
  readonly clock: Pick<Clock, 'now'>
  readonly control: Table
  readonly name: string
  readonly owner: string
  /** Silent for longer: not counted any more. Clocks of others may be off by a part of this; it decides only shares. */
  readonly staleMs: number
  /** From one run to the next, where that is longer than a run; else 0. */
  readonly patrolSeconds: number
}

export function heartbeat({ clock, control, name, owner, staleMs, patrolSeconds }: HeartbeatDeps) {
  const fresh = (at: string) => clock.now().getTime() - Date.parse(at) <= staleMs

  /** Answers whether the sign of life before this one is still recent. */
  async function write(leaving: boolean): Promise<boolean> {
    const fields = { at: clock.now().toISOString(), owner, leaving, patrolSeconds }
    const row = await control.get(SUPERVISORS, name)
    // A lost race means that another life of the same name is writing: either beat says that there is one.
    if (row === undefined) await control.insert(SUPERVISORS, name, fields)
    else await control.replace(row, fields)
    const before = Beat.safeParse(row?.fields)
    return before.success && fresh(before.data.at)
  }
  return {
    beat: () => write(false),
    /** Not counted from now on, so that the others take its clusters at once. */
    leave: () => write(true),
    /** Those who share the work, this one included; and the names of others that are about to go. */
    among: async (): Promise<Among & { readonly leaving: readonly string[] }> => {
      const rows = await control.list({ partition: SUPERVISORS, limit: MAX_SUPERVISORS })
      const beats = rows.flatMap((row) => {
        const beat = Beat.safeParse(row.fields)
        const counts = row.key !== name && beat.success && fresh(beat.data.at)
        return counts ? [{ name: row.key, leaving: beat.data.leaving }] : []
      })
      const names = (leaving: boolean) => beats.filter((one) => one.leaving === leaving).map((one) => one.name)
      const others = names(false)
      return {
        supervisors: others.length + 1,
        rank: others.filter((one) => one < name).length,
        leaving: names(true),
      }
    },
  }
}
export type Heartbeats = ReturnType<typeof heartbeat>
