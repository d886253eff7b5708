import type { Dispatcher } from 'undici'
import { ClusterApiError } from './cluster-api.ts'

/** `server`: origin and path prefix of the one API that may be reached. */
export type ReadOnlyRules = { readonly server: string; readonly allowSecrets: boolean }
type Request = Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'origin' | 'upgrade' | 'query' | 'body'>

/** Nothing else can be written: these two only ask the API about ourselves. */
const reviews = /^\/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/
const discovery = /^\/(version|readyz|livez|healthz|api|apis|api\/v1|apis\/[^/]+|apis\/[^/]+\/[^/]+)$/
const underRoot = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(.+)$/
/** No percent sign: a path that needs decoding can be read in two ways. Names of Kubernetes objects get along without. */
const segment = /^[\w.:@+=,~-]+$/
const parameters = new Set(
  [
    'limit continue labelSelector fieldSelector resourceVersion resourceVersionMatch timeoutSeconds',
    'watch allowWatchBookmarks container previous tailLines sinceSeconds sinceTime limitBytes timestamps includeObject',
  ].flatMap((line) => line.split(' ')),
)
/** The rest are ways into a container or a node (exec, attach, portforward, proxy), or writes. */
const subresources = new Set(['status', 'scale', 'log'])

/**
 * Lies under every request to a cluster, whoever makes it. What is not known to be a harmless read does not leave.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/ (v1.34) for the forms of paths.
 */
export const readOnly =
  (rules: ReadOnlyRules): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (request, handler) => {
    const why = refusal(request, rules)
    if (why !== undefined)
      throw new ClusterApiError(`Refused before it left: ${why}. This connection only reads.`, 403, 'ReadOnly')
    return dispatch(request, handler)
  }

function refusal(request: Request, rules: ReadOnlyRules): string | undefined {
  if (request.upgrade) return 'a connection that is taken over'
  const asked = insideOf(request, rules.server)
  if ('why' in asked) return asked.why
  const { inside, query } = asked
  if (request.method === 'POST') return reviews.test(inside) && query === undefined ? undefined : 'a write (POST)'
  if (request.method !== 'GET') return `a write (${String(request.method).slice(0, 20)})`
  if (request.body !== undefined && request.body !== null) return 'a body on a read'
  return refusedQuery(query) ?? (discovery.test(inside) ? undefined : refusedResource(inside, rules.allowSecrets))
}

/** What is asked of the one API, below its own prefix; or why that cannot be said for certain. */
export function insideOf(
  request: Pick<Request, 'origin' | 'path' | 'query'>,
  server: string,
): { readonly inside: string; readonly query: string | undefined } | { readonly why: string } {
  const { origin, pathname: prefix } = new URL(server)
  if (String(request.origin) !== origin) return { why: 'another server than the cluster’s own' }
  // undici would add it to the path after this check.
  if (request.query !== undefined) return { why: 'a query outside the path' }
  const [path = '', query, ...rest] = request.path.split('?')
  if (rest.length > 0) return { why: 'a path with two queries' }
  const base = prefix === '/' ? '' : prefix
  if (!path.startsWith(`${base}/`)) return { why: 'a path outside the cluster’s own' }
  const inside = path.slice(base.length)
  const parts = inside.slice(1).split('/')
  if (!parts.every((part) => segment.test(part) && part !== '.' && part !== '..'))
    return { why: 'a path with empty, dotted or encoded parts' }
  return { inside, query }
}

function refusedQuery(query: string | undefined): string | undefined {
  if (!/^[\x21-\x22\x24-\x7e]*$/.test(query ?? '')) return 'a query with odd characters'
  const seen = new Set<string>()
  for (const [key] of new URLSearchParams(query ?? '')) {
    if (!parameters.has(key)) return `the parameter ${JSON.stringify(key.slice(0, 40))}`
    if (seen.has(key)) return `the parameter ${key} twice`
    seen.add(key)
  }
  return undefined
}

function refusedResource(path: string, allowSecrets: boolean): string | undefined {
  const parts = underRoot.exec(path)?.[1]?.split('/')
  if (parts === undefined) return 'a path that is no Kubernetes resource'
  // /api/v1/namespaces/x/pods/y/log; but /api/v1/namespaces/x/status is the namespace's own subresource.
  const scoped = parts[0] === 'namespaces' && parts.length >= 3 && !subresources.has(parts[2] ?? '')
  const [resource = '', , subresource, ...more] = scoped ? parts.slice(2) : parts
  if (more.length > 0) return 'a path that is too deep'
  if (resource === 'watch' || resource === 'proxy' || resource === 'redirect') return `the old form ${resource}/`
  if (resource.toLowerCase() === 'secrets' && !allowSecrets) return 'Secrets (allow_secrets_access is false)'
  if (subresource === undefined) return undefined
  if (!subresources.has(subresource)) return `the subresource ${subresource.slice(0, 40)}`
  return subresource === 'log' && resource !== 'pods' ? 'logs of something other than a pod' : undefined
}
