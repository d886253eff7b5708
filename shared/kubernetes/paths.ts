import type { Place } from './builtin-kinds.ts'
import { ClusterApiError, type ListQuery, type LogQuery } from './cluster-api.ts'
import { rootOf } from './discovery.ts'

/** A path of the API: the guard takes no encoded parts, so a name that would need it is refused here, in words. */
export function resourcePath(apiVersion: string, place: Place, namespace?: string, ...names: string[]): string {
  const inside = place.namespaced && namespace !== undefined ? ['namespaces', namespace, place.plural] : [place.plural]
  const parts = [...inside, ...names]
  for (const part of parts)
    if (!/^[\w.:@+=,~-]+$/.test(part) || part === '.' || part === '..')
      // Not shown: it is no name, so it may be anything.
      throw new ClusterApiError(
        'A name or namespace has characters that no Kubernetes object has in its name.',
        400,
        'BadName',
      )
  return [rootOf(apiVersion), ...parts].join('/')
}

export function queryText(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined && value !== '' && value !== false) query.set(key, String(value))
  return query.size === 0 ? '' : `?${query}`
}

/** The API server gives 500 a page to kubectl too; more makes pages of many MiB. */
const MAX_PAGE = 500
export const listParameters = (query: ListQuery) => ({
  labelSelector: query.labelSelector,
  fieldSelector: query.fieldSelector,
  limit: within(query.limit, 1, MAX_PAGE),
  continue: query.continueToken,
  includeObject: query.table === 'objects' ? 'Object' : undefined,
})

const MAX_LOG_BYTES = 1024 * 1024
export const logBytes = (query: LogQuery): number => within(query.limitBytes, 1, MAX_LOG_BYTES)
export const logParameters = (query: LogQuery) => ({
  container: query.container,
  previous: query.previous,
  tailLines: within(query.tailLines, 0, 100_000),
  sinceSeconds: query.sinceSeconds === undefined ? undefined : within(query.sinceSeconds, 1, 31_536_000),
})

const within = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, Math.floor(value))) : most
