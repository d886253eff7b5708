/** What is known of a candidate, as numbers from 0 to 1: each name is one reason for or against it. */
export const featureNames = [
  // What the rules say of it.
  'ruleCertain',
  'ruleHigh',
  'ruleMedium',
  'ruleLow',
  'ruleRejected',
  'ruleWeight',
  'ruleByWords',
  // What the telling texts say of it.
  'named',
  'kindNamed',
  'path',
  'variable',
  'credential',
  'certificate',
  'host',
  'policy',
  'account',
  'configWord',
  'word',
  'linkedOften',
  'linkedByEvent',
  'verified',
  // Whether its kind has in its hands what the texts are about.
  'spokenOf',
  'notSpokenOf',
  // How it stands in the graph.
  'dangling',
  'refusing',
  'changed',
  'absent',
  'distance',
  'subject',
  'asked',
  'illBeside',
  'deepest',
  'ownFault',
  // Counter-evidence.
  'othersWell',
  'siblingsWell',
  'onlyHere',
  'templateNew',
  'templateOld',
  // Kinds, as far as they differ in how often somebody has to change them.
  'isWorkload',
  'isNode',
  'isConfig',
  'isSecret',
  'isService',
  'isPolicy',
  'isRights',
  'isStorage',
  'isLimit',
  'isAdmission',
  'isCustom',
  'isDerived',
] as const
export type Feature = (typeof featureNames)[number]
export type Features = Readonly<Partial<Record<Feature, number>>>

const groups: readonly (readonly [Feature, RegExp])[] = [
  ['isWorkload', /^(Deployment|StatefulSet|DaemonSet|CronJob|Job)$/],
  ['isNode', /^Node$/],
  ['isConfig', /^ConfigMap$/],
  ['isSecret', /^Secret$/],
  ['isService', /^(Service|Ingress|IngressClass|HTTPRoute|Gateway)$/],
  ['isPolicy', /^NetworkPolicy$/],
  ['isRights', /^(Role|ClusterRole|RoleBinding|ClusterRoleBinding|ServiceAccount)$/],
  ['isStorage', /^(PersistentVolume|PersistentVolumeClaim|StorageClass|CSIDriver|CSINode|VolumeAttachment)$/],
  ['isLimit', /^(ResourceQuota|LimitRange|PodDisruptionBudget|HorizontalPodAutoscaler|PriorityClass)$/],
  [
    'isAdmission',
    /^(MutatingWebhookConfiguration|ValidatingWebhookConfiguration|APIService|CustomResourceDefinition)$/,
  ],
  ['isDerived', /^(Pod|ReplicaSet|EndpointSlice|Endpoints|Lease|Event|ControllerRevision|Namespace)$/],
]
export const kindFeature = (kind: string): Feature =>
  groups.find(([, pattern]) => pattern.test(kind))?.[0] ?? 'isCustom'
export const isWorkload = (kind: string): boolean => kindFeature(kind) === 'isWorkload'
