import { containers, queues, tables } from '../../shared/artifacts/layout.ts'
import type { Storage } from '../../shared/azure/storage-from-settings.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { incidentStore } from '../../shared/incident/store.ts'
import { eventually } from '../end-to-end/whole-app.ts'

const SETTLE_SECONDS = 240

export const waitingIn = (storage: Storage): Promise<readonly number[]> =>
  Promise.all(Object.values(queues).map((name) => storage.queue(name).length()))

/** All of these Deployments have their one report, nothing waits, and nothing was given up. */
export async function settled(storage: Storage, deployments: readonly string[]): Promise<readonly Incident[]> {
  const store = incidentStore({ incidents: storage.table(tables.incidents), history: storage.table(tables.history) })
  const look = async () => {
    const { items } = await store.list({}, 500)
    const states = items.map(({ incident }) => `${incident.owner.name} ${incident.status}`).sort()
    return { states, waiting: await waitingIn(storage), incidents: items.map(({ incident }) => incident) }
  }
  const wanted = deployments.map((name) => `${name} reported`).sort()
  const { incidents } = await eventually(
    'a report of each',
    SETTLE_SECONDS,
    look,
    ({ states, waiting }) => states.join() === wanted.join() && waiting.every((length) => length === 0),
  ).catch((error: unknown) => {
    throw new Error(String(error).replace(/,"incidents":.*$/, ''))
  })
  const dead = await storage.blobs(containers.deadLetters).list('', 100)
  if (dead.length > 0) throw new Error(`Dead letters: ${dead.map(({ name }) => name).join(', ')}`)
  // A new watch lists what is broken, with more than the first message said: that is news, and so it says.
  const again = incidents.filter(
    ({ fence, steps }) => fence !== 1 && !steps.some(({ note }) => note.includes('investigated again')),
  )
  if (again.length > 0)
    throw new Error(
      `Investigated twice without a reason: ${again.map(({ incidentId, steps }) => `${incidentId}: ${steps.map(({ note }) => note).join('; ')}`).join(', ')}`,
    )
  return incidents
}
