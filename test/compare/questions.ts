import { clusterNames } from './scene.ts'

export type Asking = { readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
export type Question = {
  readonly question: string
  /** How it is asked with our tools, as a model that has read their descriptions would. */
  readonly ours: readonly Asking[]
  /** With the tools that the known servers share (`context` names the cluster), as few calls as they allow. */
  readonly theirs: readonly Asking[]
  /** What all answers together must say. */
  readonly says: readonly RegExp[]
  /** What they say when they are ready to be read: in order. */
  readonly ordered?: RegExp
  /** What is no part of the answer, and stands only beside it. */
  readonly without?: readonly RegExp[]
}

const everywhere = (tool: string, args: Readonly<Record<string, unknown>>): readonly Asking[] =>
  clusterNames.map((context) => ({ tool, args: { ...args, context } }))
const rbac = 'rbac.authorization.k8s.io/v1'

export const questions: readonly Question[] = [
  {
    question: 'which pods restart most, everywhere',
    ours: [
      { tool: 'clusters_exec_all', args: { operation: 'pods_list', parameters: { order_by: 'RESTARTS', limit: 10 } } },
    ],
    theirs: everywhere('pods_list', {}),
    says: [/worker-hot.*\b42\b/, /api-flaky.*\b17\b/],
    ordered: /worker-hot[\s\S]*api-flaky/,
    without: [/app-3-x/],
  },
  {
    question: 'what changed in namespace shop in the last hour',
    ours: [{ tool: 'changes_list', args: { namespace: 'shop', since_seconds: 3_600, timeout_seconds: 10 } }],
    theirs: [
      ...everywhere('events_list', { namespace: 'shop' }),
      ...everywhere('resources_list', { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop' }),
      ...everywhere('resources_list', { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop' }),
    ],
    says: [/c2 .*web.*1\.5/, /c5 .*settings/],
    without: [/long-ago/],
  },
  {
    question: 'why does Ingress shop/front of c4 answer 503',
    ours: [{ tool: 'workload_diagnose', args: { cluster: 'c4', kind: 'Ingress', name: 'front', namespace: 'shop' } }],
    theirs: [
      {
        tool: 'resources_get',
        args: { context: 'c4', apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'front', namespace: 'shop' },
      },
      {
        tool: 'resources_get',
        args: { context: 'c4', apiVersion: 'v1', kind: 'Service', name: 'front', namespace: 'shop' },
      },
      {
        tool: 'resources_list',
        args: { context: 'c4', apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: 'shop' },
      },
      { tool: 'pods_list_in_namespace', args: { context: 'c4', namespace: 'shop' } },
    ],
    says: [/app[:=] ?frontend/, /app[:=] ?front-end/],
  },
  {
    question: 'compare the versions of Deployment shop/web',
    ours: [
      { tool: 'clusters_compare', args: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' } },
    ],
    theirs: everywhere('resources_get', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' }),
    says: [/web:1\.4/, /web:1\.5/, /c2/],
  },
  {
    question: 'who can delete pods',
    ours: [{ tool: 'access_who_can', args: { verb: 'delete', resource: 'pods' } }],
    theirs: [
      ...everywhere('resources_list', { apiVersion: rbac, kind: 'ClusterRole' }),
      ...everywhere('resources_list', { apiVersion: rbac, kind: 'ClusterRoleBinding' }),
      ...everywhere('resources_list', { apiVersion: rbac, kind: 'RoleBinding' }),
    ],
    says: [/\bops\b/, /\bdeployer\b/],
    without: [/\beverybody\b/],
  },
  {
    question: 'which certificates expire soon',
    ours: [{ tool: 'certificates_list', args: {} }],
    theirs: [
      ...everywhere('resources_list', { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }),
      ...everywhere('resources_list', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
      }),
    ],
    says: [/web-tls.*c1|c1.*web-tls/, /policy-webhook.*c8|c8.*policy-webhook/],
    without: [/api-tls/],
  },
  {
    question: 'which nodes are under pressure',
    ours: [{ tool: 'faults_list', args: { kind: 'Node' } }],
    theirs: everywhere('resources_list', { apiVersion: 'v1', kind: 'Node' }),
    says: [/c9.*n2.*DiskPressure|DiskPressure[\s\S]*n2/],
    without: [/c3 .*n1\b/],
  },
  {
    question: 'what is not ready, anywhere',
    ours: [{ tool: 'faults_list', args: {} }],
    theirs: [
      ...everywhere('pods_list', {}),
      ...everywhere('resources_list', { apiVersion: 'apps/v1', kind: 'Deployment' }),
    ],
    says: [/c0.*checkout|checkout-0/, /batch-big/],
    without: [/app-3-x/],
  },
]

export type Verdict = 'right' | 'in it, with much else' | 'not in it'
/** Whether the answers hold all that was asked for, and nothing that only blurs it. */
export function verdictOn({ says, ordered, without = [] }: Question, text: string): Verdict {
  if (!says.every((one) => one.test(text))) return 'not in it'
  const plain = (ordered?.test(text) ?? true) && !without.some((one) => one.test(text))
  return plain ? 'right' : 'in it, with much else'
}
