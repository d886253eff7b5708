import { type Dependency, dependenciesOf, hostsInConfig, serviceName } from './dependencies.ts'
import { services } from './kinds.ts'
import type { Service } from './shapes-around.ts'
import { all, type Seen, type Snapshot } from './snapshot.ts'
import { type Subject, subjectOf } from './subject.ts'

/** More callers than this say nothing new about a service. */
const MOST = 3

/** Workloads of the namespace that name a service in their configuration. */
export const clientsOf = (snapshot: Snapshot, service: Seen<Service>): readonly Subject[] =>
  snapshot.objects
    .filter(
      ({ kind, namespace }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind) && namespace === service.namespace,
    )
    .map((one) => subjectOf(snapshot, one))
    .filter((subject) =>
      hostsInConfig(snapshot, subject).some(({ host }) => {
        const place = serviceName(host, subject.namespace)
        return place?.name === service.name && place.namespace === service.namespace
      }),
    )
    .slice(0, MOST)

/** What those callers say of it in their logs. */
export const complaintsAbout = (
  snapshot: Snapshot,
  service: Seen<Service>,
): readonly { readonly client: Subject; readonly dependency: Dependency }[] =>
  clientsOf(snapshot, service).flatMap((client) =>
    dependenciesOf(snapshot, client)
      .filter(
        ({ name, namespace, failure }) =>
          name === service.name && namespace === service.namespace && failure !== undefined && failure.fromEnd < 20,
      )
      .map((dependency) => ({ client, dependency })),
  )

/** The services whose callers may know more about a subject that looks healthy. */
export function servicesAbout(snapshot: Snapshot, subject: Subject): readonly Seen<Service>[] {
  const own = all(snapshot, services, subject.namespace)
  if (subject.kind === 'Service') return own.filter(({ name }) => name === subject.name)
  const labels = Object.entries(subject.labels)
  return own.filter(({ name, data }) => {
    const selector = Object.entries(data.spec.selector)
    const chooses =
      selector.length > 0 &&
      selector.every(([key, value]) => labels.some(([one, other]) => one === key && other === value))
    return chooses || name === subject.name
  })
}
