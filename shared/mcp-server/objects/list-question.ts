import type { KubeObject } from '../../faults/kube-object.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Target } from '../targets/target.ts'
import type { FoundKind } from './which-kind.ts'

/** One page of the API. */
export const PAGE = 500

export type ListQuestion = {
  readonly apiVersion?: string | undefined
  readonly kind: string
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit: number
  readonly maxBytes: number
  readonly detail?: 'whole' | 'rows' | undefined
  readonly order_by?: string | undefined
  readonly since_seconds?: number | undefined
  readonly type?: string | undefined
  readonly continue?: string | undefined
}
export type ListCall = Pick<ToolContext, 'signal' | 'cursors' | 'now' | 'redact'>
export type Scoped = Omit<ListQuestion, 'kind' | 'apiVersion'> & { readonly found: FoundKind }

/** What identifies the question: a `continue` of another one is refused. */
export function scopeOf(
  target: Target,
  { found: { kind }, namespace, labelSelector, fieldSelector, order_by = '', type = '' }: Scoped,
) {
  const selectors = {
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  }
  return {
    scope: { ...kind, namespace: namespace ?? '', ...selectors },
    of: [
      target.name,
      kind.apiVersion,
      kind.kind,
      namespace ?? '',
      labelSelector ?? '',
      fieldSelector ?? '',
      order_by,
      type,
    ].join(' '),
    query: { ...selectors, ...(namespace ? { namespace } : {}) },
  }
}

export const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

/** The API lists by namespace and name; if the last one shown has gone meanwhile, its place in that order still holds. */
export function remaining<T extends KubeObject>(items: readonly T[], after: string | undefined): readonly T[] {
  if (after === undefined) return items
  const at = items.findIndex((item) => keyOf(item) === after)
  return at >= 0 ? items.slice(at + 1) : items.filter((item) => keyOf(item) > after)
}
