/** Where built-in kinds live, so that a fresh connection can list them without asking discovery first. */
const namespaced = [
  'v1: Pod/pods Service/services Endpoints/endpoints Event/events ConfigMap/configmaps Secret/secrets',
  'v1: PersistentVolumeClaim/persistentvolumeclaims ServiceAccount/serviceaccounts ResourceQuota/resourcequotas',
  'v1: LimitRange/limitranges ReplicationController/replicationcontrollers',
  'apps/v1: Deployment/deployments ReplicaSet/replicasets StatefulSet/statefulsets DaemonSet/daemonsets',
  'batch/v1: Job/jobs CronJob/cronjobs',
  'networking.k8s.io/v1: Ingress/ingresses NetworkPolicy/networkpolicies',
  'policy/v1: PodDisruptionBudget/poddisruptionbudgets',
  'autoscaling/v2: HorizontalPodAutoscaler/horizontalpodautoscalers',
  'discovery.k8s.io/v1: EndpointSlice/endpointslices',
  'events.k8s.io/v1: Event/events',
  'coordination.k8s.io/v1: Lease/leases',
  'rbac.authorization.k8s.io/v1: Role/roles RoleBinding/rolebindings',
]
const clusterWide = [
  'v1: Node/nodes Namespace/namespaces PersistentVolume/persistentvolumes',
  'storage.k8s.io/v1: StorageClass/storageclasses VolumeAttachment/volumeattachments CSIDriver/csidrivers CSINode/csinodes',
  'networking.k8s.io/v1: IngressClass/ingressclasses',
  'scheduling.k8s.io/v1: PriorityClass/priorityclasses',
  'rbac.authorization.k8s.io/v1: ClusterRole/clusterroles ClusterRoleBinding/clusterrolebindings',
  'apiextensions.k8s.io/v1: CustomResourceDefinition/customresourcedefinitions',
  'admissionregistration.k8s.io/v1: ValidatingWebhookConfiguration/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/v1: MutatingWebhookConfiguration/mutatingwebhookconfigurations',
  'apiregistration.k8s.io/v1: APIService/apiservices',
]

export type Place = { readonly plural: string; readonly namespaced: boolean }
export const builtinKinds: ReadonlyMap<string, Place> = new Map([
  ...places(namespaced, true),
  ...places(clusterWide, false),
])

function places(lines: readonly string[], isNamespaced: boolean): [string, Place][] {
  return lines.flatMap((line) => {
    const [apiVersion = '', names = ''] = line.split(': ')
    return names.split(' ').map((pair): [string, Place] => {
      const [kind = '', plural = ''] = pair.split('/')
      return [`${apiVersion} ${kind}`, { plural, namespaced: isNamespaced }]
    })
  })
}
