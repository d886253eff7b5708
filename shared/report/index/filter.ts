import { z } from 'zod'
import { Severity } from '../../faults/fault.ts'
import { IncidentState } from '../../incident/incident.ts'
import type { Entry } from './entry.ts'

/** What a reader wants of the whole list; `now` is whatever is neither over nor left out. */
const Filter = z.object({
  state: z
    .enum(['now', ...IncidentState.options])
    .optional()
    .catch(undefined),
  severity: Severity.optional().catch(undefined),
  cluster: z.string().min(1).max(100).optional().catch(undefined),
  namespace: z.string().min(1).max(100).optional().catch(undefined),
})
export type Filter = z.infer<typeof Filter>

/** What is not known is no filter: a link that was typed wrong shows too much rather than nothing. */
export const filterIn = (query: URLSearchParams): Filter => Filter.parse(Object.fromEntries(query))

export const isOpen = ({ state }: Pick<Entry, 'state'>): boolean => state !== 'resolved' && state !== 'skipped'

export const passes =
  ({ state, severity, cluster, namespace }: Filter) =>
  (one: Entry): boolean =>
    (state === undefined || (state === 'now' ? isOpen(one) : one.state === state)) &&
    (severity === undefined || one.severity === severity) &&
    (cluster === undefined || one.cluster === cluster) &&
    (namespace === undefined || one.namespace === namespace)

export const isEmpty = (filter: Filter): boolean => Object.values(filter).every((one) => one === undefined)

export const inQuery = (filter: Filter): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
