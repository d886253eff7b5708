import { dayAndMinute } from '../artifacts/glance.ts'
import type { Place } from '../config/notifications.ts'
import { fill } from '../config/own-text.ts'
import type { IncidentNotice, Notifier } from './notice.ts'

/** As its place tells it: in the configuration's own words, and with the owner's name in that place. */
export function inOwnWords({ owners, text }: Partial<Place>, notifier: Notifier): Notifier {
  if (owners === undefined && text === undefined) return notifier
  return {
    ...notifier,
    send: (notice, delivered) =>
      notifier.send(notice.kind === 'incident' ? worded(notice, { owners, text }) : notice, delivered),
  }
}

function worded(
  notice: IncidentNotice,
  { owners = {}, text }: Pick<Partial<Place>, 'owners' | 'text'>,
): IncidentNotice {
  const { owner, event } = notice
  // Its end, and that nobody looked, wake nobody.
  const mention =
    owner !== undefined && event === 'reported' && Object.hasOwn(owners, owner) ? owners[owner] : undefined
  const own = text === undefined ? '' : fill(text, valuesOf(notice)).trim()
  return {
    ...notice,
    ...(mention === undefined ? {} : { mention: mention.replace(/^@/, '') }),
    // Nothing of it has a value: then our own words say more.
    ...(own === '' ? {} : { ownText: own }),
  }
}

const words = {
  opened: 'waits for an agent',
  started: 'is investigated',
  reported: '',
  skipped: 'not investigated',
  resolved: 'resolved',
} as const

const valuesOf = ({ glance, ...notice }: IncidentNotice) => ({
  event: words[notice.event],
  effect: glance.effect,
  cause: notice.cause ?? '',
  headline: glance.headline,
  cluster: notice.cluster,
  environment: notice.environment,
  namespace: notice.namespace,
  resource: notice.resource,
  severity: notice.severity,
  harm: glance.harm ?? '',
  since: dayAndMinute(glance.since),
  confidence: notice.confidence ?? '',
  owner: notice.owner ?? '',
  incident: notice.incidentId,
})
