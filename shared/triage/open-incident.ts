import type { Fault } from '../faults/fault.ts'
import { identityOf, incidentId } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { MOST_INCIDENTS } from '../incident/incident-list.ts'
import type { IncidentStore } from '../incident/store.ts'

/** An agent is on its way to it, or has been there. */
const answered = ['queued', 'running', 'reported', 'evidence-only']

/** The open incident that answers what is asked already, whoever saw its fault; `orAny`: else one that answers nothing. */
export async function openIncidentOf(
  store: Pick<IncidentStore, 'list'>,
  asked: Fault,
  orAny = false,
): Promise<Incident | undefined> {
  const { owner } = identityOf(asked)
  const namespace = owner.namespace === undefined ? {} : { namespace: owner.namespace }
  const { items } = await store.list({ cluster: asked.cluster, open: true, ...namespace }, MOST_INCIDENTS)
  const about = items.filter(
    ({ incident }) =>
      incident.owner.kind === owner.kind &&
      incident.owner.name === owner.name &&
      (incident.owner.namespace ?? '') === (owner.namespace ?? ''),
  )
  const found = about.find(({ incident }) => answered.includes(incident.status))
  if (!orAny) return found?.incident
  // Who asks again means the one whose agent failed.
  const failed = about.find(({ incident }) => incident.status === 'failed')
  return (failed ?? found ?? about[0])?.incident
}

/** The incident that a fault will be counted in, once the queue has brought it. */
export async function incidentToBe(store: Pick<IncidentStore, 'read'>, fault: Fault): Promise<string> {
  const { cluster, key } = identityOf(fault)
  const stored = await store.read(cluster, key)
  const { generation = 0, status } = stored?.incident ?? {}
  return incidentId(cluster, key, status === undefined || status === 'resolved' ? generation + 1 : generation)
}
