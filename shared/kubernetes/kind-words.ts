import { builtinKinds } from './builtin-kinds.ts'

/** As `kubectl api-resources` lists them (v1.34), of the kinds that people ask about. */
const short: Readonly<Record<string, string>> = {
  po: 'Pod',
  svc: 'Service',
  ep: 'Endpoints',
  cm: 'ConfigMap',
  pvc: 'PersistentVolumeClaim',
  pv: 'PersistentVolume',
  sa: 'ServiceAccount',
  quota: 'ResourceQuota',
  rc: 'ReplicationController',
  deploy: 'Deployment',
  rs: 'ReplicaSet',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  cj: 'CronJob',
  ing: 'Ingress',
  netpol: 'NetworkPolicy',
  pdb: 'PodDisruptionBudget',
  hpa: 'HorizontalPodAutoscaler',
  no: 'Node',
  ns: 'Namespace',
  sc: 'StorageClass',
  pc: 'PriorityClass',
  crd: 'CustomResourceDefinition',
  crds: 'CustomResourceDefinition',
}

export type KnownKind = { readonly apiVersion: string; readonly kind: string; readonly namespaced: boolean }

const known = new Map<string, KnownKind>()
for (const [key, { plural, namespaced }] of builtinKinds) {
  const [apiVersion = '', kind = ''] = key.split(' ')
  for (const word of [kind.toLowerCase(), plural])
    if (!known.has(word)) known.set(word, { apiVersion, kind, namespaced })
}

/** What kubectl would take for a kind of Kubernetes' own: `Deployment`, `deployments`, `deploy`. */
export function kindOfWord(word: string): KnownKind | undefined {
  const lower = word.toLowerCase()
  return known.get(short[lower]?.toLowerCase() ?? lower)
}
