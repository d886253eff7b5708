import { z } from 'zod'
import type { Clock } from '../runtime/clock.ts'
import { type ContendDeps, contend, STALE } from '../runtime/contend.ts'
import type { Row, Table } from '../runtime/table.ts'

/** An agent that may run. `until` is a backstop for a crash: what ends in order is given back at once. */
export const Holder = z.strictObject({
  incidentId: z.string(),
  cluster: z.string(),
  fence: z.number().int(),
  until: z.iso.datetime(),
})
export type Holder = z.infer<typeof Holder>
/** 100 agents at most (MAX_CONCURRENT_AGENTS) of at most 260 characters each stay below a property's 32 K. */
const Holders = z.array(Holder).max(100)

export type Limits = { readonly total: number; readonly perCluster: number }
/** `gone`: a later fence holds it, and a late launcher must not end that. */
export type Taken = 'taken' | 'full' | 'cluster-full' | 'gone'
/** The list as it was read: whoever decides on it writes only if it still stands so. */
export type Seen = {
  readonly row: Row | undefined
  readonly all: readonly Holder[]
  readonly held: readonly Holder[]
  /** How many attempts have ever got a slot. */
  readonly taken: number
}
export type Slots = {
  readonly read: () => Promise<Seen>
  readonly holders: () => Promise<readonly Holder[]>
  /** All that fit, in their order, by one write. Taking again for the same incident renews. One answer for each. */
  readonly take: (holders: readonly Holder[], limits: Limits, seen?: Seen) => Promise<readonly Taken[]>
  /** Gives back what the incident holds under this fence or an older one; a later fence keeps its slot. */
  readonly release: (incidentId: string, fence: number) => Promise<void>
}

const PARTITION = 'agents'
const KEY = 'slots'

/** The semaphore of agents: one row, so that taking is one conditional write over all clusters. */
export function agentSlots(
  deps: ContendDeps & { readonly control: Table; readonly clock: Pick<Clock, 'now' | 'sleep'> },
): Slots {
  const { control } = deps
  const read = async (): Promise<Seen> => {
    const now = deps.clock.now().toISOString()
    const row = await control.get(PARTITION, KEY)
    const all = row === undefined ? [] : Holders.parse(JSON.parse(String(row.fields.holders)))
    return { row, all, held: all.filter(({ until }) => until > now), taken: Number(row?.fields.taken ?? 0) }
  }
  const write = async (row: Row | undefined, holders: readonly Holder[], taken: number) => {
    const fields = { holders: JSON.stringify(holders), taken }
    const written = row === undefined ? control.insert(PARTITION, KEY, fields) : control.replace(row, fields)
    return (await written) !== undefined
  }

  return {
    read,
    holders: async () => (await read()).held,
    take: async (asking, limits, seen) => {
      let known = seen
      return contend(deps, 'The list of agents', async () => {
        const { row, held, taken } = known ?? (await read())
        known = undefined
        const { left, answers, fresh } = taking(held, asking, limits)
        return !answers.includes('taken') || (await write(row, left, taken + fresh)) ? answers : STALE
      })
    },
    release: (incidentId, fence) =>
      contend(deps, 'The list of agents', async () => {
        const { row, all, held, taken } = await read()
        const left = held.filter((one) => one.incidentId !== incidentId || one.fence > fence)
        if (left.length === all.length) return
        return (await write(row, left, taken)) ? undefined : STALE
      }),
  }
}

function taking(held: readonly Holder[], asking: readonly Holder[], limits: Limits) {
  let left = held
  let fresh = 0
  const answers = asking.map((holder): Taken => {
    const own = left.find(({ incidentId }) => incidentId === holder.incidentId)
    if (own !== undefined && own.fence > holder.fence) return 'gone'
    const others = left.filter((one) => one !== own)
    if (others.length >= limits.total) return 'full'
    if (others.filter(({ cluster }) => cluster === holder.cluster).length >= limits.perCluster) return 'cluster-full'
    left = [...others, holder]
    // Taken up after a crash it is the same attempt.
    if (own?.fence !== holder.fence) fresh += 1
    return 'taken'
  })
  return { left, answers, fresh }
}
