import { because, type Context, olderThan } from '../context.ts'
import { defineKind, type Harm, type Sign } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'
import type { Condition } from '../view/view-parts.ts'
import { isBehind } from './deployment.ts'
import { isBad } from './polarity.ts'

type Custom = ViewOf<'Custom'>

/** What a rollout is given; operators flap while theirs goes on. */
const LASTING_SECONDS = 600
/** A route is judged at once, and refuses what comes in as long as it is bad. */
const ROUTE_SECONDS = 120
/** Words that say ill without any condition. What only ran once and failed is for whoever started it. */
const illPhases = /^(Failed|Unavailable|Degraded|Error|Errored|Stalled|Lost|Unhealthy|CrashLoopBackOff)$/

/** Any object of a kind without a file of its own: by its conditions, in their usual form. */
export const custom = defineKind({
  apiVersion: undefined,
  kind: 'Custom',
  signs: (view, context) => {
    const { metadata, status } = view
    const { now } = context
    if (metadata.deletionTimestamp) return lingers(view, now)
    if (isHeld(view)) return []
    const sign =
      ofParents(view, now) ??
      (ran(view) ? undefined : (ofConditions(view, context) ?? ofPhase(view, now) ?? ofOperation(view, now)))
    if (sign === undefined) return []
    const stale = isBehind(metadata.generation, status?.observedGeneration)
    return [stale ? { ...sign, message: `${sign.message} (of an earlier generation)` } : sign]
  },
  progress: ({ metadata, status }) => {
    if (metadata.deletionTimestamp) return 'it is being removed'
    if (isBehind(metadata.generation, status?.observedGeneration))
      return 'its controller has not seen its last change yet'
    const doubtful =
      status?.conditions?.find(isBad) ??
      status?.conditions?.find((entry) => entry.type === 'Ready' && entry.status !== 'True')
    if (doubtful !== undefined) return `${doubtful.type}=${doubtful.status}${because(doubtful)}`
    return status?.health?.status === 'Progressing' ? (status.health.message ?? 'it is on its way') : undefined
  },
})

/** What an operator takes down outside the cluster may need half an hour. */
const LINGERING_SECONDS = 1_800

/** Its finalizer is never taken away: whoever should do so is gone, or fails. */
function lingers({ type: kind, metadata: { deletionTimestamp } }: Custom, now: Date): Sign[] {
  if (!deletionTimestamp || !olderThan(LINGERING_SECONDS, deletionTimestamp, now)) return []
  return [
    {
      reason: 'ResourceStuckTerminating',
      message: `${kind} has been going away since ${deletionTimestamp}`,
      field: 'metadata.deletionTimestamp',
      since: deletionTimestamp,
      harm: { severity: 'warning', words: `${kind} does not go` },
    },
  ]
}

const ran = ({ status }: Custom): boolean =>
  Boolean(status?.completionTime || status?.completionTimestamp || status?.finishedAt)

const isHeld = ({ spec }: Custom): boolean => Boolean(spec?.suspend || spec?.suspended || spec?.paused)

function ofConditions(view: Custom, context: Context): Sign | undefined {
  const { type: kind } = view
  const ill = illFor(view, context).filter((entry) => entry.reason !== WAITS || !waitsForIll(view, context))
  // Availability first, then what is nearest to the whole.
  const found = ill.find(({ type }) => /Available$/.test(type)) ?? ill.find(({ type }) => type === 'Ready') ?? ill[0]
  if (found === undefined) return undefined
  return signOf(kind, found, `status.conditions[type=${found.type}].status`, {
    severity: /Available$/.test(found.type) ? 'critical' : 'warning',
    words: `${found.type} is ${found.status}`,
  })
}

/** Conditions that say ill, and have done so for long enough. */
function illFor({ metadata, status }: Custom, { now, warnings }: Context): readonly Condition[] {
  const bad = (status?.conditions ?? []).filter(isBad)
  if (bad.length === 0) return bad
  // Who tries again every minute sets its condition anew each time: its repeated warning knows since when.
  const warned = warnings(metadata.uid).some(
    ({ count, series, firstTimestamp, lastTimestamp, eventTime }) =>
      (series?.count ?? count ?? 1) > 1 &&
      olderThan(LASTING_SECONDS, firstTimestamp ?? eventTime ?? now.toISOString(), now) &&
      // One that is silent belongs to a trouble that was over.
      !olderThan(LASTING_SECONDS, series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '', now),
  )
  return warned ? bad : bad.filter((entry) => olderThan(LASTING_SECONDS, entry.lastTransitionTime, now))
}

/** Flux: what it depends on is not ready. */
const WAITS = 'DependencyNotReady'
/** Longer chains of dependencies are circles. */
const MAX_DEPTH = 10

/** What it waits for is ill itself and has a sign of its own; whoever waits for it is not another trouble. */
const waitsForIll = (
  { type, metadata, spec }: Custom,
  context: Context,
  depth = 0,
  seen: Set<Custom> = new Set(),
): boolean =>
  (spec?.dependsOn ?? []).some(({ name, namespace }) => {
    const other = context
      .inNamespace('Custom', namespace ?? metadata.namespace)
      .find((one) => one.type === type && one.metadata.name === name)
    if (other === undefined || depth >= MAX_DEPTH || isHeld(other) || seen.has(other)) return false
    seen.add(other)
    return illFor(other, context).some(({ reason }) => reason !== WAITS) || waitsForIll(other, context, depth + 1, seen)
  })

/** Argo CD: what was to be put into the cluster was refused, and it is not as its source says. */
function ofOperation({ type: kind, status }: Custom, now: Date): Sign | undefined {
  const { phase, message, finishedAt } = status?.operationState ?? {}
  if (!/^(Failed|Error)$/.test(phase ?? '') || status?.sync?.status !== 'OutOfSync') return undefined
  if (!olderThan(LASTING_SECONDS, finishedAt, now)) return undefined
  return {
    reason: 'ResourceFailing',
    message: `The last sync of ${kind} ended as ${phase}${message ? `, message: ${message}` : ''}`,
    field: 'status.operationState.phase',
    since: finishedAt ?? undefined,
    harm: { severity: 'warning', words: `${kind} is not synced` },
    mark: `sync ${phase}`,
  }
}

function ofPhase({ type: kind, status, metadata }: Custom, now: Date): Sign | undefined {
  const said = illPhases.test(status?.phase ?? '') ? status?.phase : undefined
  const health = illPhases.test(status?.health?.status ?? '') ? status?.health?.status : undefined
  const word = said ?? health
  // A phase has mostly no time of its own: the object's age is all there is.
  const since = said === undefined ? status?.health?.lastTransitionTime : undefined
  if (!word || !olderThan(LASTING_SECONDS, since ?? metadata.creationTimestamp, now)) return undefined
  const message = said === undefined ? status?.health?.message : status?.message
  return {
    reason: 'ResourceFailing',
    message: `${kind} is ${word}${message ? `, message: ${message}` : ''}`,
    field: said === undefined ? 'status.health.status' : 'status.phase',
    ...(since ? { since } : {}),
    harm: { severity: 'warning', words: `${kind} is ${word}` },
    mark: word,
  }
}

/** Routes of the Gateway API: one good parent does not make up for a bad one, and without any nobody has taken it. */
function ofParents({ apiVersion, type: kind, metadata, status }: Custom, now: Date): Sign | undefined {
  if (!/^gateway\.networking\.k8s\.io\//.test(apiVersion) || !/Route$/.test(kind)) return undefined
  const parents = status?.parents ?? []
  if (parents.length === 0) {
    if (!olderThan(ROUTE_SECONDS, metadata.creationTimestamp, now)) return undefined
    return {
      reason: 'ResourceFailing',
      message: `No gateway has taken this ${kind}`,
      field: 'status.parents',
      harm: { severity: 'critical', words: 'nobody serves a route' },
      mark: 'no parent',
    }
  }
  for (const { parentRef, conditions } of parents) {
    const bad = (conditions ?? []).find(
      (entry) => isBad(entry) && olderThan(ROUTE_SECONDS, entry.lastTransitionTime, now),
    )
    if (bad === undefined) continue
    const where = `${parentRef.kind ?? 'Gateway'} ${parentRef.namespace ?? metadata.namespace}/${parentRef.name}`
    const stale = isBehind(metadata.generation, bad.observedGeneration)
    const more = stale ? ` (its controller has not looked since generation ${bad.observedGeneration})` : ''
    return signOf(
      kind,
      { ...bad, message: `${bad.message ?? ''}${more}, at ${where}` },
      `status.parents[name=${parentRef.name}].conditions[type=${bad.type}].status`,
      { severity: 'critical', words: 'a route refuses' },
    )
  }
  return undefined
}

const signOf = (kind: string, entry: Condition, field: string, harm: Harm): Sign => ({
  reason: 'ResourceFailing',
  message: `${kind} says ${entry.type}=${entry.status}${because(entry)}`,
  field,
  since: entry.lastTransitionTime ?? undefined,
  harm,
  mark: `${entry.type} ${entry.reason ?? ''}`.trim(),
})
