import { type Graph, graphOf } from '../../../shared/cluster/graph/graph.ts'
import { isClusterWide } from '../../../shared/cluster/graph/references.ts'
import type { Around, Health, Known } from '../../../shared/cluster/model.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import { badConditions } from './conditions.ts'
import { claims, pods } from './kinds.ts'
import { isReady } from './services.ts'
import { isKind, label, listed, type Seen, type Snapshot, seek, whether } from './snapshot.ts'

/** What was read, as the model of the cluster asks for it. */
export function aroundOf(snapshot: Snapshot): Around {
  return {
    now: snapshot.now,
    get: (name): Known<KubeObject> => {
      const seen = seek(snapshot, name)
      if (seen !== undefined) return { is: 'there', value: seen.object }
      const known = whether(snapshot, name.kind, name.namespace, name.name)
      return known.is === 'absent' ? { is: 'absent' } : { is: 'unknown', why: `${label(name)} was not read` }
    },
    list: (kind, namespace) =>
      listed(snapshot, kind, namespace)
        ? {
            is: 'there',
            value: snapshot.objects.flatMap((one) =>
              isKind(one, kind) && (namespace === '' || one.namespace === namespace || isClusterWide(kind))
                ? [one.object]
                : [],
            ),
          }
        : { is: 'unknown', why: `${kind} in ${namespace === '' ? 'the cluster' : namespace} was not listed` },
  }
}

const kept = new WeakMap<Snapshot, Graph>()
export function graphIn(snapshot: Snapshot): Graph {
  const known = kept.get(snapshot)
  if (known !== undefined) return known
  const seen = new Map(snapshot.objects.map((one) => [one.object, one]))
  const graph = graphOf([...seen.keys()], aroundOf(snapshot), (object) => {
    const one = seen.get(object)
    return one === undefined ? unclear : healthOf(one)
  })
  kept.set(snapshot, graph)
  return graph
}

const unclear: Health = { state: 'Unknown', reason: '', message: 'nothing is known of it', field: '' }
/** How an object says that it is: by its conditions, a pod by its readiness, a claim by its phase. */
function healthOf(seen: Seen): Health {
  const failing = (reason: string, message: string, field: string, since?: string): Health => ({
    state: 'Failing',
    reason,
    message,
    field,
    ...(since === undefined ? {} : { since }),
  })
  const pod = seen.kind === 'Pod' ? pods.of(seen) : undefined
  if (pod !== undefined && pod.data.status.phase !== 'Succeeded')
    return isReady(pod) ? well : failing('NotReady', 'the pod is not ready', 'status.conditions')
  const phase = seen.kind === 'PersistentVolumeClaim' ? claims.of(seen)?.data.status.phase : undefined
  if (phase === 'Pending' || phase === 'Lost') return failing(phase, `the claim is ${phase}`, 'status.phase')
  const [bad] = badConditions(seen)
  if (bad === undefined) return well
  const said = bad.message ?? bad.reason
  return failing(
    bad.reason ?? bad.type,
    `${bad.type} is ${bad.status}${said === undefined ? '' : `: ${said}`}`,
    'status.conditions',
    bad.lastTransitionTime,
  )
}
const well: Health = { state: 'Healthy', reason: '', message: 'well', field: '' }
