import type { Report } from '../../shared/artifacts/report.ts'
import type { Fault } from '../../shared/faults/fault.ts'
import { faultClass } from '../../shared/faults/fault-class.ts'
import { mutes } from '../../shared/incident/absorb.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { sameCause } from '../../shared/incident/same-cause.ts'
import { verdictMark } from './agents-model.ts'
import type { Checker, Post } from './checker.ts'
import type { Plan } from './plan.ts'

export type AtRest = {
  readonly plan: Plan
  readonly now: number
  readonly incidents: readonly Incident[]
  readonly past: readonly Incident[]
  readonly accepted: readonly Fault[]
  /** Texts of all dead letters. */
  readonly kept: string
  readonly holders: string
  readonly groups: readonly string[]
  readonly waiting: number
  readonly pages: ReadonlyMap<string, { readonly json: Report; readonly html: string; readonly by: string }>
  /** Incident and fence of every bundle that was accepted. */
  readonly uploaded: ReadonlySet<string>
  readonly posts: readonly Post[]
  /** Incident and fence of each line of the list. */
  readonly listed: ReadonlySet<string>
  /** Names of all notices that were sent. */
  readonly owed: ReadonlySet<string>
  /** What was counted of agents, by cluster. */
  readonly counted: readonly Readonly<Record<string, number>>[]
  readonly quietForGood: boolean
}

/** What must hold once nothing happens any more. */
export function finalCheck(check: Checker, world: AtRest): void {
  const { violated } = check
  const all = [...world.incidents, ...world.past]
  const deploymentOf = (name: string) => name.replace(/-6bf586c785(-\w{5})?$/, '')
  /** Whether an incident that stands, or stood, lists it among what it explains. */
  const lists = (incident: Incident, cluster: string, name: string) =>
    incident.cluster === cluster &&
    incident.memberKeys !== undefined &&
    incident.members.some((one) => one.name === name)

  // Without a supervisor nobody finds again what a poisoned message told.
  const isKept = (pod: string) => world.plan.kind === 'work' && world.kept.includes(pod)
  for (const trouble of world.plan.troubles) {
    const of = (incident: Incident) =>
      incident.cluster === trouble.cluster &&
      incident.owner.name === trouble.deployment &&
      incident.faultClass === trouble.kind
    const present = trouble.until === undefined
    const current = world.incidents.filter(of)
    const explained = trouble.pods.every((pod) =>
      world.incidents.some((one) => mutes(one) && lists(one, trouble.cluster, pod)),
    )
    const what = `${trouble.kind} of ${trouble.deployment} in ${trouble.cluster}`
    if (current.length > 1) violated(`${what} has ${current.length} current incidents`)
    if (present && current.length === 0 && !explained && !trouble.pods.every(isKept))
      violated(`LOST: ${what} is there and has no incident`)
    const [one] = current
    if (present && one?.status === 'resolved' && !explained)
      violated(`LOST: ${what} is there and its incident is resolved`)
    for (const pod of present ? trouble.pods : []) {
      const counted = one?.resource.name === pod || one?.members.some(({ name }) => name === pod)
      if (one !== undefined && counted !== true && !explained && !isKept(pod))
        violated(`LOST: ${pod} is not counted in ${one.incidentId}`)
    }
    if (world.quietForGood && !present && one !== undefined && one.status !== 'resolved')
      violated(`${one.incidentId} is over and not resolved, but ${one.status}`)
  }
  for (const fault of world.accepted) {
    const known = all.some(
      ({ cluster, owner, faultClass: kind, members, resource }) =>
        cluster === fault.cluster &&
        owner.name === deploymentOf(fault.resource.name) &&
        kind === faultClass(fault.faultType) &&
        (resource.name === fault.resource.name || members.some(({ name }) => name === fault.resource.name)),
    )
    const member = all.some((one) => lists(one, fault.cluster, fault.resource.name))
    // What was poison is kept, and told; what is still there is found again by the next look.
    if (!known && !member && !world.kept.includes(fault.resource.name))
      violated(`LOST: ${fault.resource.name} was accepted and is counted nowhere`)
  }

  for (const { incidentId, status } of world.incidents)
    if (!check.isOver(status)) violated(`${incidentId} stays ${status}`)
  // No mute lasts for ever: what it held back has surfaced by now.
  // One that is gone by then is over soon, and needs no agent.
  for (const { incidentId, status, muted, skip, absentSince } of world.incidents)
    if (status !== 'resolved' && (muted !== undefined || (skip === 'muted' && absentSince === undefined)))
      violated(`MUTED: ${incidentId} is ${status} and stays muted`)
  if (world.waiting > 0) violated(`${world.waiting} messages are never done`)
  if (world.groups.length > 0) violated(`groups are left: ${world.groups.join()}`)
  if (world.holders !== '[]') violated(`slots are left: ${world.holders}`)

  joinedCheck(check, world)
  for (const incident of all) pageOf(check, world, incident)
  for (const incident of all) {
    const { incidentId, reportedAt } = incident
    const fence = reportedFence(incident)
    if (reportedAt === undefined) continue
    // A member's verdict is told with the incident that it belongs to.
    const isMember = incident.steps.some(({ note }) => note.startsWith('Explained by'))
    if (!isMember && !world.owed.has(`reported:${incidentId}:${fence}`))
      violated(`UNTOLD: ${incidentId} is reported and nobody hears`)
    if (!world.listed.has(`${incidentId} ${fence}`)) violated(`UNLISTED: ${incidentId} is reported and has no line`)
  }
  const isKeptResult = (id: string) =>
    world.kept.includes(`The report of incident ${id} is published, but what follows`)
  const published = all.flatMap(({ steps }) => steps.filter(({ note }) => note.startsWith('Report published'))).length
  const counted = world.counted.flatMap((row) =>
    Object.entries(row).flatMap(([name, value]) => (name.startsWith('ended_') ? [value] : [])),
  )
  const sum = counted.reduce((total, one) => total + one, 0)
  // What follows a report was not done in five tries: its message is kept, and says so.
  const uncounted = all.filter(({ incidentId, reportedAt }) => reportedAt !== undefined && isKeptResult(incidentId))
  if (sum > published || sum < published - uncounted.length)
    violated(`${published} reports were published and ${sum} are counted`)
  for (const [index, post] of world.posts.entries()) {
    const before = world.posts.slice(0, index).filter(({ id }) => id === post.id)
    // The one stated case: nobody knows whether the earlier post arrived, for its process was cut off or late.
    const excused = before.some(({ disturbed }) => disturbed()) || world.plan.weather.skewMs > 60_000
    if (before.length > 0 && !excused)
      violated(`${post.id} was posted by ${before.map(({ by }) => by).join()} and again by ${post.by}`)
  }
}

/** Verdicts on one cause stand once, and what another explains is listed there, or stands by itself again. */
function joinedCheck({ violated }: Checker, { incidents, kept, quietForGood }: AtRest): void {
  const standing = incidents.filter((one) => one.status === 'reported' && mutes(one))
  // A result that became poison is kept, and joins nothing any more.
  for (const [index, one] of standing.entries())
    for (const other of standing.slice(index + 1))
      if (sameCause(one, other) && ![one, other].some(({ incidentId }) => kept.includes(incidentId)))
        violated(`UNJOINED: ${one.incidentId} and ${other.incidentId} have one cause, and both stand`)
  for (const { incidentId, identity, cluster, skip, status, mutedBy, absentSince } of incidents) {
    if (status !== 'skipped' || skip !== 'explained' || absentSince !== undefined || !quietForGood) continue
    const explained = incidents.some(
      (one) => one.cluster === cluster && mutes(one) && one.memberKeys?.includes(identity),
    )
    if (!explained) violated(`HIDDEN: ${incidentId} is there, and ${mutedBy}, which explains it, is over`)
  }
}

/** The last attempt that brought a report: what came after it found no agent, or failed, and left that report as it was. */
function reportedFence({ fence, steps }: Incident): number {
  const published = steps.findLastIndex(({ note }) => note.startsWith('Report published'))
  return fence - steps.slice(published + 1).filter(({ state }) => state === 'running').length
}

/** The page people see is the one of the attempt that counts, and says what the incident's row says. */
function pageOf({ violated }: Checker, world: AtRest, incident: Incident): void {
  const { incidentId, status, outcome, reportedAt } = incident
  const fence = reportedFence(incident)
  const page = world.pages.get(incidentId)
  if (reportedAt === undefined) {
    // Five tries did not bring it to an end: it failed, and says so, whatever part of its page is there.
    const failed = incident.steps.some(({ state }) => state === 'failed')
    if (page !== undefined && !failed) violated(`${incidentId} is ${status} and has a page`)
    return
  }
  if (page === undefined) {
    violated(`${incidentId} is ${status} and has no page`)
    return
  }
  const { json, html } = page
  if (json.incident.fence !== fence) violated(`${incidentId} shows attempt ${json.incident.fence}, not ${fence}`)
  if (json.outcome !== outcome) violated(`${incidentId} shows ${json.outcome}, its row says ${outcome}`)
  const marked = json.verdict !== undefined
  if (marked && json.verdict?.headline !== verdictMark(incidentId, fence))
    violated(`${incidentId} shows another attempt's verdict: ${json.verdict?.headline}`)
  if (!html.includes(json.headline)) violated(`${incidentId}: page and report differ`)
  if (outcome !== 'evidence-only' && !world.uploaded.has(`${incidentId} ${fence}`))
    violated(`${incidentId} has a verdict that nobody uploaded`)
}
