import { z } from 'zod'
import type { Cluster } from '../config/cluster.ts'
import { contend, STALE } from '../runtime/contend.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Row } from '../runtime/table.ts'
import type { TriageDeps } from './deps.ts'

/** Rows of table `control`: whether agents can set out for a cluster, and when that was looked at last. */
export const TRIAGE_CHECKS = 'triage-checks'

const State = z.object({
  /** Of what the configuration says of its triage: another is looked at at once. */
  entry: z.string(),
  checkedAt: z.iso.datetime(),
  /** In words; '' when all is well. */
  problem: z.string(),
  /** No agent can be started: it would have no kubeconfig. */
  blocked: z.boolean(),
})
export type TriageState = z.infer<typeof State>

export const entryOf = ({ triage }: Cluster): string =>
  derivedId(16, triage.kubeconfig ?? '', String(triage.allow_secrets_access))

/** `undefined`: nobody has looked yet, or another version did. */
export function stateIn(row: Row | undefined): TriageState | undefined {
  const parsed = State.safeParse(row?.fields ?? {})
  return parsed.success ? parsed.data : undefined
}

/** The configuration's own limit. */
const MOST_CLUSTERS = 5_000

type Needs = Pick<TriageDeps, 'control' | 'clock' | 'random'>

export const keepState = ({ control, ...deps }: Needs, cluster: string, state: TriageState): Promise<unknown> =>
  contend(deps, `The triage of ${cluster}`, async () => {
    const row = await control.get(TRIAGE_CHECKS, cluster)
    const written = row === undefined ? control.insert(TRIAGE_CHECKS, cluster, state) : control.replace(row, state)
    return (await written) ?? STALE
  })

/** A launch has found out what the next look would have. */
export const noteBlocked = (deps: Needs, cluster: Cluster, problem: string): Promise<unknown> =>
  keepState(deps, cluster.name, {
    ...{ entry: entryOf(cluster), problem: problem.slice(0, 1_000), blocked: true },
    checkedAt: deps.clock.now().toISOString(),
  })

/** Clusters for which no agent can be started, with the reason. */
export async function blockedClusters({ control }: Pick<TriageDeps, 'control'>): Promise<ReadonlyMap<string, string>> {
  const rows = await control.list({ partition: TRIAGE_CHECKS, filter: { blocked: true }, limit: MOST_CLUSTERS })
  return new Map(rows.map((row) => [row.key, stateIn(row)?.problem ?? '']))
}
