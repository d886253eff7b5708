import { z } from 'zod'
import { tables } from '../../artifacts/layout.ts'
import { type Cluster, watchesNamespace } from '../../config/cluster.ts'
import type { ClustersInForce } from '../../config/clusters-source.ts'
import { type Fault, FaultNotice, type Severity } from '../../faults/fault.ts'
import { identityOf } from '../../incident/identity.ts'
import { kindOfWord } from '../../kubernetes/kind-words.ts'
import { atOnce } from '../../runtime/at-once.ts'
import { derivedId } from '../../runtime/ids.ts'
import type { Log } from '../../runtime/log.ts'
import type { Table } from '../../runtime/table.ts'
import { alertBook, type Decision, type Received } from '../../triage/alert-book.ts'
import {
  type AlertLabels,
  labelList,
  objectLabels,
  objectOf,
  saysNothing,
  severityOf,
} from '../../triage/alert-object.ts'
import { openIncidentOf } from '../../triage/open-incident.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { type AskPlatform, ownedFault, sendFaults } from './investigate.ts'
import { answer, type BodyRequest, jsonBody, problem } from './json-body.ts'

/** Alertmanager's webhook, version 4, and what calls itself so: only what is used is asked for. */
const Post = z.looseObject({
  alerts: z.array(z.unknown()).max(5_000),
  truncatedAlerts: z.number().nullish(),
})
/** A query's whole result in a label is cut, alike when it fires and when it ends, so that the one still ends the other. */
const MOST_VALUE = 20_000
const cut = (value: string): string => (value.length > MOST_VALUE ? `${value.slice(0, MOST_VALUE - 1)}…` : value)
const texts = z.record(z.string().max(300), z.string().transform(cut))
const Alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.nullish(),
  startsAt: z.string().max(100),
  endsAt: z.string().max(100).nullish(),
  fingerprint: z.string().max(100).nullish(),
})
type Alert = z.infer<typeof Alert>

/** 5,000 alerts of a kilobyte; a source that sends more has `max_alerts`. */
const MAX_BODY_CHARACTERS = 8 * 1024 * 1024
/** Rows and messages at once: 400 alerts are taken within a second or two, which their source waits for. */
const AT_ONCE = 16
/** The first ones show what is wrong with the labels. */
const MOST_IGNORED = 50
const MOST_TEXT = 1_000

export type AlertPlatform = AskPlatform & {
  readonly control: Pick<Table, 'get' | 'insert' | 'replace'>
  readonly clusters: ClustersInForce
  readonly settings: Pick<
    Platform['settings'],
    'SEVERITY_THRESHOLD' | 'ALERT_CLUSTER_LABELS' | 'ALERT_NAMESPACE_LABELS' | 'ALERT_OBJECT_LABELS'
  >
}
type AlertRequest = BodyRequest & { readonly query: URLSearchParams }
type Subject = { readonly fault: Fault; readonly key: string; readonly alerts: Alert[] }
type Ignored = { readonly alertname: string; readonly why: string }

/** `POST /api/alerts` of the app. */
export const postAlerts = (platform: Platform, log: Log, request: AlertRequest): Promise<Answer> =>
  alerts({ ...platform, control: platform.storage.table(tables.control) }, log, request)

/** A firing alert asks about its object, the end of the last one ends that. */
export async function alerts(
  platform: AlertPlatform,
  log: Pick<Log, 'info' | 'warn'>,
  request: AlertRequest,
): Promise<Answer> {
  const { data, refused } = await jsonBody(request, Post, MAX_BODY_CHARACTERS)
  if (refused !== undefined) return refused
  const { clusters } = await platform.clusters.current()
  const only = request.query.get('cluster') ?? undefined
  if (only !== undefined && !clusters.some(({ name }) => name === only))
    return problem(
      404,
      `There is no cluster ${only.slice(0, 100)} in clusters.yaml: mend ?cluster= of the receiver's url`,
    )
  const { clear } = await platform.door()
  const labels = alertLabels(platform.settings)
  const now = platform.clock.now()

  const ignored: Ignored[] = []
  const subjects = new Map<string, Subject>()
  for (const item of data.alerts) {
    const parsed = Alert.safeParse(clear(item))
    const subject = parsed.success ? subjectOf(parsed.data, { labels, clusters, only, now }) : 'it is no alert'
    if (typeof subject === 'string' || !parsed.success) {
      const alertname = parsed.success ? (parsed.data.labels.alertname ?? '') : ''
      ignored.push({ alertname: alertname.slice(0, 200), why: String(subject) })
      continue
    }
    const { cluster, key } = identityOf(subject)
    const known = subjects.get(`${cluster}.${key}`) ?? { fault: subject, key: `${cluster}.${key}`, alerts: [] }
    known.alerts.push(parsed.data)
    subjects.set(known.key, known)
  }

  const counts = { firing: 0, known: 0, resolved: 0 }
  await atOnce(AT_ONCE, subjects.values(), async (subject) => {
    const become = await take(platform, subject, now)
    if (become !== undefined) counts[become] += 1
  })

  const hidden = data.truncatedAlerts ?? 0
  if (hidden > 0) log.warn({ hidden }, `${hidden} more alerts are not in this post: raise max_alerts of the receiver`)
  for (const why of new Set(ignored.map((one) => one.why)))
    log.info({}, `${ignored.filter((one) => one.why === why).length} alerts are not taken: ${why}`)
  return answer(200, { ...counts, ignored: ignored.slice(0, MOST_IGNORED), ignoredCount: ignored.length })
}

const alertLabels = (settings: AlertPlatform['settings']): AlertLabels => ({
  cluster: labelList(settings.ALERT_CLUSTER_LABELS),
  namespace: labelList(settings.ALERT_NAMESPACE_LABELS),
  objects: objectLabels(settings.ALERT_OBJECT_LABELS),
})

type Place = {
  readonly labels: AlertLabels
  readonly clusters: readonly Cluster[]
  readonly only: string | undefined
  readonly now: Date
}

/** The fault that the alert is; text: why it is none. Neither cluster nor object is ever guessed. */
function subjectOf(alert: Alert, { labels, clusters, only, now }: Place): Fault | string {
  const nothing = saysNothing(alert.labels)
  if (nothing !== undefined) return nothing
  const cluster = clusterOf(alert, labels, clusters, only)
  if (typeof cluster === 'string') return cluster
  if (!cluster.enabled) return `cluster ${cluster.name} is disabled`
  const named = objectOf(alert.labels, labels)
  if (named === undefined) return `its labels name no object in cluster ${cluster.name}`
  const kind = kindOfWord(named.kind)
  if (kind?.namespaced === true && named.namespace === '') return `its labels name no namespace of ${kind.kind}`
  const fault = ownedFault(
    {
      ...named,
      ...(kind === undefined ? {} : { kind: kind.kind, apiVersion: kind.apiVersion }),
      namespace: kind?.namespaced === false ? '' : named.namespace,
      cluster: cluster.name,
      severity: severityOf(alert.labels),
    },
    now,
  )
  if (!watchesNamespace(cluster, named.namespace))
    return `namespace ${named.namespace} of cluster ${cluster.name} is left out`
  return FaultNotice.safeParse(fault).success ? fault : 'its labels name no object that can be'
}

function clusterOf(
  alert: Alert,
  { cluster: names }: AlertLabels,
  clusters: readonly Cluster[],
  only: string | undefined,
): Cluster | string {
  const said = names.map((label) => alert.labels[label] ?? '').find((value) => value !== '')
  const name = said ?? only ?? (clusters.length === 1 ? clusters[0]?.name : undefined)
  if (name === undefined)
    return `no label ${names.join(', ')} says its cluster: add it to the rule, or ?cluster=NAME to the receiver's url`
  return (
    clusters.find((one) => one.name === name) ??
    `there is no cluster ${name.slice(0, 100)} in clusters.yaml: name it so, or set ALERT_CLUSTER_LABELS`
  )
}

async function take(
  platform: AlertPlatform,
  { fault, key, alerts: given }: Subject,
  now: Date,
): Promise<'firing' | 'known' | 'resolved' | undefined> {
  const received = given.map((alert): Received & { readonly alert: Alert } => ({
    fingerprint: alert.fingerprint || derivedId(16, JSON.stringify(Object.entries(alert.labels).sort())),
    firing: alert.status === 'firing',
    startsAt: moment(alert.startsAt, now),
    endsAt: moment(alert.endsAt ?? '', now),
    alert,
  }))
  // One for all alerts of the object: which of them are open, the book knows.
  const faultId = `alert-${derivedId(24, key)}`
  let known = false
  const send = async ({ fires, isNews, over }: Decision): Promise<void> => {
    if (over) return sendFaults(platform, [{ ...fault, faultId, resolved: true }])
    const worst = received.filter((one) => fires.includes(one)).sort((a, b) => rankOf(b.alert) - rankOf(a.alert))[0]
    if (worst === undefined) return
    const open = await openIncidentOf(platform.store, fault)
    // Its own incident must hear that it still fires; one of the detectors knows better than an alert.
    known = open !== undefined && open.identity !== identityOf(fault).key
    if (!known)
      await sendFaults(platform, [
        { ...alertFault(fault, worst), faultId, source: isNews ? 'notification' : 'reconcile' },
      ])
  }
  const { fires, over } = await alertBook({ ...platform })(key, received, send)
  if (over) return 'resolved'
  if (fires.length === 0) return undefined
  return known ? 'known' : 'firing'
}

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }
const rankOf = ({ labels }: Alert): number => ranks[severityOf(labels)]

/** A repetition refreshes its incident as a look would, and is no new occurrence. */
function alertFault(fault: Fault, { alert, startsAt }: Received & { readonly alert: Alert }): Fault {
  const { alertname = 'An alert' } = alert.labels
  const said = ['summary', 'message', 'description', 'runbook_url'].flatMap((name) => alert.annotations?.[name] || [])
  return {
    ...fault,
    severity: severityOf(alert.labels),
    context: `Alert ${alertname} fires since ${startsAt}${said.length === 0 ? '' : `: ${said.join(' · ')}`}`.slice(
      0,
      MOST_TEXT,
    ),
    timestamp: startsAt,
  }
}

/** Year 1 is Go's word for no time at all. */
function moment(text: string, now: Date): string {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < 2000 ? now.toISOString() : at.toISOString()
}
