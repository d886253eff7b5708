import { z } from 'zod'
import { ClusterStatus } from '../artifacts/cluster-status.ts'
import type { TriageDeps } from './deps.ts'

type WatchClustersDeps = Pick<TriageDeps, 'clusterRows' | 'control' | 'notify' | 'clock'> & {
  readonly settings: Pick<TriageDeps['settings'], 'CLUSTER_UNREACHABLE_SECONDS'>
}

/** Rows of table `control`: clusters that people were told of, by name. */
const TOLD = 'unreachable'
/** The configuration's own limit. */
const MOST_CLUSTERS = 5_000

/** What is read here of the rows that supervisors keep. */
const Watch = ClusterStatus.extend({
  /** Since when nobody is subscribed; '' while somebody is. */
  blindSince: z.string().default(''),
  owner: z.string().default(''),
  until: z.string().default(''),
  enabled: z.boolean().default(true),
  removed: z.boolean().default(false),
})
type Watch = z.infer<typeof Watch>

/**
 * Tells of clusters whose faults nobody has heard for too long, and of those that are back. The notice goes out before
 * its row is written, under a name that follows from the cluster and its time: a crash in between tells nothing twice.
 */
export const watchClusters = (deps: WatchClustersDeps) => async (): Promise<void> => {
  const [rows, told] = await Promise.all([
    deps.clusterRows.list({ partition: 'clusters', limit: MOST_CLUSTERS }),
    deps.control.list({ partition: TOLD, limit: MOST_CLUSTERS }),
  ])
  const now = deps.clock.now()
  const at = now.toISOString()
  const known = new Map(told.map((row) => [row.key, row]))
  for (const { key: cluster, fields } of rows) {
    const parsed = Watch.safeParse(fields)
    if (!parsed.success) continue
    const row = known.get(cluster)
    const wanted = parsed.data.enabled && !parsed.data.removed
    const since = wanted ? blindFrom(parsed.data, now) : ''
    if (row !== undefined && since === '') {
      const toldOf = String(row.fields.since)
      const back = { version: 1, type: 'reachable', id: `reachable:${cluster}:${toldOf}`, at, cluster } as const
      if (wanted) await deps.notify({ ...back, since: toldOf, until: at })
      await deps.control.remove(row)
    }
    const seconds = (now.getTime() - Date.parse(since)) / 1000
    if (row !== undefined || since === '' || seconds < deps.settings.CLUSTER_UNREACHABLE_SECONDS) continue
    const { error, retryAt } = parsed.data
    await deps.notify({
      version: 1,
      type: 'unreachable',
      id: `unreachable:${cluster}:${since}`,
      at,
      cluster,
      since,
      error: error === '' ? 'No supervisor watches it; see the log of the supervisor functions' : error.slice(0, 1000),
      ...(isTime(retryAt) ? { retryAt } : {}),
    })
    await deps.control.insert(TOLD, cluster, { since })
  }
}

/** '' while somebody hears the cluster. A supervisor that died says nothing: then its lease tells when. */
function blindFrom({ blindSince, owner, until }: Watch, now: Date): string {
  if (isTime(blindSince)) return blindSince
  return owner !== '' && isTime(until) && Date.parse(until) < now.getTime() ? until : ''
}

const isTime = (text: string): boolean => z.iso.datetime().safeParse(text).success
