import type { Incident } from '../../../shared/incident/incident.ts'
import type { Journal } from '../../journal/journal.ts'
import { reach } from '../snapshot/dependencies.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { same, seek } from '../snapshot/snapshot.ts'
import { type Subject, subjectOf, topOf } from '../snapshot/subject.ts'
import { isWeak, symptomsOf } from '../symptoms/symptoms-of.ts'
import { neighbourhood } from './neighbourhood.ts'
import { queriesOf } from './queries.ts'
import { k, keyOf, type Query } from './query.ts'

/** A cascade is followed from log to log; more rounds than this never brought anything new. */
const ROUNDS = 5

export type Collected = { readonly snapshot: Snapshot; readonly unreachable?: string }

/** Reads up and around the incident in a few parallel rounds. Whatever fails is a gap in the snapshot, never an exception. */
export async function collect(journal: Journal, incident: Incident, now: Date): Promise<Collected> {
  const { resource } = incident
  const first: Query = {
    tool: 'get',
    kind: k(resource.apiVersion, resource.kind),
    name: resource.name,
    namespace: resource.namespace ?? '',
  }
  const done = new Set([keyOf(first)])
  await read(journal, first)
  const [entry] = journal.entries()
  // Without an answer or a credential every further call would only wait for the same.
  if (entry === undefined || entry.status === 0 || entry.status === 401)
    return { snapshot: takeSnapshot(journal, incident, now), unreachable: entry?.output ?? 'No call could be made.' }

  let round: readonly Query[] = neighbourhood(incident)
  for (let count = 0; count <= ROUNDS; count++) {
    const fresh = round.filter((one) => !done.has(keyOf(one)))
    const unique = [...new Map(fresh.map((one) => [keyOf(one), one])).values()]
    if (unique.length === 0) break
    for (const one of unique) done.add(keyOf(one))
    await Promise.all(unique.map((one) => read(journal, one)))
    const snapshot = takeSnapshot(journal, incident, now)
    round = queriesOf(snapshot, reach(snapshot, mainSubject(snapshot)))
  }
  return { snapshot: takeSnapshot(journal, incident, now) }
}

function read(journal: Journal, one: Query): Promise<void> {
  switch (one.tool) {
    case 'get':
      return journal.get(one.kind, one.name, one.namespace)
    case 'log':
      return journal.log(one)
    case 'kinds':
      return journal.kinds()
    case 'list': {
      const { tool: _tool, kind, ...query } = one
      return journal.list(kind, query)
    }
    default:
      return one satisfies never
  }
}

export const takeSnapshot = (journal: Journal, incident: Incident, now: Date): Snapshot => ({
  now,
  incident,
  objects: journal.objects(),
  events: journal.events(),
  logs: journal.logs(),
  lists: journal.lists(),
  gaps: journal.gaps(),
  kinds: journal.served(),
})

/** The incident's owner as the cluster has it; when that is not there, the top of what the fault was seen on. */
export function mainSubject(snapshot: Snapshot): Subject {
  const { owner, resource } = snapshot.incident
  const named = { kind: owner.kind, namespace: owner.namespace ?? '', name: owner.name }
  const at = { kind: resource.kind, namespace: resource.namespace ?? '', name: resource.name }
  const seen = seek(snapshot, at)
  if (seek(snapshot, named) === undefined)
    return subjectOf(snapshot, seen === undefined ? named : topOf(snapshot, seen))
  const top = subjectOf(snapshot, named)
  if (seen === undefined || same(at, named) || symptomsOf(snapshot, top).some((one) => !isWeak(one))) return top
  // An owner may say that all is well while what it owns is not: the fault was seen there.
  const own = subjectOf(snapshot, at)
  return symptomsOf(snapshot, own).some((one) => !isWeak(one)) ? own : top
}
