import { z } from 'zod'
import { own } from '../runtime/own.ts'
import { Cluster, KubeconfigRef } from './cluster.ts'
import { describeIssues, pathText } from './describe-issues.ts'
import { DiscoveryEntry } from './discovery-entry.ts'
import { Maintenance, MuteEntry } from './mutes.ts'
import { Route } from './notifications.ts'
import { Settings } from './settings.ts'
import { readYaml } from './yaml-text.ts'

/** What the supervisors of one installation can hold; also keeps one row a cluster within one table query. */
const MAX_CLUSTERS = 5_000
/** More than anybody keeps apart. */
const MAX_ROUTES = 100
/** Each is asked at least every five minutes. */
const MAX_PLACES = 20
/** Each is held against every incident. */
const MAX_MUTES = 200
/** A message that a person can still read. */
const MAX_ERRORS_SHOWN = 50

export type ParsedClusters = {
  /** Those that are right, even when others are not. */
  readonly clusters: readonly Cluster[]
  /** Who is told what; those that are right. Empty: nobody but the default place. */
  readonly notifications: readonly Route[]
  /** Places that tell of further clusters; those that are right. */
  readonly discovery: readonly DiscoveryEntry[]
  /** What nobody is to be told of for a while; those that are right. */
  readonly mutes: readonly MuteEntry[]
  /** What nobody is to be told of at some hours; those that are right. */
  readonly maintenance: readonly Maintenance[]
  /** Each with its path; empty when the file is right. */
  readonly errors: readonly string[]
}

/** The whole of clusters.yaml. */
export const ClustersFile = z.strictObject({
  clusters: z.array(Cluster).optional(),
  mcp_endpoint: Cluster.shape.mcp.shape.endpoint.optional(),
  /** Of the cluster behind mcp_endpoint: without it faults are recorded and not investigated. */
  kubeconfig: KubeconfigRef.optional(),
  notifications: z.array(Route).max(MAX_ROUTES).optional(),
  discovery: z.array(DiscoveryEntry).max(MAX_PLACES).optional(),
  mutes: z.array(MuteEntry).max(MAX_MUTES).optional(),
  maintenance: z.array(Maintenance).max(MAX_MUTES).optional(),
})
const Outline = z.looseObject({
  clusters: z.array(z.unknown()).optional(),
  notifications: z.array(z.unknown()).optional().catch(undefined),
  discovery: z.array(z.unknown()).optional().catch(undefined),
  mutes: z.array(z.unknown()).optional().catch(undefined),
  maintenance: z.array(z.unknown()).optional().catch(undefined),
})
const nothing = { clusters: [], notifications: [], discovery: [], mutes: [], maintenance: [] } as const

/** Everything that is wrong at once. A wrong cluster takes no other with it. */
export function parseClusters(text: string): ParsedClusters {
  const yaml = readYaml(text)
  if ('errors' in yaml) return { ...nothing, errors: yaml.errors }
  const { value } = yaml
  if (value === null || value === undefined) return only('the file is empty. List at least one cluster under clusters:')
  const outline = Outline.safeParse(value)
  const listed = outline.success ? (outline.data.clusters ?? []) : []
  if (listed.length > MAX_CLUSTERS)
    return only(`clusters: ${listed.length} are more than ${MAX_CLUSTERS}. Split them over two installations`)

  const parsed = ClustersFile.safeParse(value)
  const errors = parsed.success ? [] : describeIssues(parsed.error, ClustersFile, value).map(withSettingHint)
  const given = outline.success ? outline.data : {}
  const listsSome = given.clusters !== undefined && given.clusters.length > 0
  if (listsSome && given.mcp_endpoint !== undefined)
    errors.push('mcp_endpoint: cannot stand beside clusters. Move it into clusters as mcp.endpoint of one of them')
  else if (given.kubeconfig !== undefined && given.mcp_endpoint === undefined)
    errors.push('kubeconfig: belongs to mcp_endpoint. Move it to the cluster that it is of, as triage.kubeconfig')
  else if (outline.success && given.clusters === undefined && given.mcp_endpoint === undefined && !given.discovery)
    errors.push('clusters: is required: list at least one cluster, or a place under discovery:')
  else if (given.clusters?.length === 0 && !given.discovery && given.mcp_endpoint === undefined)
    errors.push('clusters: is empty. List at least one cluster')

  const lists = {
    notifications: rightOf(Route, given.notifications),
    discovery: rightOf(DiscoveryEntry, given.discovery),
    mutes: rightOf(MuteEntry, given.mutes),
    maintenance: rightOf(Maintenance, given.maintenance),
  }
  const single = ClustersFile.shape.mcp_endpoint.safeParse(given.mcp_endpoint)
  const kubeconfig = ClustersFile.shape.kubeconfig.safeParse(given.kubeconfig).data
  if (!listsSome && single.success && single.data !== undefined)
    return {
      clusters: [
        Cluster.parse({
          ...{ name: 'default', mcp: { endpoint: single.data } },
          ...(kubeconfig === undefined ? {} : { triage: { kubeconfig } }),
        }),
      ],
      ...lists,
      errors,
    }
  const { repeated, faults } = duplicates(listed)
  const clusters = listed.flatMap((each, at) => {
    const cluster = Cluster.safeParse(each)
    return cluster.success && !repeated.has(at) ? [cluster.data] : []
  })
  return { clusters, ...lists, errors: [...errors, ...faults] }
}

/** One message for log and health; empty when nothing is wrong. */
export function problemText(where: string, errors: readonly string[]): string {
  if (errors.length === 0) return ''
  const shown = errors.slice(0, MAX_ERRORS_SHOWN)
  const rest = errors.length - shown.length
  return [`${where} is wrong:`, ...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n  ')
}

const only = (error: string): ParsedClusters => ({ ...nothing, errors: [error] })

const rightOf = <T>(schema: z.ZodType<T>, listed: readonly unknown[] = []): readonly T[] =>
  listed.flatMap((each) => {
    const parsed = schema.safeParse(each)
    return parsed.success ? [parsed.data] : []
  })

/** Upper and lower case count as the same: names end in blob names and host names. The first one keeps its name. */
function duplicates(listed: readonly unknown[]): { repeated: ReadonlySet<number>; faults: readonly string[] } {
  const first = new Map<string, number>()
  const repeated = new Set<number>()
  const faults: string[] = []
  for (const [at, each] of listed.entries()) {
    const named = z.looseObject({ name: z.string() }).safeParse(each)
    if (!named.success) continue
    const key = named.data.name.toLowerCase()
    const before = first.get(key)
    if (before === undefined) {
      first.set(key, at)
      continue
    }
    repeated.add(at)
    const { name } = named.data
    faults.push(
      `${pathText(['clusters', at, 'name'])}: "${name.slice(0, 63)}" is the name of ${pathText(['clusters', before])} too (upper and lower case count as the same). Names must be unique`,
    )
  }
  return { repeated, faults }
}

/** Keys of a cluster that people write beside its name; where they belong. */
const inside: Readonly<Record<string, string>> = {
  mcp_endpoint: 'mcp.endpoint',
  endpoint: 'mcp.endpoint',
  mcp_api_key: 'mcp.api_key',
  api_key: 'mcp.api_key',
  kubeconfig: 'triage.kubeconfig, as file:<path> or keyvault:<name>',
  triage_enabled: 'triage.enabled',
  severity_threshold: 'triage.severity_threshold',
  model: 'triage.model',
  runner: 'triage.runner',
  extra_prompt: 'triage.extra_prompt',
}

/** Settings used to stand in the same file in older installations. */
function withSettingHint(error: string): string {
  const [, flat] = /^clusters\[\d+\]\.(\w+): is not a known key/.exec(error) ?? []
  const place = flat === undefined ? undefined : own(inside, flat)
  if (place !== undefined) return `${error.split(': ')[0]}: belongs into ${place}`
  const key = /^(\w+): is not a known key/.exec(error)?.[1]?.toUpperCase()
  return key !== undefined && key in Settings.shape
    ? `${key.toLowerCase()}: belongs in the environment: set ${key} there`
    : error
}
