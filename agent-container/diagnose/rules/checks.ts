import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { changesOf } from '../../../shared/cluster/changes/managed-fields.ts'
import { cite, few } from '../snapshot/cite.ts'
import { nodes } from '../snapshot/kinds.ts'
import { producerKinds } from '../snapshot/producers.ts'
import { isReady } from '../snapshot/services.ts'
import { all, eventsOf, label, refOf, type Snapshot, seek, whether } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Hypothesis } from './hypothesis.ts'
import { sizesByWebhook } from './mutated.ts'

/** A look that could have shown a hypothesis wrong, and what came of it. */
export type Checked = {
  readonly result: 'passed' | 'doubted' | 'refuted' | 'not-possible'
  readonly text: string
  readonly evidence: readonly Citation[]
}
type Check = (snapshot: Snapshot, subject: Subject, one: Hypothesis) => Checked | undefined

/** Every check that applies to a hypothesis, made. One that could not be made says so, and proves nothing. */
export const checksOf = (snapshot: Snapshot, subject: Subject, one: Hypothesis): readonly Checked[] =>
  checks.flatMap((check) => check(snapshot, subject, one) ?? [])

/** A pull that worked so shortly before or after the one that failed went the same way. */
const SAME_WAY_MS = 10 * 60_000

/** Another image of the same registry came through on the same nodes: then the registry is reached. */
const registryReached: Check = (snapshot, _, one) => {
  if (one.class !== 'RegistryUnreachable') return undefined
  const failed = snapshot.events.filter(
    ({ reason, message }) => reason === 'Failed' && /^Failed to pull image/.test(message),
  )
  const last = failed.at(-1)
  const registry = registryOf(/image "([^"]+)"/.exec(last?.message ?? '')?.[1] ?? '')
  if (last === undefined || registry === undefined)
    return { result: 'not-possible', text: 'No event names the image whose pull failed.', evidence: [] }
  // A limit on the pace of pulls lets some through, and refuses the others all the same.
  if (/too ?many ?requests|429|rate limit|toomanyrequests/i.test(last.message)) return undefined
  const pulled = snapshot.events.filter(
    ({ reason, message, at }) =>
      reason === 'Pulled' &&
      /Successfully pulled/.test(message) &&
      registryOf(/image "([^"]+)"/.exec(message)?.[1] ?? '') === registry &&
      Math.abs(Date.parse(at) - Date.parse(last.at)) < SAME_WAY_MS,
  )
  const sibling = pulled.at(-1)
  if (sibling === undefined)
    return {
      result: 'not-possible',
      text: `No other pull from ${registry} was seen in the ten minutes around it, well or ill.`,
      evidence: [],
    }
  return {
    result: 'refuted',
    text: `Another image of ${registry} was pulled at ${sibling.at}: the registry answers.`,
    evidence: cite(sibling, sibling.message),
  }
}
/** As the runtime reads a reference: what stands before the first slash, when it can be a host. */
function registryOf(image: string): string | undefined {
  if (image === '') return undefined
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}

/** What is said to be missing is looked for by its name. */
const isMissing: Check = (snapshot, _, one) => {
  const { kind, namespace, name } = one.culprit
  if (!/^(Missing(?:ConfigMap|Secret|ServiceAccount|PriorityClass|RuntimeClass)|ServiceMissing)$/.test(one.class))
    return undefined
  if (!one.class.endsWith(kind) && one.class !== 'ServiceMissing') return undefined
  const known = whether(snapshot, kind, namespace, name)
  if (known.is === 'unknown')
    return { result: 'not-possible', text: `${label(one.culprit)} could not be looked up.`, evidence: [] }
  if (known.is === 'there') return { result: 'refuted', text: `${label(one.culprit)} is there now.`, evidence: [] }
  return {
    result: 'passed',
    text: `${label(one.culprit)} was looked for, and is not there.`,
    evidence: known.source === undefined ? [] : cite(known.source, known.source.text),
  }
}

/** The kubelet says when it ends a container for its probe: then the program did not end by itself. */
const endedByKubelet: Check = (snapshot, subject, one) => {
  if (one.class !== 'ProcessEnds') return undefined
  const pods = subject.pods.slice(0, 20)
  const killed = pods
    .flatMap((pod) => eventsOf(snapshot, refOf(pod)))
    .findLast(({ reason, message }) => reason === 'Killing' && /probe/i.test(message))
  if (killed !== undefined)
    return {
      result: 'refuted',
      text: `The kubelet ended it for a failed probe (${killed.at}).`,
      evidence: cite(killed, killed.message),
    }
  const hasEvents = pods.some((pod) => eventsOf(snapshot, refOf(pod)).length > 0)
  return hasEvents
    ? { result: 'passed', text: 'No event says that the kubelet ended it for a probe.', evidence: [] }
    : { result: 'not-possible', text: 'No event of its pods is left that could name a probe.', evidence: [] }
}

/** What stands in the template is the same for all pods of a revision. */
const ofTemplate =
  /^(BadCommand|ImageNotFound|ImagePullUnauthorized|InvalidImageName|MissingEnvironmentVariable|MissingConfigMap|MissingConfigKey|MissingSecret|MissingSecretKey|InvalidConfiguration|PortConflict)$/
/** Pods of the same revision that are well speak against a cause that all of them share. */
const siblings: Check = (_, subject, one) => {
  if (!ofTemplate.test(one.class) || label(one.culprit) !== label(subject)) return undefined
  const revisionOf = (labels: Readonly<Record<string, string>> = {}) =>
    labels['pod-template-hash'] ?? labels['controller-revision-hash']
  const ill = new Set(
    subject.pods.filter((pod) => !isReady(pod)).flatMap((pod) => revisionOf(pod.object.metadata.labels) ?? []),
  )
  const well = subject.pods.find(
    (pod) => isReady(pod) && ill.has(revisionOf(pod.object.metadata.labels) ?? '') && restarts(pod) === 0,
  )
  if (well === undefined) return undefined
  return {
    result: 'doubted',
    text: `Pod ${well.name} of the same revision is ready: the template alone does not explain it.`,
    evidence: few(cite(well, /ready: true|type: Ready/), 1),
  }
}
const restarts = (pod: Subject['pods'][number]): number =>
  Math.max(0, ...pod.data.status.containerStatuses.map(({ restartCount }) => restartCount))

/** A node that is kept out by what Kubernetes or its cloud says of it would be one more to place pods on. */
const nodesOutOfService: Check = (snapshot, subject, one) => {
  if (!/^(AntiAffinityConflict|InsufficientCapacity|NodeSelectorMismatch|RequestTooLarge)$/.test(one.class))
    return undefined
  const said = subject.pods
    .flatMap((pod) => pod.data.status.conditions.map(({ message }) => message ?? ''))
    .concat(subject.pods.flatMap((pod) => eventsOf(snapshot, refOf(pod)).map(({ message }) => message)))
    .find((message) => outOfService.test(message))
  const key = outOfService.exec(said ?? '')?.[1]
  const node =
    key === undefined
      ? undefined
      : all(snapshot, nodes).find(({ data }) => data.spec.taints.some((taint) => taint.key === key))
  if (node === undefined) return undefined
  return {
    result: 'doubted',
    text: `${label(node)} is kept out by the taint ${key}: without it there would be one more to choose.`,
    evidence: few(cite(node, key ?? ''), 1),
  }
}
const outOfService = /untolerated taint\(?s?\)? \{(node\.(?:cloudprovider\.)?kubernetes\.io\/(?!unschedulable)[\w-]+)/

/** That sizes differ from the template says that somebody wrote them; that it was the autoscaler, only its webhook says. */
const writtenThrough: Check = (snapshot, _, one) => {
  if (one.class !== 'MutatedByWebhook' || one.culprit.kind !== 'VerticalPodAutoscaler' || sizesByWebhook(snapshot))
    return undefined
  return {
    result: 'doubted',
    text: `No webhook was seen by which ${label(one.culprit)} would write into pods.`,
    evidence: [],
  }
}

/** Whoever writes Secrets may be what failed; where those may not be read, nobody knows. */
const mayBeWritten: Check = (snapshot, _, one) => {
  if (!/^MissingSecret(Key)?$/.test(one.class) || one.culprit.kind !== 'Secret') return undefined
  const unread = snapshot.gaps.find(({ kind }) => producerKinds.some((each) => each.kind === kind))
  return unread === undefined
    ? undefined
    : { result: 'doubted', text: `Whether a ${unread.kind} writes it could not be read.`, evidence: [] }
}

/** Ready for so long with the same address: then that is not what was wrong all the time. */
const LONG_MS = 60 * 60_000
/** A pod that was ready until lately called the same address then. */
const workedSo: Check = (snapshot, subject, one) => {
  if (one.class !== 'WrongServiceAddress') return undefined
  const written = changesOf(seek(snapshot, one.culprit)?.raw ?? noObject).map(({ at }) => Date.parse(at))
  for (const pod of subject.pods.slice(0, 10)) {
    const ready = pod.data.status.conditions.find(({ type }) => type === 'Ready')
    const [start, end] = [pod.data.status.startTime, ready?.lastTransitionTime].map((at) => Date.parse(at ?? ''))
    if (ready?.status !== 'False' || start === undefined || end === undefined || !(end - start > LONG_MS)) continue
    // What it calls may stand in an object that was changed since.
    if (written.some((at) => at > start)) continue
    return {
      result: 'doubted',
      text: `Pod ${pod.name}, made at ${pod.data.status.startTime}, was ready until ${ready.lastTransitionTime}, and called the same address.`,
      evidence: few(cite(pod, /startTime: /), 1),
    }
  }
  return undefined
}
const noObject = { apiVersion: '', kind: '', metadata: { name: '' } }

const checks: readonly Check[] = [
  mayBeWritten,
  workedSo,
  registryReached,
  isMissing,
  endedByKubelet,
  siblings,
  nodesOutOfService,
  writtenThrough,
]
