import { Cluster } from '../../../shared/config/cluster.ts'
import { withDiscovery } from '../../../shared/config/discovered.ts'
import type { Table } from '../../../shared/runtime/table.ts'
import { timer } from '../hosts.ts'
import { BEGINNING, type Mortal, type Sky } from '../mortal.ts'
import { fleet, type PlacesPlan } from './plan.ts'

const clusters: ReadonlyMap<string, Cluster> = new Map(
  fleet.map((name) => [
    name,
    Cluster.parse({ name, mcp: { endpoint: `https://${name}.invalid/mcp` }, triage: { enabled: false } }),
  ]),
)
const LOOK_MS = 300_000
/** Now and then a process ends, and the next one knows only what is stored. */
const NEW_PROCESS = 0.2

/**
 * The real discovery over a directory that answers as planned, and the rows that a supervisor would write of it. (The
 * supervisor itself is in the other worlds of this checker.)
 */
export function directoryModel(sky: Sky, plan: PlacesPlan, rows: Table) {
  const { time, chance } = sky
  const stored = new Map<string, string>()
  let known: ReturnType<typeof discovery> | undefined
  let inForce = new Map<string, Cluster>()

  const discovery = (who: Mortal) =>
    withDiscovery(
      {
        current: async () => ({
          ...{ clusters: [], notifications: [], discovery: [], mutes: [], maintenance: [] },
          changed: { added: [], removed: [], modified: [] },
        }),
      },
      {
        places: () => [{ key: 'directory', name: 'the directory', find }],
        clock: who.clock,
        log: (text) => sky.note?.('discovery', text),
        memory: { read: async (key) => stored.get(key), write: async (key, text) => stored.set(key, text) },
      },
    )
  async function find() {
    const { names } = plan.directory.findLast(({ from }) => from <= time.now()) ?? { names: fleet }
    if (names === 'error') throw new Error('503')
    return names.flatMap((name) => clusters.get(name) ?? [])
  }

  async function look(who: Mortal): Promise<void> {
    if (known === undefined || chance.happens(NEW_PROCESS)) known = discovery(who)
    known.refreshAgain()
    const { clusters: all, problem } = await known.current()
    inForce = new Map(all.map((one) => [one.name, one]))
    for (const name of fleet) await write(name, inForce.has(name), problem === undefined)
  }
  async function write(name: string, configured: boolean, certain: boolean): Promise<void> {
    const row = await rows.get('clusters', name)
    const at = time.now()
    const blind = plan.blind.find((one) => one.cluster === name && one.from <= at && at < one.until)
    const iso = (ms: number) => new Date(BEGINNING + ms).toISOString()
    if (!configured && (!certain || row === undefined || row.fields.removed === true)) return
    const fields = configured
      ? {
          ...{ status: blind === undefined ? 'active' : 'failed', removed: false },
          blindSince: blind === undefined ? '' : iso(blind.from),
        }
      : { status: 'disconnected', removed: true, blindSince: '' }
    if (row === undefined) await rows.insert('clusters', name, { ...fields, statusSince: iso(at) })
    else if (Object.entries(fields).some(([key, value]) => row.fields[key] !== value))
      await rows.replace(row, { ...row.fields, ...fields, statusSince: iso(at) })
  }

  timer(sky, 'supervisor', () => LOOK_MS, look)
  return {
    /** Who has an incident was watched before: its row is there, however early it leaves. */
    begin: async () => {
      for (const name of fleet) await write(name, true, true)
    },
    inForce: (name: string) => inForce.get(name),
  }
}
