import { z } from 'zod'
import type { Clock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'
import { IncidentPage, type ShownIncident } from './answers.ts'
import type { Client } from './client.ts'
import { show, stepLine } from './incidents.ts'
import { type Output, plain } from './terminal.ts'

export type AskDeps = {
  readonly client: Client
  readonly out: Output
  readonly json: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}
export type Question = {
  readonly cluster: string
  /** `KIND/NAME`, as kubectl takes it. */
  readonly object: string
  readonly namespace?: string
  readonly apiVersion?: string
  readonly note?: string
  readonly wait?: boolean
  readonly again?: boolean
}

const Asked = z.looseObject({ incidentId: z.string(), status: z.string(), known: z.boolean() })
const POLL_MS = 2_000
/** The queue, an agent's start, its own limit and the report; what takes longer is not waited for at a terminal. */
const WAIT_MS = 30 * 60_000
const done = ['reported', 'evidence-only', 'failed', 'skipped', 'resolved']

/** `nightcrier ask`; false when it was waited for and there is no report. */
export async function ask(deps: AskDeps, question: Question): Promise<boolean> {
  const { client, out, json } = deps
  const [kind, name, ...rest] = question.object.split('/')
  if (!kind || !name || rest.length > 0)
    throw new GiveUp(`${plain(question.object)} is no object. Say KIND/NAME, such as deployment/checkout.`)
  const { cluster, namespace, apiVersion, note, again } = question
  const asked = await client.post('investigate', { cluster, kind, name, namespace, apiVersion, note, again }, Asked)
  if (question.wait !== true) {
    if (json) out.line(JSON.stringify(asked))
    else
      out.line(
        asked.known && question.again === true && asked.status === 'queued'
          ? `${asked.incidentId} is investigated again: nightcrier show ${asked.incidentId}`
          : asked.known
            ? `${asked.incidentId} is about it already (${asked.status}): nightcrier show ${asked.incidentId}, or --again`
            : `${asked.incidentId} is opened: nightcrier show ${asked.incidentId}`,
      )
    return true
  }
  const ended = await follow(deps, cluster, asked.incidentId)
  await show({ client, out, json, now: deps.clock.now }, asked.incidentId)
  return ended.reportedAt !== undefined
}

/** Tells each step as it happens, until there is no further one to come without somebody's doing. */
async function follow(deps: AskDeps, cluster: string, id: string): Promise<ShownIncident> {
  const { client, out, json, clock, signal } = deps
  const query = new URLSearchParams({ cluster, limit: '200' })
  const until = clock.now().getTime() + WAIT_MS
  let printed = 0
  while (true) {
    // Not there yet while its fault waits in the queue.
    const { incidents } = await client.get(`incidents?${query}`, IncidentPage)
    const incident = incidents.find(({ incidentId }) => incidentId === id)
    for (const step of incident?.steps.slice(printed) ?? []) if (!json) out.note(stepLine(step, out))
    printed = Math.max(printed, incident?.steps.length ?? 0)
    if (incident !== undefined && done.includes(incident.status)) return incident
    if (clock.now().getTime() >= until)
      throw new GiveUp(
        `${id} is ${incident?.status ?? 'not opened'} after 30 minutes. See nightcrier show ${id} later.`,
      )
    await clock.sleep(POLL_MS, signal)
    if (signal.aborted) throw new GiveUp(`${id} goes on without you: nightcrier show ${id}`)
  }
}
