import { z } from 'zod'
import type { Clock } from '../runtime/clock.ts'
import { type ContendDeps, contend, STALE } from '../runtime/contend.ts'
import type { Table } from '../runtime/table.ts'

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
export type Slots = {
  readonly holders: () => Promise<readonly Holder[]>
  /** Taking again for the same incident renews. `gone`: a later fence holds it, and a late launcher must not end that. */
  readonly take: (holder: Holder, limits: Limits) => Promise<'taken' | 'full' | 'cluster-full' | 'gone'>
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
  const read = async () => {
    const now = deps.clock.now().toISOString()
    const row = await control.get(PARTITION, KEY)
    const all = row === undefined ? [] : Holders.parse(JSON.parse(String(row.fields.holders)))
    return { row, all, held: all.filter(({ until }) => until > now) }
  }
  const write = async (row: Awaited<ReturnType<typeof read>>['row'], holders: readonly Holder[]) => {
    const fields = { holders: JSON.stringify(holders) }
    const written = row === undefined ? control.insert(PARTITION, KEY, fields) : control.replace(row, fields)
    return (await written) !== undefined
  }

  return {
    holders: async () => (await read()).held,
    take: (holder, limits) =>
      contend(deps, 'The list of agents', async () => {
        const { row, held } = await read()
        if (held.some(({ incidentId, fence }) => incidentId === holder.incidentId && fence > holder.fence))
          return 'gone'
        const others = held.filter(({ incidentId }) => incidentId !== holder.incidentId)
        if (others.length >= limits.total) return 'full'
        if (others.filter(({ cluster }) => cluster === holder.cluster).length >= limits.perCluster)
          return 'cluster-full'
        return (await write(row, [...others, holder])) ? 'taken' : STALE
      }),
    release: (incidentId, fence) =>
      contend(deps, 'The list of agents', async () => {
        const { row, all, held } = await read()
        const left = held.filter((one) => one.incidentId !== incidentId || one.fence > fence)
        if (left.length === all.length) return
        return (await write(row, left)) ? undefined : STALE
      }),
  }
}
