import { z } from 'zod'
import { Severity } from '../faults/fault.ts'
import { parseIncidentId } from '../incident/identity.ts'
import { type Incident, IncidentState } from '../incident/incident.ts'
import { isCursor } from '../incident/incident-list.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Answer } from './alive.ts'

/** What `GET /api/incidents` may be asked. */
export const IncidentQuery = z.strictObject({
  status: IncidentState.optional(),
  cluster: z.string().max(63).optional(),
  namespace: z.string().max(253).optional(),
  severity: Severity.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  /** A page is read in one go by a person or a script; 200 incidents are about a megabyte. */
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).refine(isCursor, 'is not what an earlier answer gave: leave it out').optional(),
})

/** `GET /api/incidents`: newest first, a page at a time. */
export const listIncidents =
  (store: Pick<IncidentStore, 'list'>) =>
  async (query: URLSearchParams): Promise<Answer> => {
    // The host hands on what it took the key from.
    const filters = [...query].filter(([name]) => name !== 'code' && name !== 'clientId')
    const parsed = IncidentQuery.safeParse(Object.fromEntries(filters))
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '))
      return { status: 400, body: { error: errors.join('; ') } }
    }
    const { limit, cursor, since, ...equal } = parsed.data
    const page = await store.list({ ...equal, since: since === undefined ? undefined : new Date(since) }, limit, cursor)
    return {
      status: 200,
      body: {
        incidents: page.items.map(({ incident }) => shown(incident)),
        ...(page.unreadable.length === 0 ? {} : { unreadable: page.unreadable }),
        ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
        ...(page.cut === true ? { cut: true } : {}),
      },
    }
  }

/** `GET /api/incidents/{id}`: any generation. */
export const oneIncident =
  (store: Pick<IncidentStore, 'byId'>) =>
  async (id: string): Promise<Answer> => {
    if (parseIncidentId(id) === undefined) {
      return { status: 400, body: { error: 'An incident id looks like prod-us-east-1.9d55a47c4d78b8f4.1' } }
    }
    const incident = await store.byId(id)
    return incident === undefined
      ? { status: 404, body: { error: `There is no incident ${id}` } }
      : { status: 200, body: shown(incident) }
  }

/** Without what only the machinery needs. */
function shown({ countedFaults: _, ...incident }: Incident): Omit<Incident, 'countedFaults'> {
  return incident
}
