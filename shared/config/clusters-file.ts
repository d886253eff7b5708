import { z } from 'zod'
import { Cluster } from './cluster.ts'
import { describeIssues, pathText } from './describe-issues.ts'
import { DiscoveryEntry } from './discovery-entry.ts'
import { Route } from './notifications.ts'
import { Settings } from './settings.ts'
import { readYaml } from './yaml-text.ts'

/** What the supervisors of one installation can hold; also keeps one row a cluster within one table query. */
const MAX_CLUSTERS = 5_000
/** More than anybody keeps apart. */
const MAX_ROUTES = 100
/** Each is asked at least every five minutes. */
const MAX_PLACES = 20
/** A message that a person can still read. */
const MAX_ERRORS_TOLD = 50

export type ParsedClusters = {
  /** Those that are right, even when others are not. */
  readonly clusters: readonly Cluster[]
  /** Who is told what; those that are right. Empty: nobody but the default place. */
  readonly notifications: readonly Route[]
  /** Places that tell of further clusters; those that are right. */
  readonly discovery: readonly DiscoveryEntry[]
  /** Each with its path; empty when the file is right. */
  readonly errors: readonly string[]
}

const File = z.strictObject({
  clusters: z.array(Cluster).optional(),
  mcp_endpoint: Cluster.shape.mcp.shape.endpoint.optional(),
  notifications: z.array(Route).max(MAX_ROUTES).optional(),
  discovery: z.array(DiscoveryEntry).max(MAX_PLACES).optional(),
})
const Outline = z.looseObject({
  clusters: z.array(z.unknown()).optional(),
  notifications: z.array(z.unknown()).optional().catch(undefined),
  discovery: z.array(z.unknown()).optional().catch(undefined),
})

/** Everything that is wrong at once. A wrong cluster takes no other with it. */
export function parseClusters(text: string): ParsedClusters {
  const yaml = readYaml(text)
  if ('errors' in yaml) return { clusters: [], notifications: [], discovery: [], errors: yaml.errors }
  const { value } = yaml
  if (value === null || value === undefined) return only('the file is empty. List at least one cluster under clusters:')
  const outline = Outline.safeParse(value)
  const listed = outline.success ? (outline.data.clusters ?? []) : []
  if (listed.length > MAX_CLUSTERS)
    return only(`clusters: ${listed.length} are more than ${MAX_CLUSTERS}. Split them over two installations`)

  const parsed = File.safeParse(value)
  const errors = parsed.success ? [] : describeIssues(parsed.error, File, value).map(withSettingHint)
  const given = outline.success ? outline.data : {}
  if (given.clusters !== undefined && given.mcp_endpoint !== undefined)
    errors.push('mcp_endpoint: cannot stand beside clusters. Move it into clusters as mcp.endpoint of one of them')
  else if (outline.success && given.clusters === undefined && given.mcp_endpoint === undefined && !given.discovery)
    errors.push('clusters: is required: list at least one cluster, or a place under discovery:')
  else if (given.clusters?.length === 0 && !given.discovery)
    errors.push('clusters: is empty. List at least one cluster')

  const notifications = (outline.success ? (outline.data.notifications ?? []) : []).flatMap((each) => {
    const route = Route.safeParse(each)
    return route.success ? [route.data] : []
  })
  const discovery = (outline.success ? (outline.data.discovery ?? []) : []).flatMap((each) => {
    const entry = DiscoveryEntry.safeParse(each)
    return entry.success ? [entry.data] : []
  })
  const single = File.shape.mcp_endpoint.safeParse(given.mcp_endpoint)
  if (given.clusters === undefined && single.success && single.data !== undefined)
    return {
      clusters: [Cluster.parse({ name: 'default', mcp: { endpoint: single.data } })],
      ...{ notifications, discovery, errors },
    }
  const { repeated, faults } = duplicates(listed)
  const clusters = listed.flatMap((each, at) => {
    const cluster = Cluster.safeParse(each)
    return cluster.success && !repeated.has(at) ? [cluster.data] : []
  })
  return { clusters, notifications, discovery, errors: [...errors, ...faults] }
}

/** One message for log and health; empty when nothing is wrong. */
export function problemText(where: string, errors: readonly string[]): string {
  if (errors.length === 0) return ''
  const told = errors.slice(0, MAX_ERRORS_TOLD)
  const rest = errors.length - told.length
  return [`${where} is wrong:`, ...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n  ')
}

const only = (error: string): ParsedClusters => ({ clusters: [], notifications: [], discovery: [], errors: [error] })

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

/** Settings used to stand in the same file in older installations. */
function withSettingHint(error: string): string {
  const key = /^(\w+): is not a known key/.exec(error)?.[1]?.toUpperCase()
  return key !== undefined && key in Settings.shape
    ? `${key.toLowerCase()}: belongs in the environment: set ${key} there`
    : error
}
