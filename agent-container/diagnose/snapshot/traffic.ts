import { networkPolicies } from './kinds.ts'
import { selects } from './selectors.ts'
import type { NetworkPolicy, Peer } from './shapes-around.ts'
import { all, type Seen, type Snapshot, seek } from './snapshot.ts'

type End = { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly by: readonly Seen<NetworkPolicy>[] }

/**
 * Whether NetworkPolicies let `client` reach `server` at a port, from one side: a pod that some policy of that direction
 * selects is closed but for what one of them allows. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function lets(
  snapshot: Snapshot,
  direction: 'Ingress' | 'Egress',
  client: End,
  server: End | 'dns' | 'outside',
  port: number | undefined,
): Verdict {
  const own = direction === 'Ingress' && typeof server !== 'string' ? server : client
  const policies = all(snapshot, networkPolicies, own.namespace).filter(
    (policy) => selects(policy.data.spec.podSelector, own.labels) && applies(policy.data, direction),
  )
  if (policies.length === 0) return { allowed: true }
  const open = policies.some((policy) =>
    direction === 'Ingress'
      ? policy.data.spec.ingress.some(
          (rule) => peers(snapshot, policy.namespace, rule.from, client) && ports(rule.ports, port),
        )
      : policy.data.spec.egress.some(
          (rule) =>
            (server === 'dns' ||
              (server === 'outside' ? leaves(rule.to) : peers(snapshot, policy.namespace, rule.to, server))) &&
            ports(rule.ports, port),
        ),
  )
  return open ? { allowed: true } : { allowed: false, by: policies }
}

/** Any block of addresses may hold what lies outside: it is taken as open, so that nothing innocent is culprit. */
const leaves = (list: readonly Peer[]): boolean =>
  list.length === 0 || list.some(({ ipBlock }) => ipBlock !== undefined)

/** Without policyTypes: Ingress always, Egress when there is an egress section. */
export const applies = ({ spec }: NetworkPolicy, direction: 'Ingress' | 'Egress'): boolean =>
  spec.policyTypes.length > 0 ? spec.policyTypes.includes(direction) : direction === 'Ingress' || spec.egress.length > 0

function peers(snapshot: Snapshot, own: string, list: readonly Peer[], end: End): boolean {
  if (list.length === 0) return true
  return list.some(({ podSelector, namespaceSelector, ipBlock }) => {
    // Pod addresses are not compared with blocks: only "everywhere" is understood.
    if (ipBlock !== undefined) return ipBlock.cidr === '0.0.0.0/0' && ipBlock.except.length === 0
    const labels = {
      'kubernetes.io/metadata.name': end.namespace,
      ...seek(snapshot, { kind: 'Namespace', namespace: '', name: end.namespace })?.object.metadata.labels,
    }
    const inNamespace = namespaceSelector === undefined ? end.namespace === own : selects(namespaceSelector, labels)
    return inNamespace && (podSelector === undefined || selects(podSelector, end.labels))
  })
}

function ports(
  list: readonly { readonly port?: number | string | undefined; readonly endPort?: number | undefined }[],
  port: number | undefined,
): boolean {
  if (list.length === 0 || port === undefined) return true
  return list.some((one) => {
    // A named port is resolved by the pod that serves it: taken as open, so that nothing innocent is culprit.
    if (one.port === undefined || typeof one.port === 'string') return true
    return one.endPort === undefined ? one.port === port : port >= one.port && port <= one.endPort
  })
}
