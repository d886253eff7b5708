import type { Dispatcher } from 'undici'
import { ClusterApiError } from './cluster-api.ts'
import { insideOf } from './read-only.ts'

const root = '/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/[^/]+)?'
/** One object, by its name: no collection can be meant, and no way into a container or a node. */
const forms: readonly { readonly method: string; readonly path: RegExp; readonly query: readonly string[] }[] = [
  { method: 'PATCH', path: new RegExp(`^${root}/[^/]+/[^/]+$`), query: ['fieldManager', 'force', 'dryRun'] },
  { method: 'PATCH', path: new RegExp(`^${root}/[^/]+/[^/]+/scale$`), query: ['fieldManager', 'dryRun'] },
  { method: 'POST', path: /^\/api\/v1\/namespaces\/[^/]+\/(?:pods|services)$/, query: ['fieldManager', 'dryRun'] },
  {
    method: 'DELETE',
    path: new RegExp(`^${root}/[^/]+/[^/]+$`),
    query: ['gracePeriodSeconds', 'propagationPolicy', 'dryRun'],
  },
]
const exec = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/exec$/
const execQuery = ['command', 'container', 'stdout', 'stderr']
/** API servers of old took these in the place of a kind. */
const oldForms = /^\/api\/v1\/(?:watch|proxy|redirect)\//

/** Lies under every request of a connection that changes a cluster: these forms of writes leave, and nothing else. */
export const writeOnly =
  (server: string): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (request, handler) => {
    const why = refusal(request, server)
    if (why !== undefined) throw new ClusterApiError(`Refused before it left: ${why}.`, 403, 'WriteGuard')
    return dispatch(request, handler)
  }

function refusal(
  request: Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'origin' | 'query' | 'upgrade'>,
  server: string,
): string | undefined {
  const asked = insideOf(request, server)
  if ('why' in asked) return asked.why
  const { inside, query } = asked
  const { method, upgrade } = request
  const keys = [...new URLSearchParams(query ?? '').keys()]
  if (upgrade) {
    const known = method === 'GET' && upgrade === 'websocket' && exec.test(inside)
    return known && keys.every((key) => execQuery.includes(key)) ? undefined : 'a connection that is taken over'
  }
  const form = forms.find((one) => one.method === method && one.path.test(inside))
  if (form === undefined || oldForms.test(inside)) return `${method} is no write of one object here`
  const odd = keys.find((key) => !form.query.includes(key))
  return odd === undefined ? undefined : `the parameter ${JSON.stringify(odd.slice(0, 40))}`
}
