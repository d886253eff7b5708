import type { FaultType } from '../faults/fault-class.ts'
import type { Context } from './context.ts'
import type { View, ViewOf } from './view/view.ts'

/** What is not available, and how bad that is. */
export type Harm = { readonly severity: 'info' | 'warning' | 'critical'; readonly words: string }

/** One thing that is wrong with an object, and needs somebody. An object may show several: each of its containers one. */
export type Sign = {
  /** One word, such as `CrashLoop`: the type of the fault. */
  readonly reason: FaultType
  /** For people, and for clients that read it as the reference server writes it. */
  readonly message: string
  /** The path it is read from. */
  readonly field: string
  readonly container?: string
  /** When it began, where the object tells. */
  readonly since?: string | undefined
  /** Where the object itself knows what it does to others; else its workload's ready replicas tell. */
  readonly harm?: Harm
  /** What tells this trouble from another of its type, such as `exit 1`: when it changes, that is news. */
  readonly mark?: string
  /** The object whose change would end it, where the sign is seen at another. */
  readonly at?: View
}

/** Pure: the same object and context give the same signs. */
export type Signs<V extends View = View> = (view: V, context: Context) => readonly Sign[]

type Own<K extends View['kind']> = {
  /** As it is listed; undefined for kinds that discovery finds. */
  readonly apiVersion: string | undefined
  readonly kind: K
  /** False: it is read in an investigation, and no fault is ever opened by it. */
  readonly isWatched?: boolean
  readonly signs: Signs<ViewOf<K>>
  /** What it is still busy with, in one sentence; undefined when it has arrived. */
  readonly progress?: (view: ViewOf<K>, context: Context) => string | undefined
  /** Columns of a table beside the cluster's own. */
  readonly columns?: readonly { readonly name: string; readonly value: (view: ViewOf<K>, now: Date) => string }[]
}

/** What the project knows of a kind's health, and its columns. A new kind is one file that exports one of these. */
export type Kind = {
  readonly apiVersion: string | undefined
  /** '' for the core group. */
  readonly group: string
  readonly kind: View['kind']
  readonly isWatched: boolean
  readonly signs: Signs
  readonly progress: (view: View, context: Context) => string | undefined
  readonly columns: readonly { readonly name: string; readonly value: (view: View, now: Date) => string }[]
}

/** Of views of other kinds it says nothing. */
export function defineKind<K extends View['kind']>({
  apiVersion,
  kind,
  isWatched = true,
  signs,
  progress,
  columns = [],
}: Own<K>): Kind {
  const isOwn = (view: View): view is ViewOf<K> => view.kind === kind
  return {
    apiVersion,
    group: apiVersion?.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    isWatched,
    signs: (view, context) => (isOwn(view) ? signs(view, context) : none),
    progress: (view, context) => (isOwn(view) ? progress?.(view, context) : undefined),
    columns: columns.map(({ name, value }) => ({ name, value: (view, now) => (isOwn(view) ? value(view, now) : '') })),
  }
}

export const none: readonly Sign[] = []
