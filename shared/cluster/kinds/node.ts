import { because, type Context, condition, olderThan } from '../context.ts'
import { defineKind, type Sign, type Signs } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'
import { isBad } from './polarity.ts'

type Node = ViewOf<'Node'>

/** A node that joins is not ready until its network is set up. */
const JOINING_SECONDS = 120
/** A kubelet that restarts, or a full minute's hiccup of the network. */
const AWAY_SECONDS = 60
/** A machine that was sent away for an upgrade or by an autoscaler: a reboot takes minutes. */
const SENT_AWAY_SECONDS = 300
/** As autoscalers and cloud providers mark a node that is to go. */
const leaving =
  /^(ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler|karpenter\.sh\/(disrupted|disruption)|node\.cloudprovider\.kubernetes\.io\/shutdown|aws-node-termination-handler\/.+|.*impending-node-termination)$/
/** What node agents report besides the kubelet may flap for a moment. */
const REPORTED_SECONDS = 120

const away: Signs<Node> = (node, { now }) => {
  const ready = condition(node.status?.conditions, 'Ready')
  if (ready === undefined || ready.status === 'True') return []
  if (!olderThan(JOINING_SECONDS, node.metadata.creationTimestamp, now)) return []
  const sent = node.spec?.unschedulable === true || node.spec?.taints?.some(({ key }) => leaving.test(key)) === true
  if (!olderThan(sent ? SENT_AWAY_SECONDS : AWAY_SECONDS, ready.lastTransitionTime, now)) return []
  return [
    {
      reason: 'NodeUnhealthy',
      message: `Node became unhealthy: Ready=${ready.status}${because(ready)}`,
      field: 'status.conditions[type=Ready].status',
      since: ready.lastTransitionTime ?? undefined,
      harm: { severity: 'critical', words: 'a node is away' },
      mark: `Ready=${ready.status}`,
    },
  ]
}

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** One sign for all pressures of a node: they come and go together. */
const pressure: Signs<Node> = (node) => {
  const found = pressures.flatMap((type) => {
    const entry = condition(node.status?.conditions, type)
    return entry?.status === 'True' ? [entry] : []
  })
  const [first] = found
  if (first === undefined) return []
  const words = found.map((entry) => `${entry.type}${entry.message ? ` (${entry.message})` : ''}`)
  return [
    {
      reason: 'NodePressure',
      message: `Node is under pressure: ${words.join(', ')}`,
      field: `status.conditions[type=${first.type}].status`,
      since: first.lastTransitionTime ?? undefined,
      harm: { severity: 'warning', words: 'a node is under pressure' },
      mark: found.map(({ type }) => type).join(),
    },
  ]
}

/** What node-problem-detector and the clouds' node agents add: good or bad by their word, and only by it. */
const reported: Signs<Node> = (node, { now }) =>
  (node.status?.conditions ?? []).flatMap((entry): Sign[] => {
    if (entry.type === 'Ready' || pressures.includes(entry.type) || !isBad(entry)) return []
    if (!olderThan(REPORTED_SECONDS, entry.lastTransitionTime, now)) return []
    return [
      {
        reason: 'NodeProblem',
        message: `Node reports ${entry.type}=${entry.status}${because(entry)}`,
        field: `status.conditions[type=${entry.type}].status`,
        since: entry.lastTransitionTime ?? undefined,
        harm: { severity: 'warning', words: 'a node reports a problem' },
        mark: entry.type,
      },
    ]
  })

/** An upgrade moves pods for minutes, a careful one for most of an hour; after that nobody looks at it any more. */
const DRAINING_SECONDS = 3_600
const drains =
  /^(node\.kubernetes\.io\/unschedulable|karpenter\.sh\/(disrupted|disruption)|ToBeDeletedByClusterAutoscaler)$/

/** A drain that never ends: what is left may not be evicted. Nothing is unavailable, so nobody sees it. */
const drained: Signs<Node> = (node, context) => {
  const taint = node.spec?.taints?.find(({ key }) => drains.test(key))
  const begun = node.metadata.deletionTimestamp ?? taint?.timeAdded
  if (!begun || !olderThan(DRAINING_SECONDS, begun, context.now)) return []
  const blocked = context
    .all('Pod')
    .filter((pod) => pod.spec?.nodeName === node.metadata.name && pod.status?.phase === 'Running')
    .flatMap((pod) => {
      const owners = pod.metadata.ownerReferences ?? []
      // Pods of these stay on a drained node.
      if (owners.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node')) return []
      const budgets = budgetsOf(pod, context)
      const full = budgets.find(({ status }) => status?.disruptionsAllowed === 0)
      if (budgets.length < 2 && full === undefined) return []
      const names = (budgets.length > 1 ? budgets : [full]).flatMap((one) => one?.metadata.name ?? [])
      const why =
        budgets.length > 1
          ? `the PodDisruptionBudgets ${names.join(' and ')} select the same pod, so it cannot be evicted`
          : `PodDisruptionBudget ${names.join()} allows no disruption`
      return [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}: ${why}`]
    })
  if (blocked.length === 0) return []
  return [
    {
      reason: 'DrainBlocked',
      message: `Node is being drained since ${begun}, and ${blocked.length} of its pods cannot go: ${blocked.slice(0, 3).join('; ')}`,
      field: 'spec.taints',
      since: begun,
      harm: { severity: 'warning', words: 'nothing is unavailable, a drain does not end' },
    },
  ]
}

const budgetsOf = (pod: ViewOf<'Pod'>, { inNamespace }: Context) =>
  inNamespace('PodDisruptionBudget', pod.metadata.namespace).filter(({ spec }) => {
    const labels = Object.entries(spec?.selector?.matchLabels ?? {})
    return labels.length > 0 && labels.every(([key, value]) => pod.metadata.labels?.[key] === value)
  })

export const node = defineKind({
  apiVersion: 'v1',
  kind: 'Node',
  signs: (view, context) =>
    view.metadata.deletionTimestamp
      ? drained(view, context)
      : [away, pressure, reported, drained].flatMap((signs) => signs(view, context)),
  progress: ({ metadata, status }) =>
    metadata.deletionTimestamp
      ? 'it is being removed'
      : condition(status?.conditions, 'Ready')?.status === 'True'
        ? undefined
        : 'it is not ready yet',
})
