import { derivedId } from '../../../runtime/ids.ts'
import { cut, type Delivered, type IncidentNotice, isNews, isOver, type Notice, type Notifier } from '../../notice.ts'
import type { Channel } from '../opening.ts'
import { openedWith, type PostDeps, postJson } from '../post.ts'
import { pagerDutyAnswers } from './pagerduty-answers.ts'

export type PagerDutyOptions = {
  readonly routingKey: string
  /** PagerDuty's own, unless a test (or its EU region) says otherwise. */
  readonly url?: string
  /** At once, when something critical is admitted, or with its report. */
  readonly page?: 'at-once' | 'after-report'
}

/** Events API v2: https://developer.pagerduty.com/docs/send-alert-event (2026). */
const EVENTS = 'https://events.pagerduty.com/v2/enqueue'
const SUMMARY = 1_024
const DEDUP_KEY = 255
/** Nothing is wrong, and nothing would end it. */
const wakesNobody = new Set<Notice['event']>(['clusters-changed'])

/**
 * Triggers once for each generation of an incident, and resolves by the key it was triggered with. What is found later
 * follows as a change event, which wakes nobody: a second trigger would page again where a person has closed the first.
 */
export function pagerDuty({ routingKey, url = EVENTS, page = 'at-once' }: PagerDutyOptions, deps: PostDeps): Notifier {
  const post = (address: string, event: unknown) =>
    postJson(deps, { answers: pagerDutyAnswers, address, keys: [routingKey] }, JSON.stringify(event))
  async function send(notice: Notice, delivered: Delivered): Promise<string | undefined> {
    const key = delivered.ref ?? dedupKey(notice)
    if (delivered.ref === undefined || isOver(notice)) {
      await post(url, pagerDutyEvent(notice, routingKey, key))
    } else if (notice.kind === 'incident') {
      // The page is out; that a service takes no change events must not hold back its end.
      await post(changesOf(url), changeEvent(notice, routingKey)).catch(() => undefined)
    }
    return key
  }
  return {
    takes: (notice) =>
      notice.kind === 'incident' && !isNews(notice)
        ? page === 'at-once' && notice.severity === 'critical'
        : isNews(notice) && !wakesNobody.has(notice.event),
    dedups: true,
    openedWith: openedWith(routingKey, url),
    send,
  }
}

/** https://developer.pagerduty.com/docs/send-change-event (2026) */
const changesOf = (url: string): string => new URL('/v2/change/enqueue', url).href

/** One of its own for each generation: what is late for one can do nothing to the next. */
export function dedupKey(notice: Notice): string {
  const key = notice.kind === 'incident' ? notice.incidentId : notice.about
  return key.length <= DEDUP_KEY ? key : `${key.slice(0, DEDUP_KEY - 33)} ${derivedId(32, key)}`
}

function changeEvent(notice: IncidentNotice, routingKey: string) {
  const { resource, cluster, at, url, outcome, confidence, incidentId } = notice
  return {
    routing_key: routingKey,
    payload: {
      summary: cut(`${resource} in ${cluster}: ${notice.cause ?? notice.reason ?? notice.headline}`, SUMMARY),
      source: cluster,
      timestamp: at,
      custom_details: { incident: incidentId, outcome, confidence, next: nextSteps(notice) },
    },
    links: linksOf(url),
  }
}

const nextSteps = ({ actions }: IncidentNotice) =>
  actions.map(
    ({ title, command, changesState }) =>
      `${title} (${changesState ? 'changes state' : 'read-only'})${command === undefined ? '' : `: ${command}`}`,
  )
const linksOf = (url: string | undefined) => (url === undefined ? [] : [{ href: url, text: 'Report' }])

export function pagerDutyEvent(notice: Notice, routingKey: string, dedup: string) {
  const over = isOver(notice)
  const key = { routing_key: routingKey, dedup_key: dedup, event_action: over ? 'resolve' : 'trigger' }
  if (over) return key
  if (notice.kind === 'trouble') {
    const { title, text, severity, at, cluster, event, facts } = notice
    const payload = {
      summary: cut(`${title}: ${text}`, SUMMARY),
      source: cluster ?? 'nightcrier',
      severity,
      timestamp: at,
    }
    return {
      ...key,
      client: 'nightcrier',
      payload: { ...payload, class: event, custom_details: Object.fromEntries(facts) },
    }
  }
  const { resource, cluster, severity, namespace, faultType, url } = notice
  return {
    ...key,
    client: 'nightcrier',
    payload: {
      summary: cut(
        notice.ownText ?? `${notice.glance.effect} in ${cluster}: ${notice.cause ?? notice.headline}`,
        SUMMARY,
      ),
      source: cluster,
      severity,
      timestamp: notice.glance.since,
      component: resource,
      group: namespace,
      class: faultType,
      custom_details: {
        incident: notice.incidentId,
        outcome: notice.outcome,
        confidence: notice.confidence,
        occurrences: notice.occurrences,
        harm: notice.glance.harm,
        owner: notice.owner,
        reason: notice.reason,
        next: nextSteps(notice),
      },
    },
    links: linksOf(url),
  }
}

export const pagerDutyChannel: Channel = {
  open: async (reference, { place: { page }, read, apiUrls, deps }) =>
    pagerDuty(
      {
        routingKey: await read(reference),
        ...(apiUrls.pagerduty === undefined ? {} : { url: apiUrls.pagerduty }),
        ...(page === undefined ? {} : { page }),
      },
      deps,
    ),
  answers: [pagerDutyAnswers],
}
