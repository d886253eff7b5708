import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { configMaps } from './kinds.ts'
import { present, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** Where an address is written that a workload calls: in a ConfigMap that its template takes or mounts, else in it. */
export function addressSource(snapshot: Snapshot, subject: Subject, text: string): Culprit {
  const own = { kind: subject.kind, namespace: subject.namespace, name: subject.name }
  if (text === '') return own
  const containers = [...(subject.rawSpec?.containers ?? []), ...(subject.rawSpec?.initContainers ?? [])]
  // The template itself comes first: what it says stands above what a ConfigMap says beside it.
  if (
    containers.some((one) =>
      [...one.command, ...one.args, ...one.env.flatMap(({ value }) => value ?? [])].some((each) => each.includes(text)),
    )
  )
    return own
  const names = [
    ...containers.flatMap((one) => [
      ...one.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
      ...one.env.flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef?.name ?? []),
    ]),
    ...(subject.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []),
  ]
  const map = names
    .flatMap((name) => present(snapshot, configMaps, subject.namespace, name) ?? [])
    .find((one) => JSON.stringify(one.raw.data ?? {}).includes(text))
  return map === undefined ? own : { kind: 'ConfigMap', namespace: map.namespace, name: map.name }
}
