import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { allKinds } from './all-objects.ts'

const RBAC = 'rbac.authorization.k8s.io/v1'
const kinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ apiVersion: RBAC, kind }))
const strings = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const Role = z.looseObject({
  rules: z
    .array(z.looseObject({ verbs: strings, apiGroups: strings, resources: strings, resourceNames: strings }))
    .nullish()
    .transform((rules) => rules ?? []),
})
const Binding = z.looseObject({
  roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
  subjects: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
    .nullish()
    .transform((subjects) => subjects ?? []),
})

export type Grant = {
  readonly subject: string
  readonly where: string
  readonly by: string
  /** Only objects of these names. */
  readonly names?: string
}

/** Who may do something by the roles and bindings of one cluster, and whether the account that asks may. */
export async function whoCan(
  api: ClusterApi,
  {
    verb,
    resource,
    namespace,
    own: place,
  }: {
    readonly verb: string
    readonly resource: string
    readonly namespace: string | undefined
    readonly own: string | undefined
  },
  signal: AbortSignal,
): Promise<{ readonly own: boolean; readonly grants: readonly Grant[]; readonly notSeen: readonly string[] }> {
  const [plain = '', subresource] = resource.split('/')
  const [plural = '', ...rest] = plain.split('.')
  const group = rest.length === 0 ? undefined : rest.join('.')
  const full = subresource === undefined ? plural : `${plural}/${subresource}`
  const where = { ...(group === undefined ? {} : { group }), ...(namespace ? { namespace } : {}) }
  const [{ objects, notSeen }, own] = await Promise.all([
    allKinds(api, kinds, { own: place }, signal),
    api.canI(verb, full, where, signal),
  ])
  const allowing = (role: KubeObject) => {
    const rules = Role.parse(role).rules.filter(
      (rule) =>
        has(rule.verbs, verb) &&
        has(rule.resources, full, subresource === undefined ? full : `*/${subresource}`) &&
        (group === undefined || has(rule.apiGroups, group)),
    )
    if (rules.length === 0) return undefined
    // One rule without names is for all objects.
    return rules.some(({ resourceNames }) => resourceNames.length === 0)
      ? ''
      : rules.flatMap(({ resourceNames }) => resourceNames).join(', ')
  }
  const may = new Map<string, string>()
  for (const role of objects.filter(({ kind }) => /Role$/.test(kind))) {
    const names = allowing(role)
    if (names !== undefined) may.set(`${role.kind} ${role.metadata.namespace ?? ''}/${role.metadata.name}`, names)
  }
  const grants = objects
    .filter(({ kind }) => /Binding$/.test(kind))
    .toSorted((a, b) => a.kind.localeCompare(b.kind))
    .flatMap((binding) => {
      const at = binding.metadata.namespace
      if (at !== undefined && namespace && at !== namespace) return []
      const { roleRef, subjects } = Binding.parse(binding)
      const names = may.get(`${roleRef.kind} ${roleRef.kind === 'Role' ? (at ?? '') : ''}/${roleRef.name}`)
      if (names === undefined) return []
      return subjects.map((one) => ({
        subject: `${one.kind} ${one.namespace ? `${one.namespace}/` : ''}${one.name}`,
        where: at ?? 'all namespaces',
        by: `${roleRef.kind} ${roleRef.name}, by ${binding.kind} ${binding.metadata.name}`,
        ...(names === '' ? {} : { names: names.slice(0, 200) }),
      }))
    })
  return { own, grants, notSeen }
}

const has = (list: readonly string[], ...requested: readonly string[]): boolean =>
  list.includes('*') || requested.some((one) => list.includes(one))
