import type { Incident } from '../../../shared/incident/incident.ts'
import { k, type Query } from './query.ts'

const around = [
  k('v1', 'Pod'),
  k('v1', 'Event'),
  k('apps/v1', 'Deployment'),
  k('apps/v1', 'ReplicaSet'),
  k('apps/v1', 'StatefulSet'),
  k('apps/v1', 'DaemonSet'),
  k('batch/v1', 'Job'),
  k('batch/v1', 'CronJob'),
  k('v1', 'Service'),
  k('discovery.k8s.io/v1', 'EndpointSlice'),
  k('v1', 'ConfigMap'),
  k('v1', 'PersistentVolumeClaim'),
  k('v1', 'ServiceAccount'),
  k('v1', 'ResourceQuota'),
  k('v1', 'LimitRange'),
  k('networking.k8s.io/v1', 'NetworkPolicy'),
  k('networking.k8s.io/v1', 'Ingress'),
  k('autoscaling/v2', 'HorizontalPodAutoscaler'),
  k('policy/v1', 'PodDisruptionBudget'),
]

/** The first round: the whole namespace by one page of each kind, in parallel; it answers most questions at once. */
export function neighbourhood(incident: Incident): readonly Query[] {
  const { namespace, resource, owner } = incident
  const inNamespace = resource.kind === 'Namespace' ? resource.name : namespace
  const ownerQuery: readonly Query[] =
    owner.kind === resource.kind && owner.name === resource.name
      ? []
      : [{ tool: 'get', kind: k(owner.apiVersion, owner.kind), name: owner.name, namespace: owner.namespace ?? '' }]
  const shared: readonly Query[] = [{ tool: 'list', kind: k('v1', 'Node') }]
  if (inNamespace === '')
    return [
      ...ownerQuery,
      ...shared,
      ...(resource.kind === 'Node' ? aboutNode(resource.name) : clusterScoped(resource.name)),
    ]
  return [
    ...ownerQuery,
    ...around.map((kind): Query => ({ tool: 'list', kind, namespace: inNamespace })),
    ...shared,
    ...(resource.kind === 'Namespace'
      ? []
      : [{ tool: 'get', kind: k('v1', 'Namespace'), name: inNamespace, namespace: '' } as const]),
  ]
}

/** Events of things without a namespace lie in `default`. */
const aboutNode = (name: string): readonly Query[] => [
  { tool: 'list', kind: k('v1', 'Event'), namespace: 'default', fieldSelector: `involvedObject.name=${name}` },
  { tool: 'list', kind: k('v1', 'Pod'), fieldSelector: `spec.nodeName=${name}` },
  { tool: 'get', kind: k('coordination.k8s.io/v1', 'Lease'), name, namespace: 'kube-node-lease' },
  { tool: 'list', kind: k('apps/v1', 'DaemonSet'), namespace: 'kube-system' },
  { tool: 'list', kind: k('v1', 'Event'), namespace: 'kube-system' },
  { tool: 'list', kind: k('policy/v1', 'PodDisruptionBudget') },
]
const clusterScoped = (name: string): readonly Query[] => [
  { tool: 'list', kind: k('v1', 'Event'), namespace: 'default', fieldSelector: `involvedObject.name=${name}` },
  { tool: 'list', kind: k('storage.k8s.io/v1', 'StorageClass') },
]
