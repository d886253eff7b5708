import type { SimObject } from './objects.ts'

/** One resource as discovery names it. `stored` is where its objects lie: both kinds of Event share one drawer. */
export type Resource = {
  readonly group: string
  /** The preferred one first. */
  readonly versions: readonly string[]
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly subresources: readonly string[]
  readonly stored: string
}

/** group/versions | kind | plural | short names | subresources; a leading `-` means cluster-scoped. */
const builtIn = `
v1|Pod|pods|po|log,status,exec,attach,portforward,proxy,eviction,binding,ephemeralcontainers
-v1|Node|nodes|no|status,proxy
v1|Service|services|svc|status,proxy
v1|Endpoints|endpoints|ep|
v1|Event|events|ev|
v1|ConfigMap|configmaps|cm|
v1|Secret|secrets||
v1|PersistentVolumeClaim|persistentvolumeclaims|pvc|status
-v1|PersistentVolume|persistentvolumes|pv|status
-v1|Namespace|namespaces|ns|status,finalize
v1|ServiceAccount|serviceaccounts|sa|token
v1|ResourceQuota|resourcequotas|quota|status
v1|LimitRange|limitranges|limits|
v1|ReplicationController|replicationcontrollers|rc|status,scale
v1|PodTemplate|podtemplates||
apps/v1|Deployment|deployments|deploy|status,scale
apps/v1|ReplicaSet|replicasets|rs|status,scale
apps/v1|StatefulSet|statefulsets|sts|status,scale
apps/v1|DaemonSet|daemonsets|ds|status
apps/v1|ControllerRevision|controllerrevisions||
batch/v1|Job|jobs||status
batch/v1|CronJob|cronjobs|cj|status
autoscaling/v2,v1|HorizontalPodAutoscaler|horizontalpodautoscalers|hpa|status
networking.k8s.io/v1|Ingress|ingresses|ing|status
-networking.k8s.io/v1|IngressClass|ingressclasses||
networking.k8s.io/v1|NetworkPolicy|networkpolicies|netpol|
policy/v1|PodDisruptionBudget|poddisruptionbudgets|pdb|status
discovery.k8s.io/v1|EndpointSlice|endpointslices||
events.k8s.io/v1|Event|events|ev|
-storage.k8s.io/v1|StorageClass|storageclasses|sc|
-storage.k8s.io/v1|VolumeAttachment|volumeattachments||status
-storage.k8s.io/v1|CSINode|csinodes||
-storage.k8s.io/v1|CSIDriver|csidrivers||
storage.k8s.io/v1|CSIStorageCapacity|csistoragecapacities||
rbac.authorization.k8s.io/v1|Role|roles||
rbac.authorization.k8s.io/v1|RoleBinding|rolebindings||
-rbac.authorization.k8s.io/v1|ClusterRole|clusterroles||
-rbac.authorization.k8s.io/v1|ClusterRoleBinding|clusterrolebindings||
-scheduling.k8s.io/v1|PriorityClass|priorityclasses|pc|
-node.k8s.io/v1|RuntimeClass|runtimeclasses||
-admissionregistration.k8s.io/v1|ValidatingWebhookConfiguration|validatingwebhookconfigurations||
-admissionregistration.k8s.io/v1|MutatingWebhookConfiguration|mutatingwebhookconfigurations||
-admissionregistration.k8s.io/v1|ValidatingAdmissionPolicy|validatingadmissionpolicies||status
-admissionregistration.k8s.io/v1|ValidatingAdmissionPolicyBinding|validatingadmissionpolicybindings||
-apiextensions.k8s.io/v1|CustomResourceDefinition|customresourcedefinitions|crd,crds|status
-apiregistration.k8s.io/v1|APIService|apiservices||status
coordination.k8s.io/v1|Lease|leases||
-certificates.k8s.io/v1|CertificateSigningRequest|certificatesigningrequests|csr|approval,status
-flowcontrol.apiserver.k8s.io/v1|FlowSchema|flowschemas||status
-flowcontrol.apiserver.k8s.io/v1|PriorityLevelConfiguration|prioritylevelconfigurations||status
`

const words = (text: string | undefined): string[] => (text ?? '').split(',').filter((word) => word !== '')

function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}
export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

const storedAs = (group: string, kind: string): string =>
  group === 'events.k8s.io' && kind === 'Event' ? '/Event' : `${group}/${kind}`

function parseLine(line: string): Resource {
  const [at = '', kind = '', plural = '', short, subresources] = line.split('|')
  const { group, version } = groupVersion(at.replace(/^-/, ''))
  return {
    group,
    versions: words(version),
    kind,
    plural,
    namespaced: !at.startsWith('-'),
    shortNames: words(short),
    subresources: words(subresources),
    stored: storedAs(group, kind),
  }
}

/** As apimachinery guesses it (meta.UnsafeGuessKindToResource). */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase()
  if (/(s|x|ch|sh)$/.test(lower)) return `${lower}es`
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`
}

/** These names belong to the kinds that the metrics server serves; no guess would find them. */
const metricsPlurals: Readonly<Record<string, string>> = { PodMetrics: 'pods', NodeMetrics: 'nodes' }

export type Registry = {
  readonly all: () => readonly Resource[]
  readonly ofKind: (apiVersion: string, kind: string) => Resource | undefined
  readonly atPath: (group: string, version: string, plural: string) => Resource | undefined
  /** The resource of an object; a kind seen for the first time is added, and so are those that a CRD defines. */
  readonly learn: (object: SimObject) => Resource
}

export function createRegistry(): Registry {
  const resources = builtIn.trim().split('\n').map(parseLine)
  const find = (group: string, kind: string) => resources.findIndex((one) => one.group === group && one.kind === kind)

  function put(resource: Resource) {
    const at = find(resource.group, resource.kind)
    if (at < 0) resources.push(resource)
    else resources[at] = resource
  }

  function learnDefinition(crd: SimObject) {
    const { group, names, scope, versions } = crd.spec ?? {}
    if (typeof group !== 'string' || typeof names?.kind !== 'string' || !Array.isArray(versions)) return
    const served = versions.filter((one) => one?.served !== false)
    put({
      group,
      versions: served.map((one) => String(one?.name)),
      kind: names.kind,
      plural: typeof names.plural === 'string' ? names.plural : pluralOf(names.kind),
      namespaced: scope !== 'Cluster',
      shortNames: Array.isArray(names.shortNames) ? names.shortNames.map(String) : [],
      subresources: served.some((one) => one?.subresources?.status !== undefined) ? ['status'] : [],
      stored: storedAs(group, names.kind),
    })
  }

  return {
    all: () => resources,
    ofKind(apiVersion, kind) {
      const { group, version } = groupVersion(apiVersion)
      return resources.find((one) => one.group === group && one.kind === kind && one.versions.includes(version))
    },
    atPath: (group, version, plural) =>
      resources.find((one) => one.group === group && one.plural === plural && one.versions.includes(version)),
    learn(object) {
      if (object.kind === 'CustomResourceDefinition') learnDefinition(object)
      const { group, version } = groupVersion(object.apiVersion)
      const known = resources[find(group, object.kind)]
      if (known?.versions.includes(version) === true) return known
      const resource: Resource = known
        ? { ...known, versions: [...known.versions, version] }
        : {
            group,
            versions: [version],
            kind: object.kind,
            plural: metricsPlurals[object.kind] ?? pluralOf(object.kind),
            namespaced: object.metadata.namespace !== undefined,
            shortNames: [],
            subresources: [],
            stored: storedAs(group, object.kind),
          }
      put(resource)
      return resource
    },
  }
}
