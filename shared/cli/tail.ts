import type { Clock } from '../runtime/clock.ts'
import { IncidentPage, type ShownIncident } from './answers.ts'
import { type Client, isAway } from './client.ts'
import { stepLine, whatOf } from './incidents.ts'
import { type Output, plain } from './terminal.ts'

export type TailDeps = {
  readonly client: Client
  readonly out: Output
  readonly json: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}

const POLL_MS = 2_000
/** While nobody answers, asking is slowed down to this. */
const LONGEST_POLL_MS = 30_000
/** Incidents that change at one moment; the oldest of more are told at the next look only if they move again. */
const MOST = 200
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const FRAME_MS = 120
const states = ['open', 'queued', 'running', 'reported', 'failed', 'skipped'] as const

/** `nightcrier tail`: every step of every incident as it happens, until it is stopped. */
export async function tail(deps: TailDeps): Promise<void> {
  const { client, out, json, clock, signal } = deps
  const printed = new Map<string, string>()
  let first = true
  let wait = POLL_MS
  let away = false
  let status = 'asking …'
  const spin = spinner(deps, () => status)
  while (!signal.aborted) {
    try {
      const { incidents } = await client.get(`incidents?limit=${MOST}`, IncidentPage)
      if (away) out.note(`${client.base} answers again.`)
      away = false
      wait = POLL_MS
      for (const { incident, step } of news(incidents, printed, first)) {
        if (json) out.line(JSON.stringify({ incidentId: incident.incidentId, cluster: incident.cluster, ...step }))
        else out.line(`${stepLine(step, out)}  ${out.colors.bold(plain(`${incident.cluster} ${whatOf(incident)}`))}`)
      }
      first = false
      status = `watching ${client.base}: ${counted(incidents)}`
    } catch (error) {
      // The first answer shows whether address and key are right; later on nobody wants a watch to end by itself.
      if (first || !isAway(error)) throw error
      if (!away) out.note(`${client.base} does not answer; it is asked again and again.`)
      away = true
      wait = Math.min(LONGEST_POLL_MS, wait * 2)
      status = `waiting for ${client.base}`
    }
    await clock.sleep(wait, signal)
  }
  out.progress('')
  await spin
}

/** Steps that have come since the last look, in their order. What was there at the first look is not news. */
function news(incidents: readonly ShownIncident[], printed: Map<string, string>, first: boolean) {
  const found: { readonly incident: ShownIncident; readonly step: ShownIncident['steps'][number] }[] = []
  for (const incident of incidents) {
    const until = printed.get(incident.incidentId) ?? ''
    if (!first) for (const step of incident.steps) if (mark(step) > until) found.push({ incident, step })
    const last = incident.steps.map(mark).sort().at(-1)
    if (last !== undefined && last > until) printed.set(incident.incidentId, last)
  }
  return found.sort((a, b) => (a.step.at < b.step.at ? -1 : 1))
}

/** Several steps may stand at the same moment; states come in the order of an incident's life. */
const mark = ({ at, state }: { readonly at: string; readonly state: string }): string =>
  `${at} ${['open', 'queued', 'running'].indexOf(state) + 1 || 9}`

function counted(incidents: readonly ShownIncident[]): string {
  const counts = states.flatMap((state) => {
    const count = incidents.filter(({ status }) => status === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  return counts.length === 0 ? 'all is well' : counts.join(' · ')
}

/** Shows that it lives. Ends with the signal; nothing where nobody looks. */
async function spinner({ out, clock, signal }: TailDeps, status: () => string): Promise<void> {
  for (let frame = 0; out.live && !signal.aborted; frame++) {
    out.progress(`${FRAMES[frame % FRAMES.length]} ${status()}`)
    await clock.sleep(FRAME_MS, signal)
  }
  out.progress('')
}
