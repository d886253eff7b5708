import type { Kind } from '../../../shared/kubernetes/cluster-api.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'

/** One read that would help. */
export type Want =
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
export type Wants = (snapshot: Snapshot, subjects: readonly Subject[]) => readonly Want[]

export const k = (apiVersion: string, kind: string): Kind => ({ apiVersion, kind })

export function keyOf(want: Want): string {
  switch (want.tool) {
    case 'log':
      return `log ${want.namespace}/${want.pod} ${want.container} ${want.previous}`
    case 'kinds':
      return 'kinds'
    case 'get':
      return `get ${want.kind.kind} ${want.namespace}/${want.name}`
    case 'list':
      return `list ${want.kind.kind} ${want.namespace ?? '*'} ${want.labelSelector ?? ''} ${want.fieldSelector ?? ''} ${want.name ?? ''}`
    default:
      return want satisfies never
  }
}
