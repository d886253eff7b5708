import type { Fault, ObjectRef } from '../faults/fault.ts'
import { faultClass } from '../faults/fault-class.ts'
import { derivedId } from '../runtime/ids.ts'

/** Kubernetes' alphabet for generated name suffixes (apimachinery util/rand, v0.34): no vowels, no look-alikes. */
const suffix = '[bcdfghjklmnpqrstvwxz2456789]'
const deploymentPod = new RegExp(`^(.+)-${suffix}{6,10}-${suffix}{5}$`)
/** The CronJob controller names a Job by the minute it is for (v1.33): eight digits until the year 2160. */
const cronJobPod = new RegExp(`^(.+)-[2-9]\\d{7}-${suffix}{5}$`)
const ordinalPod = /^(.+)-\d{1,4}$/
const setPod = new RegExp(`^(.+)-${suffix}{5}$`)

/**
 * The object an incident is about: the owner the server named, else the one the pod's generated name gives away, else
 * the object itself. Works without the cluster, so that admission never depends on a cluster's API answering.
 */
export function topOwner(fault: Pick<Fault, 'resource' | 'owner'>): ObjectRef {
  // A ReplicaSet is named as owner where its own owner was not in sight: both ways must come to the same Deployment.
  if (fault.owner !== undefined && fault.owner.kind !== 'ReplicaSet') return fault.owner
  const resource = fault.owner ?? fault.resource
  if (resource.kind !== 'Pod' && resource.kind !== 'ReplicaSet') return resource
  const at = resource.namespace === undefined ? {} : { namespace: resource.namespace }
  if (resource.kind === 'ReplicaSet') {
    const name = new RegExp(`^(.+)-${suffix}{6,10}$`).exec(resource.name)?.[1]
    return name === undefined ? resource : { apiVersion: 'apps/v1', kind: 'Deployment', ...at, name }
  }
  const cronJob = cronJobPod.exec(resource.name)?.[1]
  if (cronJob !== undefined) return { apiVersion: 'batch/v1', kind: 'CronJob', ...at, name: cronJob }
  const deployment = deploymentPod.exec(resource.name)?.[1]
  if (deployment !== undefined) return { apiVersion: 'apps/v1', kind: 'Deployment', ...at, name: deployment }
  const statefulSet = ordinalPod.exec(resource.name)?.[1]
  if (statefulSet !== undefined) return { apiVersion: 'apps/v1', kind: 'StatefulSet', ...at, name: statefulSet }
  const set = setPod.exec(resource.name)?.[1]
  if (set !== undefined) return { apiVersion: 'apps/v1', kind: 'DaemonSet', ...at, name: set }
  return resource
}

/** Cluster + top owner + fault class: never a pod's uid, a time or a text. */
export type Identity = {
  readonly cluster: string
  readonly owner: ObjectRef
  readonly faultClass: string
  readonly key: string
}

export function identityOf(fault: Pick<Fault, 'cluster' | 'resource' | 'owner' | 'faultType'>): Identity {
  const owner = topOwner(fault)
  const kind = faultClass(fault.faultType)
  const key = derivedId(16, fault.cluster, owner.kind, owner.namespace ?? '', owner.name, kind)
  return { cluster: fault.cluster, owner, faultClass: kind, key }
}

/** `prod-us-east-1.9d55a47c4d78b8f4.1`: cluster, identity, generation. A blob folder, an address, a row. */
export const incidentId = (cluster: string, key: string, generation: number): string =>
  `${cluster}.${key}.${generation}`

const pattern = /^([A-Za-z0-9_-]{1,63})\.([0-9a-f]{16})\.([1-9]\d{0,8})$/
/** `undefined` when it is no incident id. */
export function parseIncidentId(id: string): { cluster: string; key: string; generation: number } | undefined {
  const [, cluster, key, generation] = pattern.exec(id) ?? []
  if (cluster === undefined || key === undefined || generation === undefined) return undefined
  return { cluster, key, generation: Number(generation) }
}

/** Derived from incident and fence: a second start of the same attempt finds the first. */
export const containerGroupName = (id: string, fence: number): string => `triage-${derivedId(20, id)}-${fence}`
