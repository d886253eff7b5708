import type { Kind } from '../../../shared/kubernetes/cluster-api.ts'
import { kindKey } from '../snapshot/custom-kinds.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'

/** One read that would help. */
export type Query =
  | {
      readonly tool: 'list'
      readonly kind: Kind
      readonly namespace?: string
      readonly labelSelector?: string
      readonly fieldSelector?: string
      readonly name?: string
    }
  | { readonly tool: 'get'; readonly kind: Kind; readonly name: string; readonly namespace: string }
  | {
      readonly tool: 'log'
      readonly namespace: string
      readonly pod: string
      readonly container: string
      readonly previous: boolean
    }
  /** Which kinds the cluster serves: what sentences call by a name is a kind or none. */
  | { readonly tool: 'kinds' }

/** What is still to be read, seen from what has been: pure, asked again after each round, most needed first. */
export type Queries = (snapshot: Snapshot, subjects: readonly Subject[]) => readonly Query[]

export const k = (apiVersion: string, kind: string): Kind => ({ apiVersion, kind })

export function keyOf(query: Query): string {
  switch (query.tool) {
    case 'log':
      return `log ${query.namespace}/${query.pod} ${query.container} ${query.previous}`
    case 'kinds':
      return 'kinds'
    case 'get':
      return `get ${kindKey(query.kind)} ${query.namespace}/${query.name}`
    case 'list':
      return `list ${kindKey(query.kind)} ${query.namespace ?? '*'} ${query.labelSelector ?? ''} ${query.fieldSelector ?? ''} ${query.name ?? ''}`
    default:
      return query satisfies never
  }
}
