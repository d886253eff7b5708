import { cite } from '../snapshot/cite.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { anyConditioned, autoscalers, claims, disruptionBudgets, nodes, services } from '../snapshot/kinds.ts'
import { backing } from '../snapshot/services.ts'
import type { Condition } from '../snapshot/shapes.ts'
import { age, eventsOf, label, listed, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { runsOf, type Subject } from '../snapshot/subject.ts'
import type { Symptom } from './symptom.ts'

const minute = 60_000
const make = (
  kind: Symptom['kind'],
  key: string,
  text: string,
  evidence: Symptom['evidence'],
  since?: string,
): Symptom => ({
  key: `${kind} ${key}`.trim(),
  kind,
  text,
  evidence,
  pods: [],
  ...(since === undefined ? {} : { since }),
})

/** What is wrong with the subject itself, when it is no pod. */
export function objectSymptoms(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const { seen } = subject
  if (seen === undefined) return []
  const { deletionTimestamp } = seen.object.metadata
  if (seen.kind !== 'Pod' && (age(snapshot, deletionTimestamp) ?? 0) > 5 * minute)
    return [
      make(
        'terminating',
        '',
        `${label(subject)} was deleted at ${deletionTimestamp} and is still there`,
        cite(seen, 'deletionTimestamp:'),
        deletionTimestamp,
      ),
    ]
  switch (seen.kind) {
    case 'Node':
      return nodeSymptoms(seen)
    case 'PersistentVolumeClaim': {
      const phase = claims.of(seen)?.data.status.phase
      return phase === 'Pending' || phase === 'Lost'
        ? [make('claim', phase, `${label(subject)} is ${phase}`, cite(seen, `phase: ${phase}`))]
        : []
    }
    case 'Service': {
      const service = services.of(seen)
      if (service === undefined) return []
      const { selects, ready, slices } = backing(snapshot, service)
      return selects && ready === 0
        ? [
            make(
              'service',
              '',
              `${label(subject)} has no ready endpoint`,
              cite(slices[0] ?? seen, /endpoints: \[\]|ready: false|selector:/),
            ),
          ]
        : []
    }
    case 'HorizontalPodAutoscaler': {
      const bad = autoscalers
        .of(seen)
        ?.data.status.conditions.filter(
          ({ type, status }) => (type === 'ScalingActive' || type === 'AbleToScale') && status === 'False',
        )
      return (bad ?? []).map((one) => fromCondition('autoscaler', seen, one))
    }
    case 'PodDisruptionBudget': {
      const allowed = disruptionBudgets.of(seen)?.data.status.disruptionsAllowed
      return allowed === 0
        ? [make('disruption', '', `${label(subject)} allows no disruption`, cite(seen, 'disruptionsAllowed: 0'))]
        : []
    }
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
    case 'CronJob':
      return workloadSymptoms(snapshot, subject, seen)
    case 'Pod':
      return []
    default:
      return badConditions(seen).map((one) => fromCondition('condition', seen, one))
  }
}

const fromCondition = (kind: Symptom['kind'], seen: Seen, one: Condition): Symptom =>
  make(
    kind,
    one.type,
    `${label(seen)}: ${one.type} is ${one.status}${one.reason === undefined ? '' : ` (${one.reason})`}`,
    one.message === undefined ? cite(seen, `type: ${one.type}`) : cite(seen, one.message),
    one.lastTransitionTime,
  )

function nodeSymptoms(seen: Seen): readonly Symptom[] {
  const node = nodes.of(seen)
  const bad =
    node?.data.status.conditions.filter(({ type, status }) =>
      type === 'Ready' ? status !== 'True' : status === 'True',
    ) ?? []
  return bad.map((one) => fromCondition('node', seen, one))
}

function workloadSymptoms(snapshot: Snapshot, subject: Subject, seen: Seen): readonly Symptom[] {
  const status = subject.workload?.data.status
  const list: Symptom[] = []
  const run = runsOf(snapshot, subject)[0]
  const makers = [seen, ...subject.revisions.slice(0, 3), ...(run === undefined ? [] : [run])]
  const failure = makers.flatMap((one) =>
    (anyConditioned.of(one)?.data.status.conditions ?? [])
      .filter(({ type, status: value }) => type === 'ReplicaFailure' && value === 'True')
      .map((condition) => ({ one, condition })),
  )[0]
  const desired =
    subject.workload?.data.spec.replicas ?? status?.desiredNumberScheduled ?? (seen.kind === 'Deployment' ? 1 : 0)
  // A run that is over wants no pod any more.
  const job = seen.kind === 'Job' ? subject.workload : run
  const isDue =
    job !== undefined &&
    !job.data.status.conditions.some(({ type, status: value }) => /^(Complete|Failed)$/.test(type) && value === 'True')
  const alive = subject.pods.filter(
    (pod) => pod.object.metadata.deletionTimestamp === undefined && pod.data.status.phase !== 'Failed',
  ).length
  const refused = makers
    .flatMap((one) => eventsOf(snapshot, one))
    .filter(({ reason, at }) => reason === 'FailedCreate' && (age(snapshot, at) ?? 0) < 60 * minute)
    .at(-1)
  if (
    failure !== undefined ||
    (refused !== undefined && listed(snapshot, 'Pod', seen.namespace) && alive < Math.max(desired, isDue ? 1 : 0))
  ) {
    const evidence = [
      ...cite(refused, refused?.message ?? ''),
      ...(failure === undefined ? [] : cite(failure.one, failure.condition.message ?? 'ReplicaFailure')),
    ]
    list.push(
      make(
        'create',
        '',
        `pods of ${label(subject)} cannot be created`,
        evidence,
        failure?.condition.lastTransitionTime ?? refused?.first,
      ),
    )
  } else if (
    desired > 0 &&
    alive === 0 &&
    listed(snapshot, 'Pod', seen.namespace) &&
    /^(Deployment|StatefulSet|DaemonSet)$/.test(seen.kind)
  )
    list.push(
      make(
        'no-pods',
        '',
        `${label(subject)} wants ${desired} pods and has none`,
        cite(seen, /replicas: |desiredNumberScheduled: /),
      ),
    )
  const sidecar = subject.pods.find((pod) => {
    const states = pod.data.status.containerStatuses.map(({ state }) => state)
    return (
      states.some(({ terminated }) => terminated?.exitCode === 0) && states.some(({ running }) => running !== undefined)
    )
  })
  if ((seen.kind === 'Job' || seen.kind === 'CronJob') && sidecar !== undefined)
    list.push({
      ...make('job', 'sidecar', `pod ${sidecar.name} has done its work and does not end`, cite(sidecar, 'exitCode: 0')),
      pods: [sidecar],
    })
  const failed = status?.conditions.find(({ type, status: value }) => type === 'Failed' && value === 'True')
  if (seen.kind === 'Job' && failed !== undefined) list.push(fromCondition('job', seen, failed))
  return list
}
