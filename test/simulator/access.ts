import { z } from 'zod'
import type { Registry, Resource } from './kinds.ts'

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
/** What the credential may not do; with `allow: true`, something beyond reading that it may (and should not). */
export const AccessRule = z
  .looseObject({
    verb: oneOrMany.optional(),
    verbs: oneOrMany.optional(),
    resource: oneOrMany.optional(),
    resources: oneOrMany.optional(),
    group: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string().optional(),
    allow: z.boolean().default(false),
  })
  .transform(({ verb, verbs, resource, resources, ...rest }) => ({
    ...rest,
    verbs: verb ?? verbs ?? ['*'],
    resources: resource ?? resources ?? ['*'],
  }))
export type AccessRule = z.infer<typeof AccessRule>

export type Attempt = {
  readonly verb: string
  readonly group: string
  /** `pods`, `pods/log` */
  readonly resource: string
  /** Empty: in all namespaces, or cluster-scoped. */
  readonly namespace: string
  readonly name: string
}

const reading = ['get', 'list', 'watch']
const covers = (words: readonly string[], word: string) => words.includes('*') || words.includes(word)
/** `pods/log`, any `log`, and kubectl's `deployments.apps`. */
const coversResource = (words: readonly string[], { resource, group }: Attempt) =>
  covers(words, resource) || words.includes(resource.replace(/^.*\//, '*/')) || words.includes(`${resource}.${group}`)

/**
 * As RBAC would decide for a credential with read rights on everything but these. Rights are only ever given, so a
 * credential that lacks one namespace has no right to all of them at once either.
 */
export function isAllowed(rules: readonly AccessRule[], at: Attempt): boolean {
  const matching = rules.filter(
    (rule) =>
      covers(rule.verbs, at.verb) &&
      coversResource(rule.resources, at) &&
      (rule.group === undefined || rule.group === '*' || rule.group === at.group) &&
      (rule.name === undefined || rule.name === at.name),
  )
  if (matching.some((rule) => !rule.allow && (rule.namespace ?? '') === '')) return false
  if (matching.some((rule) => !rule.allow && (at.namespace === '' || rule.namespace === at.namespace))) return false
  if (reading.includes(at.verb) && !isConnect(at.resource)) return true
  return matching.some((rule) => rule.allow && ((rule.namespace ?? '') === '' || rule.namespace === at.namespace))
}

/** Reading these is doing something: the verb on the wire is `get`, what happens is a connection into the cluster. */
const isConnect = (resource: string): boolean => /\/(exec|attach|portforward|proxy)$/.test(resource)

const verbs = [...reading, 'create', 'update', 'patch', 'delete', 'deletecollection']
/** Parts of an object cannot be listed or watched. */
const onParts = ['get', 'create', 'update', 'patch']

/** SelfSubjectRulesReview's `resourceRules`: resources with the same verbs in one rule, per group. */
export function resourceRules(rules: readonly AccessRule[], registry: Registry, namespace: string): object[] {
  const found = new Map<string, { verbs: string[]; apiGroups: string[]; resources: string[] }>()
  for (const resource of registry.all())
    for (const name of namesOf(resource)) {
      const at = { group: resource.group, resource: name, namespace, name: '' }
      const allowed = (name.includes('/') ? onParts : verbs).filter((verb) => isAllowed(rules, { ...at, verb }))
      if (allowed.length === 0) continue
      const key = `${resource.group}|${allowed.join()}`
      const rule = found.get(key) ?? { verbs: allowed, apiGroups: [resource.group], resources: [] }
      rule.resources.push(name)
      found.set(key, rule)
    }
  const reviews = { verbs: ['create'], apiGroups: ['authorization.k8s.io'] }
  return [{ ...reviews, resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] }, ...found.values()]
}
const namesOf = (resource: Resource): string[] => [
  resource.plural,
  ...resource.subresources.map((part) => `${resource.plural}/${part}`),
]
