import type { KubeObject } from '../faults/kube-object.ts'
import type { Place } from './builtin-kinds.ts'
import type { Kind } from './cluster-api.ts'

export type WriteOptions = {
  /** The API server checks and answers as if it were done, and does nothing. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
}
export type ExecQuery = {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Program and arguments; no shell. */
  readonly command: readonly string[]
  /** Of each of the two outputs; the connection is closed beyond. */
  readonly maxBytes: number
}
export type ExecAnswer = {
  readonly stdout: string
  readonly stderr: string
  /** Absent when it has not ended: it may still run. */
  readonly exitCode?: number
  /** Why it could not be started, in the node's words. */
  readonly failure?: string
  /** Absent when it has ended by itself. */
  readonly cut?: 'size' | 'time' | 'connection'
}

/**
 * Changes one cluster, over a connection of its own that lets nothing pass but these (shared/kubernetes/write-guard.ts).
 * Throws ClusterApiError, as reading does; status 0 means that nobody knows whether it was done.
 */
export type ClusterWriter = {
  /** Where objects of a kind lie; ClusterApiError when the cluster has no such kind. */
  readonly place: (kind: Kind, signal: AbortSignal) => Promise<Place>
  /** Throws where this server's own rails keep an apply from happening; sends nothing. */
  readonly mayApply: (object: KubeObject, namespace: string | undefined) => void
  /** Server-side apply in the name of `nightcrier-mcp`. */
  readonly apply: (object: KubeObject, namespace: string | undefined, how: WriteOptions) => Promise<KubeObject>
  /** Refused (409) where there is one of that name. Pods and Services only. */
  readonly create: (object: KubeObject, namespace: string, how: WriteOptions) => Promise<KubeObject>
  readonly remove: (
    kind: Kind,
    name: string,
    namespace: string | undefined,
    how: WriteOptions & { readonly gracePeriodSeconds?: number | undefined },
  ) => Promise<void>
  readonly scale: (
    kind: Kind,
    name: string,
    namespace: string | undefined,
    how: WriteOptions & { readonly replicas: number },
  ) => Promise<void>
  readonly exec: (query: ExecQuery, signal: AbortSignal) => Promise<ExecAnswer>
}
