import { allIncidents } from '../incident/all-incidents.ts'
import { ASKED } from '../incident/asked.ts'
import type { Incident } from '../incident/incident.ts'
import type { TriageMessage } from '../incident/messages.ts'
import { STORM } from '../incident/storm.ts'
import { contend } from '../runtime/contend.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'

type Observed = Extract<TriageMessage, { readonly type: 'observed' }>

/** After a complete look at a cluster: open incidents it did not find have been absent since then, found ones are not. */
export const noteAbsence =
  (deps: Pick<TriageDeps, 'store' | 'clock' | 'random' | 'log'>) =>
  async ({ cluster, observedAt, keys }: Observed): Promise<void> => {
    const found = new Set(keys)
    const seenAt = new Date(observedAt).toISOString()
    const items = await allIncidents(deps, { cluster, open: true })
    const at = deps.clock.now()
    const away = nodesAway(
      items.map(({ incident }) => incident),
      found,
    )
    for (const { incident } of items) {
      if (isAsked(incident, seenAt)) continue
      // What runs on a node that does not answer is not seen, which is not: it is well.
      if (incident.node !== undefined && incident.owner.kind !== 'Node' && away.has(incident.node)) continue
      if (isThere(incident, found) === (incident.absentSince === undefined)) continue
      await contend(deps, incident.incidentId, async () => {
        const stored = await deps.store.current(incident.incidentId)
        if (stored === undefined || stored.incident.status === 'resolved') return
        const { absentSince, lastSeen } = stored.incident
        if (isThere(stored.incident, found)) {
          // An older look that comes late must not undo what a newer one, or the cluster itself, has said.
          if (absentSince === undefined || seenAt < absentSince) return
          // Found well, and yet it is there: what it was found by has missed it.
          if (stored.incident.outcome === 'none' && stored.incident.status === 'reported') {
            const again = { absentSince: undefined, lastSeen: seenAt, completedAt: undefined }
            const note = 'It was found well and is seen again: investigated again'
            return stored.incident.fence >= MOST_ATTEMPTS
              ? undefined
              : deps.store.move(stored, 'queued', { at, note, changes: again })
          }
          const changes = { absentSince: undefined, lastSeen: [seenAt, lastSeen].sort()[1] ?? lastSeen }
          return deps.store.update(stored, changes, { at, note: 'Seen again' })
        }
        if (absentSince !== undefined || seenAt <= lastSeen) return
        return deps.store.update(stored, { absentSince: seenAt, openFaults: [] }, { at, note: 'Not found any more' })
      })
    }
  }

/** Nodes that are in trouble by the same look; of what is on them nothing is known. */
const nodesAway = (open: readonly Incident[], found: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(
    open.flatMap((one) =>
      one.faultClass === 'node' && one.owner.kind === 'Node' && found.has(one.identity) ? [one.owner.name] : [],
    ),
  )

/** Beyond any source's time between repetitions: Alertmanager's is four hours unless told otherwise. */
const ASKED_LASTS_MS = 24 * 3_600_000
/** Nobody saw it in the cluster: a look says nothing of it, and it ends with its alert, or when nobody has asked for long. */
const isAsked = ({ faultType, absentSince, lastSeen }: Incident, seenAt: string): boolean =>
  faultType === ASKED &&
  (absentSince !== undefined || new Date(seenAt).getTime() - new Date(lastSeen).getTime() < ASKED_LASTS_MS)

/** A storm has no sign of its own: it lasts as long as any of its members. */
const isThere = ({ identity, faultType, memberKeys }: Incident, found: ReadonlySet<string>): boolean =>
  found.has(identity) || (faultType === STORM && memberKeys?.some((key) => found.has(key)) === true)
