import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import type { Kind } from '../../../shared/kubernetes/cluster-api.ts'
import { own } from '../../../shared/runtime/own.ts'
import type { PodSpec } from './shapes.ts'
import type { Subject } from './subject.ts'

/** An object that a pod template names and needs. `key`: a key that must be in it. `how`: in the words of the template. */
export type Reference = Culprit & {
  readonly api: Kind
  readonly key?: string
  readonly optional: boolean
  readonly how: string
}

export function references(subject: Pick<Subject, 'namespace' | 'spec'>): readonly Reference[] {
  const { spec, namespace } = subject
  if (spec === undefined) return []
  const found = [...fromContainers(spec), ...fromVolumes(spec), ...fromPod(spec)].map((one) => ({
    ...one,
    namespace: clusterWide.has(one.kind) ? '' : namespace,
    api: { apiVersion: own(apis, one.kind) ?? 'v1', kind: one.kind },
  }))
  return [...new Map(found.map((one) => [`${one.kind} ${one.name} ${one.key ?? ''}`, one])).values()]
}

const clusterWide = new Set(['PriorityClass', 'RuntimeClass'])
const apis: Readonly<Record<string, string>> = {
  PriorityClass: 'scheduling.k8s.io/v1',
  RuntimeClass: 'node.k8s.io/v1',
}
type Part = Pick<Reference, 'kind' | 'name' | 'optional' | 'how'> & { readonly key?: string }

const fromContainers = (spec: PodSpec): readonly Part[] =>
  [...spec.initContainers, ...spec.containers].flatMap((container) => [
    ...container.env.flatMap(({ name, valueFrom }): readonly Part[] => {
      const how = `environment variable ${name} of container ${container.name}`
      const map = valueFrom?.configMapKeyRef
      const secret = valueFrom?.secretKeyRef
      return [
        ...(map === undefined
          ? []
          : [{ kind: 'ConfigMap', name: map.name, key: map.key, optional: map.optional === true, how }]),
        ...(secret === undefined
          ? []
          : [{ kind: 'Secret', name: secret.name, key: secret.key, optional: secret.optional === true, how }]),
      ]
    }),
    ...container.envFrom.flatMap(({ configMapRef, secretRef }): readonly Part[] => {
      const how = `envFrom of container ${container.name}`
      return [
        ...(configMapRef === undefined
          ? []
          : [{ kind: 'ConfigMap', name: configMapRef.name, optional: configMapRef.optional === true, how }]),
        ...(secretRef === undefined
          ? []
          : [{ kind: 'Secret', name: secretRef.name, optional: secretRef.optional === true, how }]),
      ]
    }),
  ])

const fromVolumes = (spec: PodSpec): readonly Part[] =>
  spec.volumes.flatMap((volume): readonly Part[] => {
    const how = `volume ${volume.name}`
    const { configMap, secret, persistentVolumeClaim, projected } = volume
    return [
      ...(configMap === undefined
        ? []
        : [
            { kind: 'ConfigMap', name: configMap.name, optional: configMap.optional === true, how },
            ...configMap.items.map(({ key }) => ({
              kind: 'ConfigMap',
              name: configMap.name,
              key,
              optional: configMap.optional === true,
              how,
            })),
          ]),
      ...(secret === undefined
        ? []
        : [{ kind: 'Secret', name: secret.secretName, optional: secret.optional === true, how }]),
      ...(persistentVolumeClaim === undefined
        ? []
        : [{ kind: 'PersistentVolumeClaim', name: persistentVolumeClaim.claimName, optional: false, how }]),
      ...(projected?.sources ?? []).flatMap((source): readonly Part[] => [
        ...(source.configMap === undefined
          ? []
          : [{ kind: 'ConfigMap', name: source.configMap.name, optional: source.configMap.optional === true, how }]),
        ...(source.secret === undefined
          ? []
          : [{ kind: 'Secret', name: source.secret.name, optional: source.secret.optional === true, how }]),
      ]),
    ]
  })

const fromPod = (spec: PodSpec): readonly Part[] => [
  ...(spec.serviceAccountName === undefined
    ? []
    : [{ kind: 'ServiceAccount', name: spec.serviceAccountName, optional: false, how: 'serviceAccountName' }]),
  ...(spec.priorityClassName === undefined || spec.priorityClassName.startsWith('system-')
    ? []
    : [{ kind: 'PriorityClass', name: spec.priorityClassName, optional: false, how: 'priorityClassName' }]),
  ...(spec.runtimeClassName === undefined
    ? []
    : [{ kind: 'RuntimeClass', name: spec.runtimeClassName, optional: false, how: 'runtimeClassName' }]),
  ...spec.imagePullSecrets.map(({ name }) => ({ kind: 'Secret', name, optional: true, how: 'imagePullSecrets' })),
]
