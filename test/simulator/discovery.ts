import { apiVersionOf, type Registry, type Resource } from './kinds.ts'
import { noSuchPath } from './status.ts'

const reviews: readonly { readonly kind: string; readonly plural: string }[] = [
  { kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
]
const REVIEWS = 'authorization.k8s.io'

const groupsOf = (registry: Registry): Map<string, Set<string>> => {
  const groups = new Map<string, Set<string>>([[REVIEWS, new Set(['v1'])]])
  for (const { group, versions } of registry.all()) {
    if (group === '') continue
    const known = groups.get(group) ?? new Set()
    for (const version of versions) known.add(version)
    groups.set(group, known)
  }
  return groups
}

function apiGroup(name: string, versions: ReadonlySet<string>): object {
  const list = [...versions].map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: list, preferredVersion: list[0] }
}

export function groupList(registry: Registry): object {
  const groups = [...groupsOf(registry)].map(([name, versions]) => apiGroup(name, versions))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

export function oneGroup(registry: Registry, name: string): object {
  const versions = groupsOf(registry).get(name)
  if (versions === undefined) throw noSuchPath()
  return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(name, versions) }
}

/** What the API itself would let a mighty enough user do; what this user may do is for the reviews to say. */
const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  log: ['get'],
  exec: ['create', 'get'],
  attach: ['create', 'get'],
  portforward: ['create', 'get'],
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  eviction: ['create'],
  binding: ['create'],
  token: ['create'],
}

export function resourceList(registry: Registry, group: string, version: string): object {
  const served = registry.all().filter((one) => one.group === group && one.versions.includes(version))
  if (served.length === 0 && group !== REVIEWS) throw noSuchPath()
  const resources =
    group === REVIEWS
      ? reviews.map(({ kind, plural }) => entry(plural, kind, false, ['create']))
      : served.flatMap((resource) => entriesOf(resource))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources }
}

const entry = (name: string, kind: string, namespaced: boolean, verbs: readonly string[], singular = '') => ({
  name,
  singularName: singular,
  namespaced,
  kind,
  verbs,
})

function entriesOf(resource: Resource): object[] {
  const { plural, kind, namespaced, shortNames } = resource
  const verbs = resource.group === 'metrics.k8s.io' ? ['get', 'list'] : allVerbs
  const main = entry(plural, kind, namespaced, verbs, kind.toLowerCase())
  return [
    shortNames.length === 0 ? main : { ...main, shortNames },
    ...resource.subresources.map((part) =>
      entry(`${plural}/${part}`, kind, namespaced, subresourceVerbs[part] ?? ['get', 'patch', 'update']),
    ),
  ]
}
