import { ClusterPermissions } from '../artifacts/permissions.ts'
import type { Cluster } from '../config/cluster.ts'
import { errorText } from '../runtime/errors.ts'
import { derivedId } from '../runtime/ids.ts'
import { fromParts, toParts } from '../runtime/json-parts.ts'
import type { Row } from '../runtime/table.ts'
import type { TriageDeps } from './deps.ts'

export type Preflight = {
  readonly permissions?: ClusterPermissions
  /** What the agent will lack, for the incident's life. */
  readonly note?: string
}
export type PreflightDeps = Pick<TriageDeps, 'permissions' | 'checkPermissions' | 'clock' | 'log'> & {
  readonly settings: Pick<TriageDeps['settings'], 'PERMISSIONS_MAX_AGE_SECONDS'>
}

/** A cluster that has not answered by then is asked again at the next launch; its agent does not wait. */
const PATIENCE = 10_000
const PARTITION = 'permissions'

/** What the credential may do in the cluster: known and young enough, or asked now. Never keeps an agent from starting. */
export const preflight =
  (deps: PreflightDeps) =>
  async (cluster: Cluster, kubeconfig: string): Promise<Preflight> => {
    const { permissions: table, clock, log } = deps
    const row = await table.get(PARTITION, cluster.name)
    const credential = derivedId(16, kubeconfig)
    const known = row === undefined || row.fields.credential !== credential ? undefined : read(row)
    const age = known === undefined ? Infinity : clock.now().getTime() - new Date(known.validated_at).getTime()
    const sameWish = known?.secrets_access_allowed === cluster.triage.allow_secrets_access
    if (known !== undefined && sameWish && age < deps.settings.PERMISSIONS_MAX_AGE_SECONDS * 1000) return judged(known)

    const controller = new AbortController()
    try {
      const late = clock.sleep(PATIENCE, controller.signal).then(() => {
        throw new Error(`no answer within ${PATIENCE / 1000} s`)
      })
      const permissions = ClusterPermissions.parse(
        await Promise.race([deps.checkPermissions(cluster, kubeconfig, controller.signal), late]),
      )
      const fields = { credential, ...toParts(permissions) }
      // Stale means that somebody else asked at the same time; either answer will do.
      await (row === undefined ? table.insert(PARTITION, cluster.name, fields) : table.replace(row, fields))
      return judged(permissions)
    } catch (error) {
      const note = `The permissions in cluster ${cluster.name} could not be checked: ${errorText(error)}`
      log.warn({ cluster: cluster.name }, note)
      return { note }
    } finally {
      controller.abort()
    }
  }

function judged(permissions: ClusterPermissions): Preflight {
  if (permissions.minimum_permissions_met) return { permissions }
  const note = `The credential of cluster ${permissions.cluster_name} lacks the minimum (pods, logs, events): ${permissions.warnings.join(', ')}`
  return { permissions, note }
}

/** A row that another version wrote counts as none. */
function read(row: Row): ClusterPermissions | undefined {
  try {
    return ClusterPermissions.parse(fromParts(row.fields))
  } catch {
    return undefined
  }
}
