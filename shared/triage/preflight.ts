import { ClusterPermissions, type KnownPermissions } from '../artifacts/permissions.ts'
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
export type PreflightDeps = Pick<
  TriageDeps,
  'permissions' | 'knownPermissions' | 'checkPermissions' | 'clock' | 'log'
> & {
  readonly settings: Pick<TriageDeps['settings'], 'PERMISSIONS_MAX_AGE_SECONDS'>
}

/** A cluster that has not answered by then is asked again at the next launch; its agent does not wait. */
const PATIENCE = 10_000
/** What is missing is asked for sooner: somebody may be granting it now. */
const LACKING_MS = 60_000
const PARTITION = 'permissions'

/** What the credential may do in the cluster: known and young enough, or asked now. Never keeps an agent from starting. */
export const preflight =
  (deps: PreflightDeps) =>
  async (cluster: Cluster, kubeconfig: string): Promise<Preflight> => {
    const { permissions: table, knownPermissions, clock, log } = deps
    const credential = derivedId(16, kubeconfig)
    const fits = (known: KnownPermissions | undefined): known is KnownPermissions => {
      if (known?.credential !== credential) return false
      const { validated_at, secrets_access_allowed, minimum_permissions_met } = known.permissions
      const age = clock.now().getTime() - new Date(validated_at).getTime()
      const sameWish = secrets_access_allowed === cluster.triage.allow_secrets_access
      const usual = deps.settings.PERMISSIONS_MAX_AGE_SECONDS * 1000
      return sameWish && age < (minimum_permissions_met ? usual : Math.min(usual, LACKING_MS))
    }
    const remembered = knownPermissions.get(cluster.name)
    if (fits(remembered)) return judged(remembered.permissions)
    const row = await table.get(PARTITION, cluster.name)
    const kept = row === undefined ? undefined : read(row)
    if (fits(kept)) {
      knownPermissions.set(cluster.name, kept)
      return judged(kept.permissions)
    }

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
      knownPermissions.set(cluster.name, { credential, permissions })
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
function read(row: Row): KnownPermissions | undefined {
  try {
    return { credential: String(row.fields.credential), permissions: ClusterPermissions.parse(fromParts(row.fields)) }
  } catch {
    return undefined
  }
}
