import type { KubeObject } from '../../faults/kube-object.ts'
import type { ObjectName, Relation } from '../model.ts'

/** An object that another names in its spec. */
export type Reference = {
  readonly to: ObjectName
  readonly apiVersion?: string
  readonly relation: Relation
  /** `spec.volumes.configMap.name` */
  readonly path: string
  readonly optional: boolean
}

type Target = readonly [kind: string, relation: Relation, apiVersion?: string | undefined]
/** Fields that hold a name, in whatever kind of object they stand. */
const byField: Readonly<Record<string, Target>> = {
  secretName: ['Secret', 'mounts', 'v1'],
  configMapName: ['ConfigMap', 'mounts', 'v1'],
  claimName: ['PersistentVolumeClaim', 'mounts', 'v1'],
  serviceAccountName: ['ServiceAccount', 'boundBy', 'v1'],
  storageClassName: ['StorageClass', 'provisionedBy', 'storage.k8s.io/v1'],
  volumeName: ['PersistentVolume', 'provisionedBy', 'v1'],
  ingressClassName: ['IngressClass', 'admittedBy', 'networking.k8s.io/v1'],
  gatewayClassName: ['GatewayClass', 'admittedBy', 'gateway.networking.k8s.io/v1'],
  priorityClassName: ['PriorityClass', 'preemptedBy', 'scheduling.k8s.io/v1'],
  runtimeClassName: ['RuntimeClass', 'admittedBy', 'node.k8s.io/v1'],
  nodeName: ['Node', 'runsOn', 'v1'],
}
/** Fields that hold an object with a name in it. */
const byObject: Readonly<Record<string, Target>> = {
  secretRef: ['Secret', 'envFrom', 'v1'],
  secretKeyRef: ['Secret', 'envFrom', 'v1'],
  configMapRef: ['ConfigMap', 'envFrom', 'v1'],
  configMapKeyRef: ['ConfigMap', 'envFrom', 'v1'],
  configMap: ['ConfigMap', 'mounts', 'v1'],
  imagePullSecrets: ['Secret', 'mounts', 'v1'],
  scaleTargetRef: ['Deployment', 'scaledBy', 'apps/v1'],
  issuerRef: ['Issuer', 'issuedBy'],
  secretStoreRef: ['SecretStore', 'issuedBy'],
  roleRef: ['Role', 'boundBy', 'rbac.authorization.k8s.io/v1'],
  parentRefs: ['Gateway', 'routesTo'],
  backendRefs: ['Service', 'routesTo', 'v1'],
  service: ['Service', 'routesTo', 'v1'],
}
/** `serviceName` of a StatefulSet, and of old Ingresses. */
const services = new Set(['serviceName'])
const clusterWide =
  /^(Cluster\w+|Node|Namespace|PersistentVolume|StorageClass|\w+Class|CSIDriver|PriorityClass|RuntimeClass|CustomResourceDefinition|APIService|\w+WebhookConfiguration)$/
export const isClusterWide = (kind: string): boolean => clusterWide.test(kind)

/** `spec.template.spec.volumes[].projected.sources[].configMap` is the deepest of the usual ones. */
const MAX_DEPTH = 14
/** An object that names more is a list of its own. */
const MAX_REFERENCES = 60

/** Everything an object names in its spec: by the API's own fields, and by the convention that others follow (`…Ref`). */
export function referencesOf(object: KubeObject): readonly Reference[] {
  const { metadata, kind, apiVersion, ...rest } = object
  const own = metadata.namespace ?? ''
  const found = new Map<string, Reference>()
  const add = (target: Target, name: string, path: string, more: Partial<{ namespace: string; optional: boolean }>) => {
    const [to, relation, api] = target
    const namespace = isClusterWide(to) ? '' : (more.namespace ?? own)
    const key = `${to} ${namespace}/${name}`
    if (name === '' || found.has(key) || found.size >= MAX_REFERENCES) return
    found.set(key, {
      to: { kind: to, namespace, name },
      ...(api === undefined ? {} : { apiVersion: api }),
      relation,
      path,
      optional: more.optional === true,
    })
  }
  const walk = (value: unknown, key: string, path: string, depth: number): void => {
    if (depth > MAX_DEPTH) return
    if (Array.isArray(value)) {
      for (const one of value) walk(one, key, path, depth + 1)
      return
    }
    if (typeof value === 'string') {
      const target = Object.hasOwn(byField, key) ? byField[key] : undefined
      if (target !== undefined) add(target, value, path, {})
      else if (services.has(key)) add(['Service', 'routesTo', 'v1'], value, path, {})
      return
    }
    if (!isRecord(value)) return
    const name = text(value.name)
    if (name !== undefined && (Object.hasOwn(byObject, key) || /Refs?$|^dependsOn$/.test(key))) {
      const [known, relation, api] = byObject[key] ?? [kind, 'calls' as const, apiVersion]
      const to = text(value.kind) ?? known
      const group = text(value.group) ?? text(value.apiGroup)
      const given = text(value.apiVersion)
      // Who names only a kind means one of the same group, in the version that the object itself has.
      const version =
        given ??
        (to === known && api !== undefined
          ? api
          : group === undefined || apiVersion.startsWith(`${group}/`)
            ? apiVersion
            : undefined)
      const namespace = text(value.namespace)
      add([to, relation, version], name, `${path}.name`, {
        ...(namespace === undefined ? {} : { namespace }),
        optional: value.optional === true,
      })
      return
    }
    for (const [field, inner] of Object.entries(value))
      walk(inner, field, path === '' ? field : `${path}.${field}`, depth + 1)
  }
  for (const [field, inner] of Object.entries(rest)) if (field !== 'status') walk(inner, field, field, 0)
  for (const [annotation, target] of Object.entries(annotated)) {
    const name = metadata.annotations?.[annotation]
    if (name !== undefined) add(target, name, `metadata.annotations.${annotation}`, {})
  }
  return [...found.values()]
}

/** What controllers read from annotations in place of the spec. */
const annotated: Readonly<Record<string, Target>> = {
  'cert-manager.io/issuer': ['Issuer', 'issuedBy', 'cert-manager.io/v1'],
  'cert-manager.io/cluster-issuer': ['ClusterIssuer', 'issuedBy', 'cert-manager.io/v1'],
  'kubernetes.io/ingress.class': ['IngressClass', 'admittedBy', 'networking.k8s.io/v1'],
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
