import type { ClusterPermissions } from '../artifacts/permissions.ts'
import { errorText } from '../runtime/errors.ts'
import { type ClusterApi, ClusterApiError } from './cluster-api.ts'
import { type Rules, rulesTable, writeVerbs } from './rules.ts'

/** The whole check: it goes before every launch, and one slow cluster must not hold up its triage longer than a call. */
const CHECK_TIMEOUT_MS = 10_000
/** Where write rights hide that a cluster-wide question does not show. */
const NAMESPACES = ['default', 'kube-system'] as const
const MAX_TABLE_LINES = 150
const MAX_RAW_CHARACTERS = 20_000
const MAX_WRITE_VERBS = 200

export type PermissionsInput = {
  readonly cluster: string
  readonly allowSecretsAccess: boolean
  readonly now: () => Date
  readonly signal?: AbortSignal
}
type Access = readonly [verb: string, resource: string, group: string]

const asked = {
  can_get_pods: ['get', 'pods', ''],
  can_get_logs: ['get', 'pods/log', ''],
  can_get_events: ['get', 'events', ''],
  can_get_deployments: ['get', 'deployments', 'apps'],
  can_get_services: ['get', 'services', ''],
  can_get_nodes: ['get', 'nodes', ''],
  can_get_secrets: ['get', 'secrets', ''],
  can_get_configmaps: ['get', 'configmaps', ''],
  everything: ['*', '*', '*'],
} as const satisfies Record<string, Access>

/** Asks the cluster's own API what the credential may do, all at once. Throws ClusterApiError when it cannot be asked. */
export async function checkPermissions(api: ClusterApi, input: PermissionsInput): Promise<ClusterPermissions> {
  const deadline = AbortSignal.timeout(CHECK_TIMEOUT_MS)
  const signal = input.signal === undefined ? deadline : AbortSignal.any([input.signal, deadline])
  const unasked: string[] = []
  /** No answer and a refused credential end the check; a single question that fails counts as no. */
  const orElse =
    <T>(fallback: T, what: string) =>
    (error: unknown): T => {
      if (!(error instanceof ClusterApiError) || error.status === 0 || error.status === 401) throw error
      unasked.push(`${what} could not be asked: ${errorText(error)}`)
      return fallback
    }
  const may = async ([verb, resource, group]: Access): Promise<boolean> =>
    api.canI(verb, resource, { group }, signal).catch(orElse(false, `${verb} ${resource}`))
  const rulesOf = async (namespace: string): Promise<Rules> =>
    api.rules(namespace, signal).catch(orElse({ incomplete: true, rules: [] }, `the rules in ${namespace}`))

  const [pods, logs, events, deployments, services, nodes, secrets, configmaps, everything, ...rules] =
    await Promise.all([
      may(asked.can_get_pods),
      may(asked.can_get_logs),
      may(asked.can_get_events),
      may(asked.can_get_deployments),
      may(asked.can_get_services),
      may(asked.can_get_nodes),
      may(asked.can_get_secrets),
      may(asked.can_get_configmaps),
      may(asked.everything),
      ...NAMESPACES.map(rulesOf),
    ])
  if (unasked.length === Object.keys(asked).length + NAMESPACES.length)
    throw new ClusterApiError(`${api.server} answers no question about permissions. ${unasked[0]}`, 403, 'NoReviews')

  const writes = [...new Set([...(everything ? ['* *'] : []), ...writeVerbs(rules.flatMap((each) => each.rules))])]
  const facts = {
    can_get_pods: pods,
    can_get_logs: logs,
    can_get_events: events,
    can_get_deployments: deployments,
    can_get_services: services,
    can_get_nodes: nodes,
    secrets_access_allowed: input.allowSecretsAccess,
    can_get_secrets: secrets,
    can_get_configmaps: configmaps,
  }
  return {
    cluster_name: input.cluster,
    validated_at: input.now().toISOString(),
    ...facts,
    minimum_permissions_met: pods && logs && events,
    helm_access_available: input.allowSecretsAccess && secrets,
    write_verbs: writes.slice(0, MAX_WRITE_VERBS).map((each) => printable(each).slice(0, 200)),
    warnings: [
      ...warnings(
        facts,
        writes,
        rules.some((each) => each.incomplete),
      ),
      ...unasked,
    ].slice(0, 50),
    raw_output: rawOutput(rules),
  }
}

type Facts = Pick<
  ClusterPermissions,
  | 'can_get_pods'
  | 'can_get_logs'
  | 'can_get_events'
  | 'can_get_deployments'
  | 'can_get_services'
  | 'can_get_nodes'
  | 'secrets_access_allowed'
  | 'can_get_secrets'
>

function warnings(facts: Facts, writes: readonly string[], incomplete: boolean): readonly string[] {
  const lines: string[] = []
  const warn = (when: boolean, text: string) => {
    if (when) lines.push(text)
  }
  warn(!facts.can_get_pods, 'cannot get pods')
  warn(!facts.can_get_logs, 'cannot get pod logs')
  warn(!facts.can_get_events, 'cannot get events')
  warn(!facts.can_get_nodes, 'cannot get nodes')
  warn(!facts.can_get_deployments, 'cannot get deployments')
  warn(!facts.can_get_services, 'cannot get services')
  const allowed = facts.secrets_access_allowed
  warn(allowed && !facts.can_get_secrets, 'secrets access enabled but RBAC denies it (Helm data unavailable)')
  warn(!allowed, 'secrets access disabled by config (set triage.allow_secrets_access=true for Helm debugging)')
  warn(
    !allowed && facts.can_get_secrets,
    'the credential can read Secrets although secrets access is disabled; Nightcrier refuses to, but its RBAC should too',
  )
  const examples = writes.slice(0, 3).map(printable).join(', ')
  warn(writes.length > 0, `the credential can change the cluster (${examples}). Give it the ClusterRole view only`)
  warn(incomplete, 'the cluster does not tell all its rules, so there may be more rights than are listed')
  return lines
}

function rawOutput(rules: readonly Rules[]): string {
  const tables = rules.map((each) => rulesTable(each.rules, MAX_TABLE_LINES))
  const same = tables.every((table) => table === tables[0])
  const parts = same
    ? [`Namespaces ${NAMESPACES.join(' and ')}\n${tables[0]}`]
    : tables.map((table, at) => `Namespace ${NAMESPACES[at]}\n${table}`)
  const text = parts.join('\n\n').replace(/[^\P{Cc}\n]/gu, ' ')
  return text.length <= MAX_RAW_CHARACTERS ? text : `${text.slice(0, MAX_RAW_CHARACTERS - 1)}…`
}

/** Names of rules come from the cluster. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ')
