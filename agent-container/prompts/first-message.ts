import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { OtherIncident } from '../../shared/artifacts/job.ts'
import type { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { callOf } from '../diagnose/verdict/investigation.ts'

/** What each part may take of the first message, in characters: 16,000 in all, with the task around them. */
const room = { rules: 4_500, template: 3_500, log: 2_500, events: 1_800, others: 1_500, read: 1_500 } as const

/** What the rules conclude, each quote once: causes or suspects first, then what was ruled out, then what is missing. */
export function rulesPart(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'Nothing: no rule came to a conclusion.'
  const quoted = new Set<string>()
  const cites = (
    list: readonly { readonly id: string; readonly quote: string; readonly absent?: true | undefined }[],
  ) =>
    list
      .flatMap(({ id, quote, absent }) => {
        const key = `${id} ${quote}`
        if (quoted.has(key)) return []
        quoted.add(key)
        return [absent === true ? `${id}: ${quote} is not set` : `${id}: "${short(quote, 200)}"`]
      })
      .slice(0, 4)
      .map((one) => `\n    ${one}`)
      .join('')
  const lines = [
    `Outcome: ${verdict.outcome}. ${verdict.impact.summary}`,
    ...verdict.rootCauses.map(
      (one) =>
        `Cause (${one.confidence}): ${one.class}, ${one.kind} ${[one.namespace, one.name].filter(Boolean).join('/')}: ${one.summary} ${one.mechanism}${cites(one.evidence)}`,
    ),
    ...verdict.hypotheses
      .filter(({ state }) => state !== 'leading')
      .slice(0, 5)
      .map(
        (one) =>
          `${one.state === 'open' ? 'Open' : 'Rejected'}: ${short(one.text, 240)} ${short(one.why, 160)}${cites(one.for)}${one.against.length > 0 ? `\n    against it:${cites(one.against)}` : ''}`,
      ),
    ...verdict.facts
      .filter(({ text }) => !text.startsWith('Evidence for '))
      .slice(0, 10)
      .map(({ text, evidence }) => `Fact: ${short(text, 200)} (${evidence.map(({ id }) => id).join(', ')})`),
    ...verdict.gaps.slice(0, 5).map(({ what, why }) => `Not seen: ${short(what, 120)}: ${short(why, 160)}`),
  ]
  return within(lines.join('\n'), room.rules, false)
}

/** Other incidents go by a short name: their own are long, and a model would have to copy them. */
export const nameOfOther = (at: number): string => `i${at + 1}`

/** What else is wrong in the cluster: one trouble often opens several incidents. */
export function othersPart(others: readonly OtherIncident[]): string {
  const lines = others.map(({ about, firstSeen, cause }, at) => {
    const place = cause === undefined ? '' : [cause.namespace, cause.name].filter((part) => part !== '').join('/')
    const said = cause === undefined ? 'no verdict so far' : `caused by ${cause.class} of ${cause.kind} ${place}`
    return `${nameOfOther(at)}: ${about}, since ${firstSeen}: ${said}`
  })
  return within(lines.join('\n'), room.others, false)
}

type Part = { readonly id: string; readonly title: string; readonly text: string }

/** What everybody reads first: the owner's template, the last words of its containers, what was said about it. */
export function firstReads(incident: Incident, entries: readonly EvidenceEntry[]): readonly Part[] {
  const { owner, resource } = incident
  const answered = entries.filter(({ status, output }) => status >= 200 && status < 300 && output.trim() !== '')
  const names = [owner.name, resource.name]
  const isAbout = (text: string) => names.some((name) => text.includes(name))
  const template = answered
    .filter(({ tool, arguments: given }) => !/log/.test(tool) && given.kind !== 'Event')
    .flatMap((entry) =>
      entry.output
        .split(/^---$/m)
        .filter((text) => new RegExp(`^kind: ${owner.kind}$`, 'm').test(text) && namedIn(text) === owner.name)
        .map((text) => ({ id: entry.id, text })),
    )[0]
  const logs = answered.filter(({ tool, arguments: given }) => /log/.test(tool) && isAbout(JSON.stringify(given)))
  // The run that ended says why it did.
  const log = logs.find(({ arguments: given }) => given.previous === true) ?? logs[0]
  const events = answered
    .filter(({ tool, arguments: given }) => tool === 'events_list' || given.kind === 'Event')
    .map(({ id, output }) => ({ id, text: output.split('\n').filter(isAbout).join('\n') }))
    .find(({ text }) => text !== '')
  return [
    ...(template === undefined
      ? []
      : [
          {
            id: template.id,
            title: `${owner.kind} ${owner.name}`,
            text: within(template.text.trim(), room.template, false),
          },
        ]),
    ...(log === undefined
      ? []
      : [{ id: log.id, title: 'The last lines of its log', text: within(log.output, room.log, true) }]),
    ...(events === undefined
      ? []
      : [{ ...events, title: 'What was said about it', text: within(events.text, room.events, true) }]),
  ]
}

/** What was read, by id; what came back empty stands in one line. */
export function readPart(entries: readonly EvidenceEntry[]): string {
  const empty = entries.filter(({ status, output }) => status === 200 && output.trim() === '')
  const rest = entries.filter((entry) => !empty.includes(entry))
  const lines = rest.map(
    (entry) =>
      `${entry.id}: ${callOf(entry)}${entry.status === 200 ? '' : ` → ${entry.status}`}${entry.truncated ? ' (cut)' : ''}`,
  )
  const none = empty.length === 0 ? [] : [`Empty: ${empty.map((entry) => `${entry.id} ${callOf(entry)}`).join('; ')}`]
  return within([...lines, ...none].join('\n'), room.read, false)
}

const namedIn = (text: string): string | undefined => /^ {2}name: "?([^\s"]+)"?$/m.exec(text)?.[1]
const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

/** Cut at a line's end, with a word about it: of a log the end is kept, of all else the beginning. */
function within(text: string, most: number, tail: boolean): string {
  if (text.length <= most) return text
  if (tail) return `[earlier lines: evidence_read]\n${text.slice(-most).replace(/^[^\n]*\n/, '')}`
  return `${text.slice(0, most).replace(/\n[^\n]*$/, '')}\n[the rest: evidence_read]`
}
