import { listIncidents, oneIncident } from '../../../shared/health/incidents.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { type Received, startReceiver } from '../../fakes/receiver.ts'

/** The app's HTTP side: its own handlers over memory, on loopback, behind the function key `secret`. */
export async function startApp(given: readonly Incident[]) {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  for (const one of given) await store.insert(one)
  /** What else is served, by path. */
  const also = new Map<string, unknown>()
  const answer = async ({ path, headers }: Received) => {
    if (headers['x-functions-key'] !== 'secret') return 401
    const { pathname, searchParams } = new URL(path, 'http://app')
    const page = pathname.endsWith('/report') && !String(headers.accept).includes('json')
    if (also.has(pathname) && !page) return { status: 200, body: also.get(pathname) }
    if (pathname === '/api/incidents') return listIncidents(store)(searchParams)
    const [, id = '', what] = /^\/api\/incidents\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? []
    if (what === 'report') return { status: 302, headers: { location: `https://blobs.example/${id}?sig=x` } }
    return id !== '' && what === undefined ? oneIncident(store)(decodeURIComponent(id)) : 404
  }
  return { ...(await startReceiver(answer)), store, also }
}
