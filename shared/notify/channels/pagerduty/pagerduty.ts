import { cut, type Notice, type Notifier } from '../../notice.ts'
import { type PostDeps, postJson } from '../patient-fetch.ts'
import { isNews } from '../slack/slack-webhook.ts'

export type PagerDutyOptions = {
  readonly routingKey: string
  /** PagerDuty's own, unless a test (or its EU region) says otherwise. */
  readonly url?: string
}

/** Events API v2: https://developer.pagerduty.com/docs/send-alert-event (2026). */
const EVENTS = 'https://events.pagerduty.com/v2/enqueue'
const SUMMARY = 1_024
const DEDUP_KEY = 255

/** Triggers and resolves; what is told twice under one `dedup_key` stays one alert there. */
export function pagerDuty({ routingKey, url = EVENTS }: PagerDutyOptions, deps: PostDeps): Notifier {
  return {
    takes: isNews,
    send: async (notice) => {
      await postJson(deps, url, JSON.stringify(pagerDutyEvent(notice, routingKey)))
      return undefined
    },
  }
}

export function pagerDutyEvent(notice: Notice, routingKey: string) {
  const incident = notice.kind === 'incident'
  const over = incident ? notice.event === 'resolved' : notice.over
  const key = {
    routing_key: routingKey,
    dedup_key: cut(incident ? notice.identity : notice.about, DEDUP_KEY),
    event_action: over ? 'resolve' : 'trigger',
  }
  if (over) return key
  if (!incident) {
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
      summary: cut(`${resource} in ${cluster}: ${notice.cause ?? notice.headline}`, SUMMARY),
      source: cluster,
      severity,
      timestamp: notice.firstSeen,
      component: resource,
      group: namespace,
      class: faultType,
      custom_details: {
        incident: notice.incidentId,
        outcome: notice.outcome,
        confidence: notice.confidence,
        occurrences: notice.occurrences,
        reason: notice.reason,
        next: notice.actions.map(
          ({ title, changesState }) => `${title} (${changesState ? 'changes state' : 'read-only'})`,
        ),
      },
    },
    links: url === undefined ? [] : [{ href: url, text: 'Report' }],
  }
}
