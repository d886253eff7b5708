import { cite } from '../snapshot/cite.ts'
import { jobs, nodes } from '../snapshot/kinds.ts'
import type { Pod } from '../snapshot/shapes.ts'
import { age, all, eventsOf, present, refOf, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { runsOf, type Subject } from '../snapshot/subject.ts'
import { containerSymptoms } from './containers.ts'
import type { Symptom } from './symptom.ts'

const minute = 60_000
/** Reasons with which a kubelet turns a pod away after it was scheduled. */
const turnedAway =
  /^(OutOf\w+|NodeAffinity|NodePorts|UnexpectedAdmissionError|PodOSNotSupported|SysctlForbidden|AppArmor|Taint\w*)$/
const creation =
  /^(FailedMount|FailedAttachVolume|FailedMapVolume|FailedCreatePodSandBox|FailedCreatePodContainer|NetworkNotReady|FailedPodSandBoxStatus)$/

/** What is wrong with the pods below a subject; one trouble on many pods is one symptom. */
export function podSymptoms(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const merged = new Map<string, Symptom>()
  for (const pod of current(snapshot, subject)) {
    for (const symptom of [...wholePod(snapshot, pod), ...(replaced(pod) ? [] : containerSymptoms(snapshot, pod))]) {
      const known = merged.get(symptom.key)
      if (known === undefined) merged.set(symptom.key, symptom)
      else merged.set(symptom.key, tellingly(symptom, known))
    }
  }
  return [...merged.values()]
}

/** A pod that failed as a whole never runs again: its controller has made another, and the record of it says nothing of now. */
const replaced = (pod: Seen<Pod>): boolean =>
  pod.data.status.phase === 'Failed' &&
  pod.object.metadata.ownerReferences?.some(({ kind }) => /^(ReplicaSet|StatefulSet|DaemonSet)$/.test(kind)) === true

/** Of a CronJob only the latest run counts; the pods of a Job that succeeded are its history. */
function current(snapshot: Snapshot, subject: Subject): readonly Seen<Pod>[] {
  const runs = all(snapshot, jobs, subject.namespace)
  const jobOf = (pod: Seen<Pod>) => pod.object.metadata.ownerReferences?.find(({ kind }) => kind === 'Job')?.name
  const succeeded = new Set(runs.filter(({ data }) => (data.status.succeeded ?? 0) > 0).map(({ name }) => name))
  const open = subject.pods.filter((pod) => !succeeded.has(jobOf(pod) ?? ''))
  if (subject.kind !== 'CronJob') return open
  const latest = runsOf(snapshot, subject)[0]
  return latest === undefined ? open : open.filter((pod) => jobOf(pod) === latest.name)
}

/** The pod that was read in full and restarted most tells most. */
function tellingly(a: Symptom, b: Symptom): Symptom {
  const weight = (one: Symptom) =>
    (one.evidence.length > 0 ? 1000 : 0) +
    (one.container?.last === undefined ? 0 : 100) +
    Math.min(one.container?.status.restartCount ?? 0, 99)
  const [best, other] = weight(a) > weight(b) ? [a, b] : [b, a]
  return { ...best, pods: [...best.pods, ...other.pods] }
}

function wholePod(snapshot: Snapshot, pod: Seen<Pod>): readonly Symptom[] {
  const { metadata } = pod.object
  const { status, spec } = pod.data
  const one = (kind: Symptom['kind'], key: string, text: string, evidence: Symptom['evidence'], since?: string) => [
    { key: `${kind} ${key}`.trim(), kind, text, evidence, pods: [pod], ...(since === undefined ? {} : { since }) },
  ]
  const onNode = spec.nodeName === undefined ? undefined : present(snapshot, nodes, '', spec.nodeName)
  const ready = onNode?.data.status.conditions.find((condition) => condition.type === 'Ready')
  if (onNode !== undefined && ready !== undefined && ready.status !== 'True' && status.phase !== 'Succeeded')
    return one(
      'node',
      onNode.name,
      `pod ${pod.name} is on node ${onNode.name}, which is not ready`,
      cite(pod, `nodeName: ${onNode.name}`),
    )
  if (metadata.deletionTimestamp !== undefined) {
    const late = age(snapshot, metadata.deletionTimestamp) ?? 0
    if (late < 5 * minute) return []
    return one(
      'terminating',
      '',
      `pod ${pod.name} should have gone ${Math.round(late / minute)} minutes ago`,
      cite(pod, 'deletionTimestamp:'),
    )
  }
  if (status.phase === 'Failed' && status.reason === 'Evicted') {
    // Evicted pods stay as records; an old one says nothing about now.
    const recent = (age(snapshot, status.startTime ?? metadata.creationTimestamp) ?? 0) < 24 * 60 * minute
    return recent
      ? one('evicted', '', `pod ${pod.name} was evicted`, [...cite(pod, status.message ?? 'reason: Evicted')])
      : []
  }
  if (status.phase === 'Failed' && turnedAway.test(status.reason ?? ''))
    return one(
      'rejected',
      status.reason ?? '',
      `pod ${pod.name} was turned away by its node: ${status.reason}`,
      cite(pod, `reason: ${status.reason}`),
    )
  if (status.phase !== 'Pending') return []
  const scheduled = status.conditions.find((condition) => condition.type === 'PodScheduled')
  if (scheduled?.status === 'False' || (spec.nodeName === undefined && scheduled === undefined)) {
    const message = scheduled?.message ?? lastSchedulerWord(snapshot, pod)
    // The scheduler needs a moment; without a word from it a young pod is just young.
    if (message === undefined && (age(snapshot, metadata.creationTimestamp) ?? 0) < minute) return []
    const said = eventsOf(snapshot, refOf(pod)).findLast((event) => event.reason === 'FailedScheduling')
    const evidence = [...(message === undefined ? [] : cite(pod, message)), ...cite(said, message ?? '')]
    return one('unschedulable', '', `pod ${pod.name} finds no node`, evidence, scheduled?.lastTransitionTime)
  }
  const waiting = [...status.containerStatuses, ...status.initContainerStatuses].some((container) =>
    /^(ContainerCreating|PodInitializing)$/.test(container.state.waiting?.reason ?? ''),
  )
  const failed = eventsOf(snapshot, refOf(pod)).filter((event) => creation.test(event.reason))
  if (failed.length > 0 && (waiting || status.containerStatuses.length === 0)) {
    const last = failed.at(-1)
    return one(
      'creating',
      '',
      `pod ${pod.name} cannot be set up: ${last?.reason ?? ''}`,
      cite(last, last?.message ?? ''),
      failed[0]?.first,
    )
  }
  const old = (age(snapshot, metadata.creationTimestamp) ?? 0) > 5 * minute
  const creating = status.containerStatuses.some((container) => container.state.waiting?.reason === 'ContainerCreating')
  return creating && old
    ? one('creating', '', `pod ${pod.name} is still being created`, cite(pod, 'reason: ContainerCreating'))
    : []
}

const lastSchedulerWord = (snapshot: Snapshot, pod: Seen<Pod>): string | undefined =>
  eventsOf(snapshot, refOf(pod)).findLast((event) => event.reason === 'FailedScheduling')?.message
