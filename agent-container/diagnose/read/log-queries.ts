import { clientsOf, servicesAbout } from '../snapshot/clients.ts'
import { backendsOf, dependenciesOf } from '../snapshot/dependencies.ts'
import { ingresses, services } from '../snapshot/kinds.ts'
import { backing } from '../snapshot/services.ts'
import type { Pod } from '../snapshot/shapes.ts'
import { present, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'
import type { Queries, Query } from './query.ts'

/** Containers whose end or unreadiness may be explained in their own words. */
const talkative = new Set(['crash', 'oom', 'ends', 'start', 'not-ready', 'init-waits'])
/** Two pods of one trouble tell as much as fifty; logs are the dearest reads. */
const PODS_EACH = 2
const SUBJECTS = 5

export const logQueries: Queries = (snapshot, subjects) =>
  subjects.slice(0, SUBJECTS).flatMap((subject, index): readonly Query[] => {
    const troubled = symptomsOf(snapshot, subject).flatMap((symptom): readonly Query[] => {
      const { container } = symptom
      if (container === undefined || !talkative.has(symptom.kind)) return []
      return symptom.pods.slice(0, index === 0 ? PODS_EACH : 1).flatMap((pod) => {
        const at = { tool: 'log', namespace: pod.namespace, pod: pod.name, container: container.name } as const
        const now: Query = { ...at, previous: false }
        return container.status.restartCount > 0 ? [now, { ...at, previous: true }] : [now]
      })
    })
    if (troubled.length > 0) return [...troubled, ...(index === 0 ? refusers(snapshot, subject) : [])]
    // Nothing is broken on the outside: what its pods say is all there is.
    return index === 0
      ? [...quiet(subject.pods, PODS_EACH), ...callers(snapshot, subject), ...behindDoor(snapshot, subject)]
      : []
  })

/** Who refuses although it is ready says itself where it listens. */
const refusers = (snapshot: Snapshot, subject: Subject): readonly Query[] =>
  dependenciesOf(snapshot, subject)
    .filter(({ failure }) => failure?.kind === 'refused' || failure?.kind === 'unavailable')
    .slice(0, 2)
    .flatMap(({ service }) => (service === undefined ? [] : quiet(backing(snapshot, service).pods, 1)))

/** Behind a door: those who get what comes through it. */
const behindDoor = (snapshot: Snapshot, subject: Subject): readonly Query[] =>
  subject.kind !== 'Ingress'
    ? []
    : [...new Set(backendsOf(present(snapshot, ingresses, subject.namespace, subject.name)).map(({ name }) => name))]
        .slice(0, 3)
        .flatMap((name) => {
          const service = present(snapshot, services, subject.namespace, name)
          return service === undefined ? [] : quiet(backing(snapshot, service).pods, 1)
        })

/** Those who call it complain where it does not; and its pods say on which port they listen. */
const callers = (snapshot: Snapshot, subject: Subject): readonly Query[] =>
  servicesAbout(snapshot, subject)
    .slice(0, 2)
    .flatMap((service) => [
      ...clientsOf(snapshot, service).flatMap((client) => quiet(client.pods, 1)),
      ...quiet(backing(snapshot, service).pods, 1),
    ])

const quiet = (pods: readonly Seen<Pod>[], most: number): readonly Query[] =>
  pods
    .filter((pod) => pod.data.status.phase === 'Running')
    .slice(0, most)
    .flatMap((pod: Seen<Pod>) =>
      pod.data.spec.containers.slice(0, 2).map((container) => ({
        tool: 'log',
        namespace: pod.namespace,
        pod: pod.name,
        container: container.name,
        previous: false,
      })),
    )
