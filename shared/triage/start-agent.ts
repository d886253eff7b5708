import { bundleName } from '../artifacts/layout.ts'
import type { Cluster } from '../config/cluster.ts'
import type { EndCause, Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { NO_KUBECONFIG } from '../incident/messages.ts'
import { type Asked, type BreakerState, isSpotless } from '../runtime/breaker.ts'
import { CONTAINER_GROUPS, modelBreaker } from '../runtime/breaker-names.ts'
import type { GroupSpec } from '../runtime/container-groups.ts'
import { contend } from '../runtime/contend.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { groupSpec, modelFor } from './agent-spec.ts'
import type { TriageDeps } from './deps.ts'
import { otherIncidents } from './other-incidents.ts'
import { preflight } from './preflight.ts'
import { sendResult } from './send-result.ts'
import { agentSlots } from './slots.ts'
import { noteBlocked } from './triage-state.ts'

export type Started = 'started' | 'no-capacity' | 'not-started'

/** An agent may upload as late as its deadline, by a clock that is as wrong as ours may be. */
const LINK_GRACE = 10 * 60_000
/** Half of what the sweep leaves a launch for between its move and its start. */
const OWN_MS = 30_000

/**
 * Starts the group of an incident that is running. May run again at any time: the group's name follows from incident
 * and fence, so a second start finds the first. A launch tells what saves it requests: how starts of groups stood just now
 * (when nothing has failed, that answers for this one, too), and that this attempt is its own.
 */
export const startAgent =
  (deps: TriageDeps) =>
  async (
    stored: Stored,
    launch?: { readonly groups: BreakerState | undefined; readonly first: boolean },
  ): Promise<Started> => {
    const { incident } = stored
    const { breakers } = deps
    let lacks: readonly string[] = []
    try {
      const cluster = await deps.cluster(incident.cluster)
      const kubeconfigRef = cluster?.triage.kubeconfig
      if (cluster === undefined || kubeconfigRef === undefined) {
        throw new NoKubeconfig(`${NO_KUBECONFIG}cluster ${incident.cluster} has none in the configuration any more`)
      }
      const prepared = await prepare(deps, stored, cluster, await kubeconfigOf(deps, cluster, kubeconfigRef))
      lacks = prepared.lacks
      const calm = launch?.groups !== undefined && isSpotless(launch.groups)
      const admitted: Asked = calm ? { go: true, spotless: true } : await breakers.ask(CONTAINER_GROUPS)
      if (!admitted.go) {
        const until = admitted.retryAt.toISOString()
        await giveBack(deps, stored, `Container groups cannot be started; waits until ${until}`)
        return 'no-capacity'
      }
      // Its own move made the attempt, and until the sweep takes it up nobody else may start it.
      const age = deps.clock.now().getTime() - new Date(incident.startedAt ?? 0).getTime()
      const first = launch?.first === true && age < OWN_MS
      if ((await started(deps, prepared.spec, { first, spotless: admitted.spotless })) === 'no-capacity') {
        await giveBack(deps, stored, 'No room for a container group at the moment; waits again')
        return 'no-capacity'
      }
    } catch (error) {
      if (error instanceof GiveUp) {
        await sendResult(deps)(stored, 'not-started', errorText(error), causeOf(error))
        return 'not-started'
      }
      await note(
        deps,
        stored,
        { failureReason: errorText(error) },
        `The agent could not be started: ${errorText(error)}`,
      )
      throw error
    }
    const at = deps.clock.now().toISOString()
    await note(
      deps,
      stored,
      { agentStartedAt: at, failureReason: undefined },
      ['The agent was started', ...lacks].join('. '),
    )
    return 'started'
  }

class NoKubeconfig extends GiveUp {}
const causeOf = (error: GiveUp): EndCause | undefined => (error instanceof NoKubeconfig ? 'no-kubeconfig' : undefined)

/** What a launch finds missing holds the cluster's other incidents back, until a look finds it. */
async function kubeconfigOf(deps: TriageDeps, cluster: Cluster, ref: string): Promise<string> {
  try {
    return await deps.secret(ref)
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error
    await noteBlocked(deps, cluster, `Its kubeconfig ${ref} cannot be read: ${errorText(error)}`)
    throw new NoKubeconfig(`${NO_KUBECONFIG}${errorText(error)}`)
  }
}

async function started(
  { groups, breakers }: TriageDeps,
  spec: GroupSpec,
  { first, spotless }: { readonly first: boolean; readonly spotless: boolean },
) {
  try {
    const answer = await groups.start(spec, { first })
    // No room is an answer, too: the service works.
    if (!spotless) await breakers.succeeded(CONTAINER_GROUPS)
    return answer
  } catch (error) {
    await breakers.failed(CONTAINER_GROUPS, errorText(error))
    throw error
  }
}

async function prepare(deps: TriageDeps, { incident }: Stored, cluster: Cluster, kubeconfig: string) {
  const deadline = incident.deadline ?? deps.clock.now().toISOString()
  const expires = new Date(new Date(deadline).getTime() + LINK_GRACE)
  const [checked, model, bundle, results, brokerPort] = await Promise.all([
    preflight(deps)(cluster, kubeconfig),
    modelWithKey(deps, cluster, incident),
    deps.createLink(bundleName(incident.incidentId, incident.fence), expires),
    deps.resultsLink(expires),
    deps.brokerPort(),
  ])
  const lacks = [checked.note, model.note].filter((text) => text !== undefined)
  const spec = groupSpec(deps.settings, {
    incident: withNotes(incident, lacks, deps.clock.now()),
    deadline,
    cluster,
    kubeconfig,
    permissions: checked.permissions,
    model: model.model,
    modelKey: model.key,
    upload: { bundle, results },
    token: deps.newToken(),
    brokerPort,
    others: model.others,
  })
  return { spec, lacks }
}

/** The agent is told what it lacks, too. */
function withNotes(incident: Incident, notes: readonly string[], at: Date): Incident {
  const steps = notes.map((note) => ({ at: at.toISOString(), state: incident.status, note: note.slice(0, 500) }))
  return { ...incident, steps: [...incident.steps, ...steps].slice(-60) }
}

/** Without its key a model cannot be asked; the rules need none, so the agent starts all the same. */
async function modelWithKey(deps: TriageDeps, cluster: Cluster, incident: Incident) {
  const model = modelFor(deps.settings, cluster)
  if (model === undefined) return {}
  const admitted = await deps.breakers.ask(modelBreaker(model.model))
  if (!admitted.go) {
    const until = admitted.retryAt.toISOString()
    return { note: `The model ${model.model} is left alone until ${until}, for it fails: the rules work alone` }
  }
  try {
    const [key, others] = await Promise.all([
      deps.secret(deps.settings.AGENT_MODEL_KEY),
      otherIncidents(deps, incident),
    ])
    return { model, key, others: [...others] }
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error
    const note = `The model is not asked, its key is missing: ${errorText(error)}`
    deps.log.warn({ cluster: cluster.name }, note)
    return { note }
  }
}

async function giveBack(deps: TriageDeps, { incident }: Stored, why: string): Promise<void> {
  const { incidentId, fence } = incident
  const moved = await contend(deps, incidentId, async () => {
    const stored = await deps.store.current(incidentId)
    // The sweep may have found room for the same attempt meanwhile: then it runs, and keeps its slot.
    const { agentStartedAt, concluded } = stored?.incident ?? {}
    // Given back already, when the answer to the move was lost.
    if (stored?.incident.status === 'queued' && stored.incident.fence === fence) return stored
    if (stored === undefined || agentStartedAt !== undefined || concluded !== undefined) return 'refused'
    const changes = { deadline: undefined, startedAt: undefined }
    return deps.store.move(stored, 'queued', { at: deps.clock.now(), note: why, fence, changes })
  })
  if (moved !== 'refused') await agentSlots(deps).release(incidentId, fence)
}

/** Adds what is known now, unless the incident has gone on in the meantime. */
async function note(
  deps: TriageDeps,
  begun: Stored,
  changes: { readonly agentStartedAt?: string; readonly failureReason: string | undefined },
  text: string,
): Promise<void> {
  const { incident } = begun
  let known: Stored | undefined = begun
  await contend(deps, incident.incidentId, async () => {
    // As the run began; when somebody has written since, the update is stale and it is read anew.
    const stored = known ?? (await deps.store.current(incident.incidentId))
    known = undefined
    if (stored?.incident.status !== 'running' || stored.incident.fence !== incident.fence) return
    return deps.store.update(stored, changes, { at: deps.clock.now(), note: text })
  })
}
