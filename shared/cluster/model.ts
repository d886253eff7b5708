import type { KubeObject } from '../faults/kube-object.ts'

/** Names one object of a cluster; `namespace` is '' for what belongs to the whole cluster. */
export type ObjectName = { readonly kind: string; readonly namespace: string; readonly name: string }

/** What is known of a thing. What was refused, cut or not read is `unknown`, never `absent`: only a gap follows from it. */
export type Known<T> =
  | { readonly is: 'there'; readonly value: T }
  | { readonly is: 'absent' }
  | { readonly is: 'unknown'; readonly why: string }

/**
 * How an object is, as kstatus and Argo CD tell it: the generation that was observed first, then standard conditions,
 * then what the kind itself says. `Unknown` is a word of its own and never counts as healthy.
 */
export type Health = {
  readonly state: 'Healthy' | 'Progressing' | 'Failing' | 'Unknown'
  /** One word, such as `CrashLoop`: what a fault of it is called. */
  readonly reason: string
  /** One sentence for people. */
  readonly message: string
  /** The path in the object that says so. */
  readonly field: string
  /** When it began, where the object tells. */
  readonly since?: string
  /** Which container of a pod. */
  readonly container?: string
  /** What else is wrong with the same object, each by itself: other containers, other conditions. */
  readonly also?: readonly Health[]
}

/** The other objects of the cluster, as far as they were read. */
export type Around = {
  readonly now: Date
  readonly get: (name: ObjectName) => Known<KubeObject>
  /** All of a kind in a namespace ('' for the whole cluster); `unknown` when the list was refused, cut or not read. */
  readonly list: (kind: string, namespace: string) => Known<readonly KubeObject[]>
}

export type Relation =
  | 'owns'
  | 'selects'
  | 'mounts'
  | 'envFrom'
  | 'runsOn'
  | 'routesTo'
  | 'calls'
  | 'admittedBy'
  | 'mutatedBy'
  | 'provisionedBy'
  | 'issuedBy'
  | 'limitedBy'
  | 'scaledBy'
  | 'boundBy'
  | 'preemptedBy'

/** One object needs another. `dangling`: it is not there; `refusing`: it is there and does not serve. */
export type Edge = {
  readonly from: ObjectName
  readonly to: ObjectName
  readonly relation: Relation
  readonly state: 'ok' | 'dangling' | 'refusing' | 'unknown'
  /** One sentence: what was checked, or why it is not known. */
  readonly why: string
  /** The path in `from` that names `to`. */
  readonly path: string
  /** The API that serves `to`, where `from` or the kind says it: with it the object can be read. */
  readonly apiVersion?: string
}

/** How a kind's objects are, and what a table of them shows: `kinds.ts` has one for each kind that has a file. */
export type KindModel = {
  /** '' for the core group. Kinds of the same name in other groups are other kinds. */
  readonly group: string
  readonly kind: string
  readonly health: (object: KubeObject, around: Around) => Health
  /** Columns of a table beside the cluster's own, as `kubectl get -o wide` would have them. */
  readonly columns: readonly { readonly name: string; readonly value: (object: KubeObject, now: Date) => string }[]
}
