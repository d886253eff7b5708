import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { Around, ObjectName } from '../model.ts'

/** What the API refused to whom. */
export type Refusal = {
  readonly account: ObjectName
  readonly verb: string
  readonly resource: string
  readonly group: string
  /** '' at the scope of the cluster. */
  readonly namespace: string
}

/** The API server's own words since 1.9 (`plugin/pkg/auth/authorizer/rbac`), with the quotes of loggers undone. */
export function refusalIn(line: string): Refusal | undefined {
  const plain = line.replaceAll('\\"', '"')
  const match =
    /User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\w+) resource "([\w./-]+)" in API group "([\w.-]*)"(?: in the namespace "([^"]*)"| at the cluster scope)?/.exec(
      plain,
    )
  if (match === null) return undefined
  const [, space = '', name = '', verb = '', resource = '', group = '', namespace = ''] = match
  return { account: { kind: 'ServiceAccount', namespace: space, name }, verb, resource, group, namespace }
}

const Rule = z.looseObject({
  verbs: z.array(z.string()).catch([]),
  resources: z.array(z.string()).catch([]),
  apiGroups: z.array(z.string()).catch([]),
})
const Role = z.looseObject({ rules: z.array(Rule).nullish() })
const Binding = z.looseObject({
  roleRef: z.looseObject({ kind: z.string().catch('Role'), name: z.string() }),
  subjects: z.array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() })).nullish(),
})

/** Where the right is missing: in a role that is bound to the account, or since none is bound at all. */
export type Grant =
  | { readonly is: 'given'; readonly by: ObjectName }
  | { readonly is: 'lacking'; readonly role: ObjectName; readonly binding: ObjectName; readonly has: readonly string[] }
  | { readonly is: 'dangling'; readonly binding: ObjectName; readonly role: ObjectName }
  | { readonly is: 'unbound' }
  | { readonly is: 'unknown'; readonly why: string }

/** Holds a refused verb against the roles of its account. */
export function granted(around: Around, refusal: Refusal): Grant {
  const { account, namespace } = refusal
  const spaces = [...new Set([namespace, account.namespace])].filter((one) => one !== '')
  const lists = [around.list('ClusterRoleBinding', ''), ...spaces.map((space) => around.list('RoleBinding', space))]
  const bound = lists.flatMap((list) => (list.is === 'there' ? list.value : [])).filter((one) => binds(one, account))
  const roles = bound.map((binding) => ({ binding: nameOf(binding), ...roleOf(around, binding) }))
  const giving = roles.find(({ known, covers }) => known.is === 'there' && covers && gives(known.value, refusal))
  if (giving !== undefined) return { is: 'given', by: giving.role }
  const dangling = roles.find(({ known }) => known.is === 'absent')
  if (dangling !== undefined) return { is: 'dangling', binding: dangling.binding, role: dangling.role }
  const unread = roles.find(({ known }) => known.is === 'unknown')
  const hidden = lists.find((list) => list.is === 'unknown')
  const [best] = roles
    .filter(({ known }) => known.is === 'there')
    .toSorted((a, b) => likeness(b.known, refusal) - likeness(a.known, refusal))
  if (best !== undefined && best.known.is === 'there')
    return { is: 'lacking', role: best.role, binding: best.binding, has: verbsFor(best.known.value, refusal) }
  if (unread !== undefined) return { is: 'unknown', why: `${unread.role.kind} ${unread.role.name} was not read` }
  if (hidden?.is === 'unknown') return { is: 'unknown', why: hidden.why }
  return { is: 'unbound' }

  function roleOf(all: Around, binding: KubeObject) {
    const { roleRef } = Binding.parse(binding)
    const own = binding.metadata.namespace ?? ''
    const role = { kind: roleRef.kind, namespace: roleRef.kind === 'Role' ? own : '', name: roleRef.name }
    return { role, known: all.get(role), covers: own === '' || own === namespace }
  }
}

const nameOf = ({ kind, metadata }: KubeObject): ObjectName => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})
function binds(binding: KubeObject, account: ObjectName): boolean {
  const parsed = Binding.safeParse(binding)
  return (
    parsed.success &&
    (parsed.data.subjects ?? []).some(
      ({ kind, name, namespace }) =>
        kind === 'ServiceAccount' &&
        name === account.name &&
        (namespace ?? binding.metadata.namespace ?? '') === account.namespace,
    )
  )
}
const rulesOf = (role: KubeObject) => Role.safeParse(role).data?.rules ?? []
const has = (list: readonly string[], desired: string): boolean => list.includes('*') || list.includes(desired)
const gives = (role: KubeObject, { verb, resource, group }: Refusal): boolean =>
  rulesOf(role).some((rule) => has(rule.apiGroups, group) && has(rule.resources, resource) && has(rule.verbs, verb))
const verbsFor = (role: KubeObject, { resource, group }: Refusal): readonly string[] => [
  ...new Set(
    rulesOf(role).flatMap((rule) => (has(rule.apiGroups, group) && has(rule.resources, resource) ? rule.verbs : [])),
  ),
]
/** The role that speaks of the resource already is the one where the verb was forgotten. */
function likeness(known: ReturnType<Around['get']>, refusal: Refusal): number {
  if (known.is !== 'there') return 0
  const rules = rulesOf(known.value)
  if (verbsFor(known.value, refusal).length > 0) return 3
  return rules.some(({ apiGroups }) => has(apiGroups, refusal.group)) ? 2 : 1
}
