import { type Context, condition, countedFrom, eventTime, olderThan, onDeadNode, secondsSince } from '../../context.ts'
import { none, type Sign, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import { budgetOf, containersOf, specOf } from './containers.ts'
import { isLeaving, runsOnce } from './meant.ts'

/** With the kubelet's word that a probe fails; slow starters fail theirs for a minute or two by design. */
const WARNED_GRACE_SECONDS = 120
/** Without it: long enough for any start that is meant. */
const GRACE_SECONDS = 600
const RECENT_EVENT_MS = 300_000
/** A probe's last try, and the kubelet's next look. */
const SLACK_SECONDS = 30
/** A gate is set by somebody outside the pod: a load balancer registers a target in a minute. */
const GATE_SECONDS = 120

export const notReady: Signs<PodView> = (pod, context) => {
  const { now, warnings } = context
  if (isLeaving(pod) || runsOnce(pod) || pod.status?.phase !== 'Running') return none
  const unready = condition(pod.status.conditions, 'Ready')
  if (unready?.status !== 'False' || onDeadNode(pod, context) || isStandby(pod, context)) return none
  const since = countedFrom(unready.lastTransitionTime, pod, context)
  const gate = closedGate(pod, since, now)
  if (gate !== undefined) return [gate]
  const event = warnings(pod.metadata.uid).find(
    (warning) => warning.reason === 'Unhealthy' && now.getTime() - eventTime(warning) < RECENT_EVENT_MS,
  )
  const grace = event === undefined ? GRACE_SECONDS : WARNED_GRACE_SECONDS
  if (!olderThan(grace, since, now)) return none
  return containersOf(pod).flatMap(({ status, path, init }) => {
    const running = status.state?.running
    if (init || !running || status.ready !== false) return none
    const spec = specOf(pod, status.name)
    // Until its startup probe is through, that probe's own patience counts; then the readiness probe's.
    const starting = spec?.startupProbe && status.started !== true
    const budget = budgetOf(starting ? spec.startupProbe : spec?.readinessProbe) + SLACK_SECONDS
    if (!olderThan(Math.max(grace, budget), running.startedAt, now)) return none
    return [
      {
        reason: 'ProbeFailure',
        message: `Container runs but is not ready${event?.message ? `, last warning: ${event.message}` : ''}`,
        field: `${path}.ready`,
        container: status.name,
        since,
      },
    ]
  })
}

/** All containers are ready, and the pod is not: somebody outside has not said that it may serve. */
function closedGate(pod: PodView, since: string | undefined, now: Date): Sign | undefined {
  if (condition(pod.status?.conditions, 'ContainersReady')?.status !== 'True') return undefined
  const type = pod.spec?.readinessGates
    ?.map(({ conditionType }) => conditionType)
    .find((one) => condition(pod.status?.conditions, one)?.status !== 'True')
  if (type === undefined || !olderThan(GATE_SECONDS, since, now)) return undefined
  const gate = condition(pod.status?.conditions, type)
  const why =
    gate === undefined
      ? 'nobody has set it'
      : `${gate.status}${gate.reason ? `, reason: ${gate.reason}` : ''}${gate.message ? `, message: ${gate.message}` : ''}`
  return {
    reason: 'ReadinessGateClosed',
    message: `Containers are ready and the pod is not: its readiness gate ${type} is not open (${why})`,
    field: 'status.conditions[type=Ready].reason',
    since,
    mark: type,
  }
}

/** What stands by for so long is meant to. */
const STANDBY_SECONDS = 86_400
/** A pod that was never ready says so from its first moments on. */
const FIRST_MOMENTS_SECONDS = 120
const names = ['app', 'app.kubernetes.io/name', 'k8s-app'] as const

/**
 * A standby that is ready only when it leads: never ready since its start, no restart, for more than a day, and beside it
 * one of the same application that serves. A younger one cannot be told from a fault.
 */
function isStandby(pod: PodView, { now, inNamespace }: Context): boolean {
  const ready = condition(pod.status?.conditions, 'Ready')
  const age = secondsSince(pod.metadata.creationTimestamp, now) ?? 0
  const unready = secondsSince(ready?.lastTransitionTime, now) ?? 0
  if (unready < STANDBY_SECONDS || age - unready > FIRST_MOMENTS_SECONDS) return false
  if (containersOf(pod).some(({ status }) => (status.restartCount ?? 0) > 0 || !status.state?.running)) return false
  const name = names.find((one) => pod.metadata.labels?.[one] !== undefined)
  if (name === undefined) return false
  const owner = pod.metadata.ownerReferences?.[0]?.uid
  return inNamespace('Pod', pod.metadata.namespace).some(
    (peer) =>
      peer.metadata.labels?.[name] === pod.metadata.labels?.[name] &&
      peer.metadata.ownerReferences?.[0]?.uid !== owner &&
      condition(peer.status?.conditions, 'Ready')?.status === 'True',
  )
}
