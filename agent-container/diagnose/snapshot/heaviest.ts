import { pods } from './kinds.ts'
import { quantity } from './quantity.ts'
import type { Pod } from './shapes.ts'
import type { Node } from './shapes-around.ts'
import { all, type Seen, type Snapshot } from './snapshot.ts'

const used = /Container (\S+) was using (\w+), request is (\w+)/g
/** Less of a node than this is not what filled it. */
const SHARE = 0.3

export type Heavy = { readonly pod: Seen<Pod>; readonly container: string; readonly text: string }

/** The evicted pod whose own use, by the kubelet's figures, is what the node ran short of: most of it, and not asked for. */
export function heaviest(snapshot: Snapshot, node: Seen<Node>, resource: string): Heavy | undefined {
  const whole = quantity(node.data.status.capacity[resource])
  return all(snapshot, pods)
    .filter(({ data }) => data.spec.nodeName === node.name && data.status.reason === 'Evicted')
    .flatMap((pod) => {
      const message = pod.data.status.message ?? ''
      if (!message.includes(`low on resource: ${resource}`)) return []
      return [...message.matchAll(used)].map((match) => ({
        pod,
        container: match[1] ?? '',
        text: match[0],
        amount: quantity(match[2]),
        asked: quantity(match[3]),
      }))
    })
    .filter(({ amount, asked }) => amount > SHARE * whole && !(amount < 2 * asked))
    .toSorted((a, b) => b.amount - a.amount)[0]
}
