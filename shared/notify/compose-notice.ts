import { glance } from '../artifacts/glance.ts'
import type { Report } from '../artifacts/report.ts'
import type { Remedy, RootCause, Verdict } from '../artifacts/verdict.ts'
import type { Incident } from '../incident/incident.ts'
import type { NoticeMessage } from '../incident/notices.ts'
import { unwatchedWords } from '../incident/unwatched.ts'
import { cutAtSentence, type IncidentNotice, type TroubleNotice } from './notice.ts'
import { span } from './span.ts'

export type Links = {
  readonly report: string | undefined
  readonly feedback: string | undefined
  readonly mute?: string
  readonly ask?: string
}
type IncidentMessage = Extract<NoticeMessage, { readonly type: 'incident' }>
type TroubleMessage = Exclude<NoticeMessage, { readonly type: 'incident' }>

/**
 * Whether what a message tells is so: `not-yet` when its move may still be on its way, `void` when it did not come, or the
 * incident is over: then only its end is told.
 */
export function stateOf(event: IncidentMessage['event'], incident: Incident): 'so' | 'not-yet' | 'void' {
  const { status } = incident
  if (event === 'resolved') return status === 'resolved' ? 'so' : 'not-yet'
  if (status === 'resolved') return 'void'
  switch (event) {
    case 'opened':
      return status === 'queued' ? 'so' : 'void'
    case 'started':
      return status === 'running' ? 'so' : 'void'
    case 'reported':
      // What needs nobody is no news; where something was told before, its end is.
      if (incident.status === 'reported' && incident.outcome === 'none') return 'void'
      return status === 'running' ? 'not-yet' : incident.reportedAt === undefined ? 'void' : 'so'
    case 'skipped':
      return status === 'skipped' ? 'so' : status === 'queued' ? 'not-yet' : 'void'
    default:
      return event satisfies never
  }
}

/** The incident as it is now, so that a notice that was long on its way tells no old news. */
export function incidentNotice(
  event: IncidentMessage['event'],
  incident: Incident,
  report: Report | undefined,
  links: Links,
): IncidentNotice {
  const verdict = report?.verdict
  const causes = verdict?.rootCauses ?? []
  const cause = causes[0]
  const seen = glance(incident, report)
  const ended = event === 'resolved' ? incident.steps.findLast(({ state }) => state === 'resolved')?.at : undefined
  return {
    kind: 'incident',
    event,
    at: ended ?? incident.reportedAt ?? incident.startedAt ?? incident.createdAt,
    incidentId: incident.incidentId,
    identity: `${incident.cluster}.${incident.identity}`,
    generation: incident.generation,
    status: incident.status,
    cluster: incident.cluster,
    environment: incident.environment,
    namespace: incident.namespace,
    resource: `${incident.owner.kind}/${incident.owner.name}`,
    severity: incident.severity,
    harm: incident.harm,
    faultType: incident.faultType,
    occurrences: incident.occurrences,
    firstSeen: incident.firstSeen,
    outcome: report?.outcome,
    glance: seen,
    headline: seen.headline,
    cause: cause === undefined ? undefined : cutAtSentence(causeWords(verdict?.outcome, causes), 500),
    confidence: cause?.confidence,
    reason: whyNot(event, incident, cause !== undefined),
    actions: steps(verdict)
      .slice(0, 3)
      .map(({ title, command, changesState }) => ({
        title: cutAtSentence(title, 150),
        command: command !== undefined && command.length <= 300 ? command : undefined,
        changesState,
      })),
    url: links.report,
    feedbackUrl: event === 'reported' ? links.feedback : undefined,
    muteUrl: event === 'resolved' ? undefined : links.mute,
    askUrl: event === 'resolved' ? undefined : links.ask,
    owner: verdict?.impact.owner,
  }
}

function whyNot(event: IncidentMessage['event'], incident: Incident, hasCause: boolean): string | undefined {
  if (event === 'skipped') return incident.reason
  if (event === 'resolved') return incident.unwatched === undefined ? undefined : unwatchedWords(incident.unwatched)
  return hasCause ? undefined : incident.failureReason
}

/** A message is acted upon at once: while causes are contested it offers nothing that changes the cluster for one of them. */
const steps = (verdict: Verdict | undefined): readonly Remedy[] =>
  (verdict?.remedies ?? []).filter(({ changesState }) => verdict?.outcome !== 'contested' || !changesState)

/** Of two that are contested both are told, each by whose name it bears; else the first, which leads. */
function causeWords(outcome: Report['outcome'] | undefined, causes: readonly RootCause[]): string {
  const said = causes.map((one) => `${one.class}: ${one.summary}`)
  const of = (by: RootCause['by']) => said[causes.findIndex((one) => one.by === by)]
  return outcome === 'contested' ? `Rules: ${of('rules')} Or, says the model: ${of('model')}` : (said[0] ?? '')
}

/** Everything that is no moment of an incident. */
export function troubleNotice(message: TroubleMessage): TroubleNotice {
  const { at } = message
  const cluster = 'cluster' in message ? message.cluster : undefined
  const common = { kind: 'trouble', at, cluster, over: false, severity: 'warning' } as const
  switch (message.type) {
    case 'agent-lost':
      return {
        ...common,
        event: 'agent-lost',
        about: message.incidentId,
        title: `An agent in ${message.cluster} was ended`,
        text: message.reason,
        facts: [['Incident', message.incidentId]],
      }
    case 'dead-letter':
      return {
        ...common,
        event: 'dead-letter',
        about: `dead-letter ${message.blob}`,
        title: 'A message could not be handled and was kept aside',
        text: message.reason,
        facts: [
          ['Queue', message.queue],
          ['Kept as', `dead-letters/${message.blob}`],
          ...(message.incidentId === undefined ? [] : [['Incident', message.incidentId] as const]),
        ],
      }
    case 'degraded': {
      const retry = message.retryAt === undefined ? '' : ` The next try is at ${clock(message.retryAt)}.`
      return {
        ...common,
        event: 'degraded',
        about: `${message.what} since ${message.since}`,
        title: `Degraded: ${message.what}`,
        text: `${message.failures} failures in a row since ${clock(message.since)}.${retry}`,
        facts: reasons(message.reasons),
      }
    }
    case 'recovered':
      return {
        ...common,
        event: 'recovered',
        about: `${message.what} since ${message.since}`,
        over: true,
        title: `Recovered: ${message.what}`,
        text: `It works again after ${message.failures} failures in ${span(message.since, at)}.`,
        facts: reasons(message.reasons.slice(-1)),
      }
    case 'unreachable': {
      const retry = message.retryAt === undefined ? [] : [['Next try', clock(message.retryAt)] as const]
      return {
        ...common,
        event: 'cluster-unreachable',
        about: `cluster ${message.cluster} since ${message.since}`,
        severity: 'critical',
        title: `Cluster ${message.cluster} is not watched`,
        text: `Since ${clock(message.since)} (${span(message.since, at)}) nobody hears its faults. Once it can be reached again it is looked at as a whole, so what still is wrong then is found.`,
        facts: [['Error', cutAtSentence(message.error, 500)], ...retry, ...reasons(message.reasons)],
      }
    }
    case 'reachable':
      return {
        ...common,
        event: 'cluster-reachable',
        about: `cluster ${message.cluster} since ${message.since}`,
        over: true,
        severity: 'critical',
        title: `Cluster ${message.cluster} is ${message.left === undefined ? 'watched again' : 'no longer watched'}`,
        text:
          message.left === undefined
            ? `Nobody heard its faults for ${span(message.since, message.until)}; it has been looked at since.`
            : `It ${message.left === 'removed' ? 'is not in the configuration any more' : 'was switched off'}; nobody had heard its faults for ${span(message.since, message.until)}.`,
        facts: [],
      }
    case 'outage': {
      const { over, clusters, since } = message
      return {
        ...common,
        over,
        event: over ? 'outage-over' : 'outage',
        about: `outage ${message.outage}`,
        severity: 'critical',
        title: over ? `${clusters} clusters are watched again` : `${clusters} clusters are not watched`,
        text: over
          ? `Nobody heard their faults for up to ${span(since, at)}; they have been looked at since.`
          : `Since ${clock(since)} nobody hears their faults.${message.error.includes('different causes') ? '' : ' They give the same reason, so look for one cause: a network, a supervisor, a key.'}`,
        facts: over
          ? []
          : [
              ['Among them', cutAtSentence(message.names.join(', '), 350)],
              ['Error of one', cutAtSentence(message.error, 500)],
            ],
      }
    }
    case 'folded':
      return {
        ...common,
        event: 'folded',
        about: message.id,
        title: `And ${message.count} more: ${message.kind}`,
        text: `${message.count} more notices of this kind came within a minute${spread(message)}. They are in the list of incidents, and are not told one by one.`,
        facts: [['Among them', listed(message.names, message.count)]],
      }
    case 'clusters-changed': {
      const { place, came, went, soon } = message
      const moves = [
        ...(came.count === 0 ? [] : [`${came.count} found`]),
        ...(went.count === 0 ? [] : [`${went.count} not there any more`]),
      ]
      const parts = [
        ...(soon === '' ? [] : [`${soon}.`]),
        ...(came.count === 0 ? [] : ['What is found is watched as soon as it is ready and its entry is right.']),
        ...(went.count === 0
          ? []
          : [
              'Unless another entry names it, what is not there any more is not watched, and its open incidents are closed.',
            ]),
      ]
      return {
        ...common,
        event: 'clusters-changed',
        about: message.id,
        severity: went.count > 0 || soon !== '' ? 'warning' : 'info',
        title: moves.length === 0 ? `Soon without clusters: ${place}` : `Clusters of ${place}: ${moves.join(', ')}`,
        text: parts.join(' '),
        facts: [
          ...(came.count === 0 ? [] : [['Found', listed(came.names, came.count)] as const]),
          ...(went.count === 0 ? [] : [['Not there any more', listed(went.names, went.count)] as const]),
        ],
      }
    }
    case 'digest': {
      const all = message.groups.reduce((sum, { count }) => sum + count, 0)
      return {
        ...common,
        event: 'digest',
        about: message.id,
        severity: 'info',
        title: `Digest: ${all} ${all === 1 ? 'incident was' : 'incidents were'} not told`,
        text: `Since ${clock(message.since)} these stayed below what this place is told, or were muted. All are recorded.`,
        facts: message.groups.map(({ why, count, names }) => [
          `${why === 'muted' ? 'Muted' : 'Not bad enough'} (${count})`,
          listed(names, count),
        ]),
      }
    }
    default:
      return message satisfies never
  }
}

/** `, in 60 namespaces of 2 clusters` */
function spread({ namespaces, clusters }: { readonly namespaces: number; readonly clusters: number }): string {
  const of = clusters > 1 ? ` of ${clusters} clusters` : ''
  return namespaces > 0 ? `, in ${namespaces} ${namespaces === 1 ? 'namespace' : 'namespaces'}${of}` : ''
}

const listed = (names: readonly string[], count: number): string => {
  const shown = cutAtSentence(names.join(', '), 350)
  return count > names.length ? `${shown} and ${count - names.length} more` : shown
}

/** The last three: more are in the table. */
const reasons = (list: readonly { readonly at: string; readonly text: string }[]) =>
  list.slice(-3).map(({ at, text }) => [clock(at), cutAtSentence(text, 300)] as const)

const clock = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
