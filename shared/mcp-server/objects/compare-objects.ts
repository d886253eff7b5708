import type { KubeObject } from '../../faults/kube-object.ts'
import { withinBytes } from '../server/bounds.ts'

/** One page of the API. */
export const MAX_OBJECTS = 500
/** What one answer holds. */
const MAX_DRIFT = 40
/** With its text the answer stays within 32 KiB. */
const MAX_BYTES = 16_000
const MAX_DIFFERENCES = 12
const MAX_CHARACTERS = 120
/** Objects of etcd have fewer leaves than this, but for hostile ones. */
const MAX_LEAVES = 20_000

export type Snapshot = { readonly cluster: string; readonly objects: readonly KubeObject[] }
type Difference = { path: string; values: { clusters: string; value: string }[] }
type Drift = { object: string; missingIn?: string[]; differences?: Difference[]; more?: number }

/** Where the same objects of several clusters are not the same. */
export function compareObjects(snapshots: readonly Snapshot[]): {
  compared: number
  same: number
  drift: Drift[]
  notShown: number
} {
  const byName = new Map<string, Map<string, KubeObject>>()
  for (const { cluster, objects } of snapshots) {
    for (const object of objects) {
      const { namespace, name } = object.metadata
      const key = namespace === undefined ? name : `${namespace}/${name}`
      const found = byName.get(key) ?? new Map<string, KubeObject>()
      byName.set(key, found.set(cluster, object))
    }
  }
  const clusters = snapshots.map(({ cluster }) => cluster)
  const all = [...byName].flatMap(([object, where]) => driftOf(object, where, clusters) ?? [])
  const shown = withinBytes(all, MAX_BYTES).slice(0, MAX_DRIFT)
  return {
    compared: byName.size,
    same: byName.size - all.length,
    drift: shown,
    notShown: all.length - shown.length,
  }
}

function driftOf(object: string, where: ReadonlyMap<string, KubeObject>, clusters: readonly string[]) {
  const missingIn = clusters.filter((cluster) => !where.has(cluster))
  const leaves = [...where].map(([cluster, one]) => ({ cluster, leaves: leavesOf(one) }))
  const paths = new Set(leaves.flatMap((one) => [...one.leaves.keys()]))
  const differences = [...paths].flatMap((path): Difference[] => {
    const byValue = new Map<string, string[]>()
    for (const one of leaves) {
      const value = one.leaves.get(path) ?? '(absent)'
      byValue.set(value, [...(byValue.get(value) ?? []), one.cluster])
    }
    if (byValue.size < 2) return []
    const values = [...byValue].slice(0, 5).map(([value, at]) => ({ clusters: few(at), value: short(value) }))
    return [{ path: path.slice(0, 200), values }]
  })
  if (missingIn.length === 0 && differences.length === 0) return undefined
  const more = differences.length - MAX_DIFFERENCES
  const drift: Drift = {
    object,
    ...(missingIn.length === 0 ? {} : { missingIn }),
    ...(differences.length === 0 ? {} : { differences: differences.slice(0, MAX_DIFFERENCES) }),
    ...(more > 0 ? { more } : {}),
  }
  return drift
}

/** Made by the cluster, so different in each. */
const own = new Set(['status', 'apiVersion', 'kind'])
const ownMetadata =
  /^metadata\.(uid|resourceVersion|creationTimestamp|deletionTimestamp|generation|managedFields|selfLink|ownerReferences|annotations\.(kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/revision|pv\.kubernetes\.io\/.*))/
const ownSpec = /^spec\.(clusterIPs?(\[\d+\])?|nodeName|healthCheckNodePort|ports\[[^\]]*\]\.nodePort)$/

function leavesOf(object: KubeObject): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>()
  const walk = (value: unknown, path: string) => {
    if (leaves.size >= MAX_LEAVES || ownMetadata.test(path) || ownSpec.test(path)) return
    if (Array.isArray(value)) {
      for (const [at, item] of value.entries()) walk(item, `${path}[${nameOf(item) ?? at}]`)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`)
    } else leaves.set(path, String(value))
  }
  for (const [key, value] of Object.entries(object)) if (!own.has(key)) walk(value, key)
  return leaves
}

/** Containers and variables are known by name, whatever their order. */
function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined
  return typeof item.name === 'string' ? item.name : undefined
}
const few = (names: readonly string[]) =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
const short = (value: string) => (value.length > MAX_CHARACTERS ? `${value.slice(0, MAX_CHARACTERS)}…` : value)
