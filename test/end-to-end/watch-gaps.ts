import type { Host } from '../../infra/local/host/start-host.ts'
import { tables } from '../../shared/artifacts/layout.ts'
import { type ClusterRow, readClusterRow } from '../../shared/lease/cluster-row.ts'
import type { FaultServer } from '../fakes/fault-server.ts'
import { eventually, type WholeApp } from './whole-app.ts'

const LOOK_MS = 100

/** Whether somebody would get a notice of this cluster now. */
export function isHeard(server: FaultServer, name: string): boolean {
  const { sessions, subscriptions } = server.at(name)
  return [...subscriptions.values()].some((id) => {
    const session = sessions.get(id)
    return session?.level === true && session.stream !== undefined
  })
}

export type Blindness = {
  readonly seconds: number
  /** Parts of the time in which nobody heard a cluster, over all clusters: as their rows say, and as their servers saw it. */
  readonly byRows: number
  readonly byServers: number
}

/** Who hears the clusters of a running app, and for how long nobody does. */
export function watchGaps(app: WholeApp, server: FaultServer, names: readonly string[]) {
  const rows = async (): Promise<ReadonlyMap<string, ClusterRow>> => {
    const found = await app.storage.table(tables.clusters).list({ limit: 1_000 })
    return new Map(found.map((row) => [row.key, readClusterRow(row)]))
  }
  const blindOf = ({ blindMilliseconds, blindSince }: ClusterRow) =>
    blindMilliseconds + (blindSince === '' ? 0 : Math.max(0, Date.now() - Date.parse(blindSince)))
  const sum = (all: ReadonlyMap<string, ClusterRow>) => [...all.values()].reduce((most, row) => most + blindOf(row), 0)
  const isActive = (row: ClusterRow | undefined) => row?.status === 'active'

  return {
    allHeard: () =>
      eventually('all clusters are heard', 60, rows, (seen) => names.every((name) => isActive(seen.get(name)))),
    /** While nothing disturbs the supervisors but the ends of their windows. */
    blindness: async (seconds: number): Promise<Blindness> => {
      const before = sum(await rows())
      const startedAt = Date.now()
      let lookedAt = startedAt
      let unheard = 0
      while (Date.now() - startedAt < seconds * 1_000) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        unheard += names.filter((name) => !isHeard(server, name)).length * (Date.now() - lookedAt)
        lookedAt = Date.now()
      }
      const all = (lookedAt - startedAt) * names.length
      return { seconds, byRows: (sum(await rows()) - before) / all, byServers: unheard / all }
    },
    /** SIGKILL for the supervisor that holds most: after how many seconds all its clusters are another's, and heard. */
    takeover: async (host: Host): Promise<number> => {
      const held = Map.groupBy(await rows(), ([, { owner }]) => owner)
      const [owner = '', its = []] = [...held].sort((a, b) => b[1].length - a[1].length)[0] ?? []
      const [name = ''] = owner.split('.')
      const worker = host.workers().find(({ functions }) => functions.includes(name))
      if (worker === undefined || !(worker.pid > 1)) throw new Error(`nobody runs ${name}`)
      process.kill(worker.pid, 'SIGKILL')
      const startedAt = Date.now()
      await eventually('its clusters are heard again', 120, rows, (seen) =>
        its.every(([cluster]) => {
          const row = seen.get(cluster)
          return row?.owner !== owner && isActive(row) && isHeard(server, cluster)
        }),
      )
      return (Date.now() - startedAt) / 1_000
    },
  }
}
