/** Sentences of one sort, and which kinds of objects have it in their hands. `Workload`: who writes the pod template. */
type Domain = { readonly pattern: RegExp; readonly kinds: readonly string[] }

const domain = (pattern: RegExp, kinds: string): Domain => ({ pattern, kinds: kinds.split(' ') })

/**
 * Which kind of object an operator changes when a component or a program says so. Sentences of the API server, the
 * scheduler, the kubelet, controllers and runtimes (Kubernetes 1.30 to 1.34), and of common libraries.
 */
const domains: readonly Domain[] = [
  domain(/\bexceeded quota\b|\bfailed quota\b/i, 'ResourceQuota'),
  domain(/\b(?:maximum|minimum) [\w.-]+ usage per\b|\blimit to request ratio\b/i, 'LimitRange'),
  domain(/\bviolates PodSecurity\b/, 'Workload Namespace'),
  domain(
    /\bis forbidden: User\b|\bcannot (?:get|list|watch|create|update|patch|delete|use|impersonate) (?:resource|path)\b/,
    'Role ClusterRole RoleBinding ClusterRoleBinding ServiceAccount',
  ),
  domain(/\bserviceaccount\b|\/var\/run\/secrets\/kubernetes\.io\/serviceaccount/i, 'ServiceAccount'),
  domain(
    /\bfailed calling webhook\b|\bcalling webhook\b/i,
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration Service Workload',
  ),
  domain(/\badmission webhook "[^"]+" denied\b|\bValidatingAdmissionPolicy\b/i, 'Workload ValidatingAdmissionPolicy'),
  domain(/\b(?:pull|image|manifest|registry|ErrImage\w+)\b/i, 'Workload Secret'),
  domain(
    /\bexec format error\b|\bexecutable file not found\b|\bOCI runtime\b|\bno such file or directory\b/i,
    'Workload',
  ),
  domain(/\buntolerated taint\b/i, 'Node Workload'),
  domain(/\bnodes are available\b|\bInsufficient\b|\bdidn't match\b/, 'Workload'),
  domain(/\bunschedulable\b|\bcordon/i, 'Node'),
  domain(
    /\bscale[- ]?up\b|\bnode ?(?:pool|group|claim)s?\b|\bmax(?:imum)? (?:node|size|limit)\b/i,
    'NodePool Workload',
  ),
  domain(/\bCSINode\b|\bCSI driver\w*\b|\bdriver name\b/i, 'DaemonSet CSIDriver Node'),
  domain(
    /\bvolume\b|\bclaims?\b|\bprovision\w*\b|\bMountVolume\b|\bAttachVolume\b|\bno space left\b/i,
    'PersistentVolumeClaim PersistentVolume StorageClass',
  ),
  domain(/\bstorageclass\b/i, 'PersistentVolumeClaim StorageClass'),
  domain(/\bx509\b|\bcertificate\b|\btls: |\bPKIX\b|\bSSL\b/i, 'Secret Certificate Issuer ClusterIssuer'),
  domain(
    /\bno such host\b|\blookup\b|\bresolv\w+\b|\bENOTFOUND\b|\bEAI_AGAIN\b/i,
    'Service ConfigMap NetworkPolicy Workload',
  ),
  domain(/\btime(?:d )?[- ]?out\b|\bdeadline exceeded\b|\bno route to host\b/i, 'NetworkPolicy Service Workload'),
  domain(/\bconnection refused\b|\bECONNREFUSED\b|\bno endpoints\b|\b50[234]\b/i, 'Service Workload'),
  domain(
    /\bpassword\b|\bcredentials?\b|\bunauthori[sz]ed\b|\bauthenticat\w+\b|\bapi[ _-]?key\b|\btoken\b|\bAuthorization\b|\baccess denied\b/i,
    'Secret ServiceAccount',
  ),
  domain(
    /\b(?:invalid|unknown|unexpected|unrecogni[sz]ed|malformed|unsupported|parse|parsing|unmarshal\w*|decode|syntax|directive|yaml|json|toml|config\w*|property|setting|option)\b/i,
    'ConfigMap Workload',
  ),
  domain(/\benv(?:ironment)?(?: variable)?\b|\bvariable\b|\$\([A-Z_]+\)/i, 'Workload ConfigMap Secret'),
  domain(/\bflags?\b|\bunknown (?:option|argument|command)\b|\busage:/i, 'Workload'),
  domain(/\bprobe\b/i, 'Workload'),
  domain(/\bOOM\w*\b|\bout of memory\b|\bheap\b/i, 'Workload'),
  domain(/\bpermission denied\b|\boperation not permitted\b|\bread-only file system\b/i, 'Workload'),
  domain(
    /\bno matches for kind\b|\bcould not find the requested resource\b|\bno kind\b|\bCRDs?\b|\bCustomResourceDefinition\b/i,
    'CustomResourceDefinition APIService Workload',
  ),
  domain(/\bkubelet\b|\bPLEG\b|\bevict\w*\b|\b(?:disk|memory|pid) ?pressure\b|\bnode (?:is )?not ready\b/i, 'Node'),
  domain(/\bsandbox\b|\bcni\b|\bIP addresses\b|\bPodCIDR\b|\bIPAM\b/i, 'Node DaemonSet'),
  domain(/\b(?:nvidia|gpu|device plugin|NVML)\b/i, 'Node DaemonSet Workload'),
  domain(/\bscale target\b|\bmetrics?\b|\bHPA\b/i, 'HorizontalPodAutoscaler APIService Workload'),
  domain(
    /\breceived too many requests\b|\bpriority (?:and fairness|level)\b/i,
    'FlowSchema PriorityLevelConfiguration',
  ),
  domain(
    /\bupstream connect error\b|\bconnection termination\b|\bRBAC: access denied\b|\bm(?:utual )?TLS\b/i,
    'DestinationRule VirtualService PeerAuthentication AuthorizationPolicy',
  ),
  domain(/\ballocate (?:an )?IP\b|\bno available IPs?\b|\baddress pools?\b/i, 'IPAddressPool Service'),
  domain(/\b(?:external|custom)[. ]metrics\b/i, 'APIService'),
  domain(/\bInsufficient (?:cpu|memory)\b/, 'VerticalPodAutoscaler Workload'),
  domain(/\bdisruption budget\b/i, 'PodDisruptionBudget'),
  domain(/\bconcurren\w+\b|\bmissed\b|\bactiveDeadline\b|\bDeadlineExceeded\b|\bBackoffLimit\w*\b/i, 'CronJob Job'),
  domain(
    /\bingress\b|\bbackend\b|\bgateway\b|\broute\b|\bReferenceGrant\b/i,
    'Ingress HTTPRoute Gateway IngressClass Service',
  ),
]

/** The kinds that sentences of this sort speak of, most of them one or two. */
export const kindsSpokenOf = (text: string): ReadonlySet<string> =>
  new Set(domains.filter(({ pattern }) => pattern.test(text)).flatMap(({ kinds }) => kinds))
