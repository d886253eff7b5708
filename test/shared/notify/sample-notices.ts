import type { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentNotice, troubleNotice } from '../../../shared/notify/compose-notice.ts'
import type { IncidentNotice, Notice } from '../../../shared/notify/notice.ts'
import { composeReport } from '../../../shared/report/bundle/compose.ts'
import { evidence, incident, verdict } from '../report/sample.ts'

const links = { report: 'https://reports.example/x', feedback: 'https://reports.example/x/feedback' }
const at = '2026-01-12T09:41:08.000Z'

export function reported(changes: Partial<IncidentNotice> = {}): IncidentNotice {
  const report = composeReport({
    incident: incident({ status: 'reported', reportedAt: at, environment: 'production' }),
    result: { version: 1, incidentId: incident().incidentId, fence: 1, ended: 'completed' },
    read: undefined,
    problem: undefined,
    now: new Date(at),
  })
  const full = { ...report, outcome: 'cause' as const, evidence: [...evidence], verdict: verdict() }
  return { ...incidentNotice('reported', report.incident, full, links), ...changes }
}

const trouble = (message: Record<string, unknown>) =>
  troubleNotice({ version: 1, id: 'x', at, ...message } as Exclude<NoticeMessage, { type: 'incident' }>)
const reasons = ['first', 'second', 'third', 'fourth', 'fifth'].map((text) => ({ at, text }))
const since = '2026-01-12T09:31:08.000Z'

/** One of each kind that there is. */
export const all: Readonly<Record<string, Notice>> = {
  opened: incidentNotice('opened', incident({ status: 'queued' }), undefined, {
    report: undefined,
    feedback: undefined,
  }),
  started: incidentNotice('started', incident(), undefined, { report: undefined, feedback: undefined }),
  reported: reported(),
  failed: incidentNotice(
    'reported',
    incident({ status: 'failed', reportedAt: at, failureReason: 'The agent vanished without a result' }),
    undefined,
    links,
  ),
  skipped: incidentNotice(
    'skipped',
    incident({ status: 'skipped', reason: 'Overload: the queue is full (drop)' }),
    undefined,
    { report: undefined, feedback: undefined },
  ),
  resolved: incidentNotice('resolved', incident({ status: 'resolved', reportedAt: at }), undefined, links),
  'agent-lost': trouble({ type: 'agent-lost', incidentId: 'east.1.1', cluster: 'east', reason: 'It was gone' }),
  'dead-letter': trouble({ type: 'dead-letter', queue: 'faults', reason: '2 faults', blob: '2026/x.json' }),
  degraded: trouble({ type: 'degraded', what: 'container groups', failures: 7, since, reasons, retryAt: at }),
  recovered: trouble({ type: 'recovered', what: 'container groups', failures: 7, since, reasons }),
  unreachable: trouble({
    type: 'unreachable',
    cluster: 'east',
    since,
    error: 'nothing listens there',
    reasons: [{ at: since, text: 'its certificate has expired' }],
    retryAt: at,
  }),
  outage: trouble({
    ...{ type: 'outage', over: false, outage: 'o', clusters: 40, names: ['east', 'west'], since },
    error: 'nothing listens there',
  }),
  'outage-over': trouble({ type: 'outage', over: true, outage: 'o', clusters: 40, names: ['east'], since, error: '' }),
  'clusters-changed': trouble({
    ...{ type: 'clusters-changed', place: 'Rancher https://rancher.example', soon: '' },
    ...{ came: { count: 1, names: ['east'] }, went: { count: 2, names: ['west', 'north'] } },
  }),
  reachable: trouble({ type: 'reachable', cluster: 'east', since, until: at }),
}

const worst = '<!channel> <https://evil.example|click> [click](https://evil.example) *b* `c` & 🔥 '.repeat(40)

/** Every text from outside at its worst: as long as its schema allows, with all that the places give a meaning to. */
export function hostile(text = worst): readonly Notice[] {
  const spoil = <T>(value: T, key = ''): T => {
    if (
      typeof value === 'string' &&
      ![
        'kind',
        'event',
        'at',
        'firstSeen',
        'since',
        'status',
        'severity',
        'outcome',
        'url',
        'feedbackUrl',
        'identity',
        'confidence',
      ].includes(key)
    )
      return text as T
    if (Array.isArray(value)) return value.map((one) => spoil(one)) as T
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)])) as T
    return value
  }
  return Object.values(all).map((notice) => spoil(notice))
}
