import { incidentId } from '../../../shared/incident/identity.ts'
import { Incident } from '../../../shared/incident/incident.ts'
import type { Stored } from '../../../shared/incident/incident-row.ts'
import type { NoticeMessage } from '../../../shared/incident/notices.ts'
import type { IncidentStore } from '../../../shared/incident/store.ts'
import { STALE } from '../../../shared/runtime/contend.ts'
import { BEGINNING, type Sky } from '../mortal.ts'
import type { Life } from './plan.ts'

/** What the other stages do to incidents: they open, are reported, and are not seen any more. */
export function author(
  sky: Sky,
  store: IncidentStore,
  send: (notice: NoticeMessage) => Promise<void>,
  isThere: (cluster: string) => boolean,
) {
  const now = () => new Date(BEGINNING + sky.time.now())

  const tell = ({ incidentId, fence }: Incident, event: 'started' | 'reported') =>
    send({
      ...{ version: 1, type: 'incident', event, incidentId },
      ...{ id: `${event}:${incidentId}:${fence}`, at: now().toISOString() },
    })

  /** On what stands there now, however often others write first. */
  async function change(life: Life, act: (stored: Stored) => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const stored = await store.read(life.cluster, life.identity)
      if (stored === undefined || (await act(stored)) !== STALE) return
    }
    throw new Error(`${life.identity} is written by others all the time`)
  }

  async function open(life: Life): Promise<string> {
    const stored = await store.read(life.cluster, life.identity)
    const generation = stored === undefined ? 1 : stored.incident.generation + 1
    const fresh = incidentOf(life, generation, now().toISOString())
    if (stored === undefined) await store.insert(fresh)
    else if (stored.incident.status === 'resolved') await store.openNextGeneration(stored, fresh)
    else {
      await change(life, (one) => store.update(one, { absentSince: undefined }))
      return stored.incident.incidentId
    }
    await tell(fresh, 'started')
    return fresh.incidentId
  }

  const report = (life: Life, id: string) =>
    change(life, async (stored) => {
      if (stored.incident.incidentId !== id || stored.incident.status !== 'running') return
      const moved = await store.move(stored, 'reported', {
        ...{ at: now(), note: 'reported', fence: 1 },
        changes: { reportedAt: now().toISOString(), outcome: 'likely' },
      })
      if (moved !== STALE && moved !== 'refused') await tell(stored.incident, 'reported')
      return moved
    })

  const vanish = (life: Life) =>
    change(life, (stored) =>
      stored.incident.status === 'resolved'
        ? Promise.resolve()
        : store.update(stored, { absentSince: now().toISOString() }),
    )

  return (life: Life): void => {
    for (const { from, reportedAfter, lasts } of life.generations) {
      sky.time.after(from, () => {
        if (!isThere(life.cluster)) return
        sky.note?.('the world', `${life.cluster} ${life.identity} begins`)
        void open(life).then((id) => sky.time.after(reportedAfter, () => void report(life, id)))
      })
      if (lasts === undefined) continue
      sky.time.after(from + lasts, () => {
        sky.note?.('the world', `${life.cluster} ${life.identity} is over`)
        void vanish(life)
      })
    }
  }
}

const incidentOf = ({ cluster, identity, severity }: Life, generation: number, at: string): Incident =>
  Incident.parse({
    ...{ version: 1, incidentId: incidentId(cluster, identity, generation), faultId: 'f', status: 'running' },
    ...{ createdAt: at, startedAt: at, cluster, namespace: 'shop', identity, generation, severity },
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' },
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    ...{ faultType: 'CrashLoop', faultClass: 'crash', context: 'it crashes', timestamp: at, occurrences: 1 },
    ...{ countedFaults: [], firstSeen: at, lastSeen: at, fence: 1, notices: {}, steps: [] },
  })
