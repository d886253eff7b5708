import { type AccessRule, type Attempt, isAllowed, resourceRules } from './access.ts'
import { toVersion } from './convert.ts'
import { groupList, oneGroup, resourceList } from './discovery.ts'
import { apiVersion, listPage, type Target } from './listing.ts'
import { type Logs, readLog } from './logs.ts'
import { fieldAt, type Loose } from './objects.ts'
import { forbidden, noSuchPath, notFound, refuse } from './status.ts'
import type { Store } from './store.ts'
import { partial, tableOf } from './table.ts'
import { type Applied, scaleOf, write } from './writing.ts'

export type Cluster = {
  readonly store: Store
  readonly logs: Logs
  readonly access: readonly AccessRule[]
  readonly kubernetes: string
  /** Absent: this cluster is a picture. */
  readonly applied?: Applied | undefined
}
export type Request = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly accept: string
  readonly type: string
  readonly body: Loose
}
export type Answer =
  | { readonly type: 'json'; readonly status: number; readonly body: object }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'watch'; readonly target: Target }

const json = (body: object, status = 200): Answer => ({ type: 'json', status, body })

/** One request of an admitted caller. Refusals are thrown. */
export function answer(cluster: Cluster, request: Request): Answer {
  const { store } = cluster
  const { path, method } = request
  if (path === '/version') return json(versionInfo(cluster.kubernetes))
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return { type: 'text', text: 'ok' }
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const [root, ...rest] = parts
  if (root === 'api' && rest.length === 0)
    return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] })
  if (root === 'apis' && rest.length === 0) return json(groupList(store.registry))
  if (root !== 'api' && root !== 'apis') throw noSuchPath()
  const group = root === 'api' ? '' : (rest.shift() ?? '')
  const version = rest.shift()
  unavailable(store, group, version)
  if (version === undefined) return json(oneGroup(store.registry, group))
  if (rest.length === 0) return json(resourceList(store.registry, group, version))
  if (group === 'authorization.k8s.io' && method === 'POST')
    return json(review(cluster, rest[0] ?? '', request.body), 201)
  return onTarget(cluster, request, targetOf(store, group, version, rest))
}

function versionInfo(gitVersion: string): object {
  const [, major = '1', minor = '33'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

/** An aggregated API whose server is away answers for its whole group. */
function unavailable(store: Store, group: string, version: string | undefined) {
  const service = store
    .list('apiregistration.k8s.io/APIService')
    .find((one) => one.spec?.group === group && (version === undefined || one.spec?.version === version))
  const available = service?.status?.conditions?.find((one: Loose) => one.type === 'Available')
  if (available?.status === 'False')
    throw refuse(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')
}

/** `[namespaces/<ns>/]<plural>[/<name>[/<subresource>]]` */
function targetOf(store: Store, group: string, version: string, rest: readonly string[]): Target {
  const inNamespace =
    rest[0] === 'namespaces' && rest.length >= 3 && store.registry.atPath(group, version, rest[2] ?? '')
  const [plural = '', name = '', ...below] = inNamespace ? rest.slice(2) : rest
  const resource = store.registry.atPath(group, version, plural)
  if (resource === undefined) throw noSuchPath()
  return {
    resource,
    version,
    namespace: inNamespace ? (rest[1] ?? '') : '',
    name,
    subresource: below[0] ?? '',
  }
}

const writeVerbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

function onTarget(cluster: Cluster, request: Request, target: Target): Answer {
  const { resource, namespace, name, subresource } = target
  const watching = ['true', '1'].includes(request.query.get('watch') ?? '')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const verb = reads ? (name !== '' ? 'get' : watching ? 'watch' : 'list') : (writeVerbs[request.method] ?? '')
  if (verb === '')
    throw refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  const what = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`
  const at: Attempt = { verb, group: resource.group, resource: what, namespace, name }
  // The namespace object itself: its own name is the namespace the API asks RBAC about.
  const asked = resource.stored === '/Namespace' && name !== '' ? { ...at, namespace: name } : at
  if (!isAllowed(cluster.access, asked)) throw forbidden(at)
  if (!reads && cluster.applied === undefined)
    throw refuse(405, 'MethodNotAllowed', 'this cluster is a picture: nothing can be changed')
  if (!reads && cluster.applied !== undefined) {
    const { status, body } = write(cluster.store, cluster.applied, target, request)
    return json(body, status)
  }
  if (watching) return { type: 'watch', target }
  if (name === '') return listAnswer(cluster, request, target)
  const object = cluster.store.get(resource.stored, namespace, name)
  if (object === undefined) throw notFound(resource.group, resource.plural, name)
  if (subresource === 'log') return { type: 'text', text: podLog(cluster, request.query, object) }
  if (subresource !== '' && !resource.subresources.includes(subresource)) throw noSuchPath()
  if (subresource === 'scale') return json(scaleOf(object))
  const shown = toVersion(object, apiVersion(target))
  const { resourceVersion = '' } = object.metadata
  if (wants(request, 'Table'))
    return json(tableOf([shown], resource, { resourceVersion }, includeOf(request), new Date()))
  return json(wants(request, 'PartialObjectMetadata') ? partial(shown) : shown)
}

const wants = ({ accept }: Request, as: string): boolean => new RegExp(`;\\s*as=${as}(;|,|$)`).test(accept)
const includeOf = (request: Request) => request.query.get('includeObject') ?? 'Metadata'

function listAnswer({ store }: Cluster, request: Request, target: Target): Answer {
  const { items, metadata } = listPage(store, target, request.query)
  if (wants(request, 'Table')) return json(tableOf(items, target.resource, metadata, includeOf(request), new Date()))
  if (wants(request, 'PartialObjectMetadataList'))
    return json({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: items.map(partial),
    })
  // Like the API's, the items of a list of built-in kinds do not repeat what the list says.
  const bare = items.map(({ apiVersion: _, kind: __, ...object }) => object)
  const kind = `${target.resource.kind}List`
  const custom = /\./.test(target.resource.group) && !/\.k8s\.io$/.test(target.resource.group)
  return json({ kind, apiVersion: apiVersion(target), metadata, items: custom ? items : bare })
}

function podLog({ store, logs }: Cluster, query: URLSearchParams, pod: Loose): string {
  const number = (key: string) => (query.has(key) ? Number(query.get(key)) : undefined)
  const since = query.get('sinceTime')
  const [tailLines, sinceSeconds, limitBytes] = [number('tailLines'), number('sinceSeconds'), number('limitBytes')]
  return readLog(
    pod,
    logs,
    store,
    {
      container: query.get('container') ?? '',
      previous: query.get('previous') === 'true',
      timestamps: query.get('timestamps') === 'true',
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
      ...(since === null ? {} : { sinceTime: new Date(since) }),
    },
    new Date(),
  )
}

function review(cluster: Cluster, plural: string, body: Loose): object {
  const head = (kind: string) => ({ kind, apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: body?.spec ?? {} })
  if (plural === 'selfsubjectrulesreviews') {
    const namespace = String(fieldAt(body, 'spec.namespace') ?? '')
    const nonResourceRules = [
      {
        verbs: ['get'],
        nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/readyz', '/version'],
      },
    ]
    return {
      ...head('SelfSubjectRulesReview'),
      status: {
        resourceRules: resourceRules(cluster.access, cluster.store.registry, namespace),
        nonResourceRules,
        incomplete: false,
      },
    }
  }
  if (plural !== 'selfsubjectaccessreviews') throw noSuchPath()
  const asked = fieldAt(body, 'spec.resourceAttributes')
  if (asked === undefined) {
    const verb = fieldAt(body, 'spec.nonResourceAttributes.verb')
    return { ...head('SelfSubjectAccessReview'), status: { allowed: verb === 'get' } }
  }
  const allowed = isAllowed(cluster.access, {
    verb: asked.verb ?? '',
    group: asked.group ?? '',
    resource: asked.subresource ? `${asked.resource}/${asked.subresource}` : (asked.resource ?? ''),
    namespace: asked.namespace ?? '',
    name: asked.name ?? '',
  })
  return { ...head('SelfSubjectAccessReview'), status: { allowed } }
}
