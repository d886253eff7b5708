import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const MAX_BYTES = 12_000
const RBAC = 'rbac.authorization.k8s.io/v1'
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

export const accessWhoCan = defineTool({
  name: 'access_who_can',
  toolset: 'access',
  title: 'Access: Who Can',
  description:
    'Use when you need who may do something in a cluster by its roles and bindings (such as delete pods), or whether this server’s own account may.',
  input: {
    ...clusterArguments,
    verb: z.string().min(1).max(50).describe('Such as get, delete, create'),
    resource: z.string().min(1).max(200).describe('Plural, such as pods, pods/exec, deployments.apps'),
    namespace: z.string().max(253).optional().describe('Absent: in any'),
  },
  output: {
    cluster: z.string(),
    own: z.boolean().describe('Whether this server’s own account may'),
    subjects: z.array(
      z.object({ subject: z.string(), where: z.string(), by: z.string(), names: z.string().optional() }),
    ),
    found: z.int(),
    notSeen: z.array(z.string()),
    complete: z.boolean(),
  },
  effects: reads,
  run: async ({ verb, resource, namespace, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const [plain = '', subresource] = resource.split('/')
    const [plural = '', ...rest] = plain.split('.')
    const group = rest.length === 0 ? undefined : rest.join('.')
    const full = subresource === undefined ? plural : `${plural}/${subresource}`
    const notSeen: string[] = []
    const all = async (kind: string): Promise<readonly KubeObject[]> => {
      const items: KubeObject[] = []
      let next: string | undefined
      try {
        do {
          const page = await api.list(
            { apiVersion: RBAC, kind },
            { limit: 500, ...(next === undefined ? {} : { continueToken: next }) },
            call.signal,
          )
          items.push(...page.items)
          next = page.continueToken
        } while (next !== undefined && items.length < 5_000)
        if (next !== undefined) notSeen.push(`${kind}s beyond the first ${items.length}`)
      } catch (error) {
        call.signal.throwIfAborted()
        notSeen.push(`${kind}s (${error instanceof Error ? call.redact.text(error.message).slice(0, 120) : ''})`)
      }
      return items
    }
    const where = { ...(group === undefined ? {} : { group }), ...(namespace ? { namespace } : {}) }
    const [roles, clusterRoles, bindings, clusterBindings, own] = await Promise.all([
      all('Role'),
      all('ClusterRole'),
      all('RoleBinding'),
      all('ClusterRoleBinding'),
      api.canI(verb, full, where, call.signal),
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
    for (const role of [...roles, ...clusterRoles]) {
      const names = allowing(role)
      if (names !== undefined) may.set(`${role.kind} ${role.metadata.namespace ?? ''}/${role.metadata.name}`, names)
    }
    const subjects = [...clusterBindings, ...bindings].flatMap((binding) => {
      const at = binding.metadata.namespace
      if (at !== undefined && namespace && at !== namespace) return []
      const { roleRef, subjects: bound } = Binding.parse(binding)
      const names = may.get(`${roleRef.kind} ${roleRef.kind === 'Role' ? (at ?? '') : ''}/${roleRef.name}`)
      if (names === undefined) return []
      return bound.map((one) => ({
        subject: `${one.kind} ${one.namespace ? `${one.namespace}/` : ''}${one.name}`,
        where: at ?? 'all namespaces',
        by: `${roleRef.kind} ${roleRef.name}, by ${binding.kind} ${binding.metadata.name}`,
        ...(names === '' ? {} : { names: names.slice(0, 200) }),
      }))
    })
    const shown = withinBytes(subjects, MAX_BYTES)
    return {
      structured: {
        cluster: target.name,
        own,
        subjects: shown,
        found: subjects.length,
        notSeen,
        complete: notSeen.length === 0 && shown.length === subjects.length,
      },
      text: (answer) =>
        [
          `# Who can ${verb} ${full}${namespace ? ` in namespace ${namespace}` : ''} in cluster ${answer.cluster}: ${answer.found} by roles`,
          `This server's own account ${answer.own ? 'may' : 'may not'}.`,
          ...(answer.notSeen.length === 0 ? [] : [`! Not seen, so unknown: ${answer.notSeen.join('; ')}`]),
          ...answer.subjects.map(
            (one) => `${one.subject}  ${one.where}  ${one.by}${one.names === undefined ? '' : `  only ${one.names}`}`,
          ),
        ].join('\n'),
    }
  },
})

const has = (list: readonly string[], ...wanted: readonly string[]): boolean =>
  list.includes('*') || wanted.some((one) => list.includes(one))
