import { type Change, changesOf } from '../../../shared/cluster/changes/managed-fields.ts'
import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import type { Edge, ObjectName } from '../../../shared/cluster/model.ts'
import { graphIn } from '../snapshot/around.ts'
import { reach } from '../snapshot/dependencies.ts'
import { label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { onsetOf } from '../symptoms/onset.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'

/** An object on the way from what fails to what it needs, and why it is looked at. */
export type Candidate = {
  readonly object: ObjectName
  readonly found: 'dangling' | 'refusing' | 'changed'
  /** How far from what fails; the deepest one whose own needs are met is the likeliest. */
  readonly depth: number
  readonly edge?: Edge
  readonly change?: Change
  /** Edges on its way, or below it, that could not be read: nothing certain follows beyond them. */
  readonly unread: readonly Edge[]
}

/** As far as a cascade is told apart. */
const MAX_DEPTH = 5
const MAX_NODES = 150
/** A change that came earlier than this before the first sign has mostly shown itself before. */
const BEFORE_MS = 60 * 60_000

const kept = new WeakMap<Snapshot, readonly Candidate[]>()

/** From what fails along what it needs: what is not there, what does not serve, and what was changed shortly before. */
export function candidates(snapshot: Snapshot, subject: Subject): readonly Candidate[] {
  const known = kept.get(snapshot)
  if (known !== undefined) return known
  const since = onsetOf(snapshot, symptomsOf(snapshot, subject))
  const graph = graphIn(snapshot)
  const found = new Map<string, Candidate>()
  // A pod that was made had its account and class; one that ran had all that it mounts.
  const ran = new Set(
    [subject, ...reach(snapshot, subject)].flatMap((one) =>
      one.pods.some(({ data }) =>
        data.status.containerStatuses.some(
          ({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated,
        ),
      )
        ? [one, ...one.pods].map(keyOf)
        : [],
    ),
  )
  const met = ({ from, to, relation }: Edge): boolean =>
    given.has(`${to.kind} ${to.name}`) ||
    (from.kind === 'Pod' && /^(boundBy|admittedBy|preemptedBy)$/.test(relation)) ||
    (ran.has(keyOf(from)) && /^(mounts|envFrom|boundBy|admittedBy|preemptedBy)$/.test(relation))
  const visited = new Set<string>()
  let row: readonly ObjectName[] = [...reach(snapshot, subject), ...subject.pods.slice(0, 3)].map(
    ({ kind, namespace, name }) => ({ kind, namespace, name }),
  )
  for (let depth = 1; depth <= MAX_DEPTH && row.length > 0 && visited.size < MAX_NODES; depth++) {
    const next: ObjectName[] = []
    for (const name of row) {
      if (visited.has(keyOf(name))) continue
      visited.add(keyOf(name))
      const edges = graph.needs(name).filter((edge) => edge.relation !== 'owns' && !met(edge))
      for (const edge of edges) {
        const unread = graph.needs(edge.to).filter(({ state }) => state === 'unknown')
        if (edge.state === 'dangling' || edge.state === 'refusing')
          found.set(keyOf(edge.to), { object: edge.to, found: edge.state, depth, edge, unread })
        if (edge.state !== 'unknown') next.push(edge.to)
      }
    }
    row = next
  }
  for (const key of visited) {
    const seen = snapshot.objects.find((one) => keyOf(one) === key)
    const change = seen === undefined ? undefined : recent(changesOf(seen.raw), since)
    if (seen === undefined || change === undefined || found.has(key) || hidden.has(seen.kind)) continue
    found.set(key, { object: change.object, found: 'changed', depth: 1, change, unread: [] })
  }
  const all = [...found.values()].toSorted((a, b) => order[a.found] - order[b.found] || b.depth - a.depth)
  kept.set(snapshot, all)
  return all
}
/** Made by controllers in every namespace: where a picture lacks them, it is the picture. */
const given = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default', 'ConfigMap openshift-service-ca.crt'])
const order = { dangling: 0, refusing: 1, changed: 2 } as const
/** Controllers write these all the time. */
const hidden = new Set(['Pod', 'ReplicaSet', 'EndpointSlice', 'Lease', 'Event', 'Node', 'Job'])

const recent = (changes: readonly Change[], since: string): Change | undefined =>
  changes.find(({ at, by }) => {
    const before = Date.parse(since) - Date.parse(at)
    return before > -60_000 && before < BEFORE_MS && !/controller-manager|kube-scheduler|kubelet/.test(by)
  })

/** One sentence each: what speaks for it. */
export function wordsFor(snapshot: Snapshot, { object, found, edge, change }: Candidate): string {
  if (found === 'changed' && change !== undefined)
    return `${label(object)} was changed at ${change.at} by ${change.by} (${change.fields.slice(0, 3).join(', ')}), shortly before the first sign.`
  const from =
    edge === undefined || seek(snapshot, edge.from) === undefined ? '' : `${label(edge.from)} needs it (${edge.path}). `
  return found === 'dangling' ? `${from}It is not there.` : `${from}${edge?.why ?? ''}`
}
