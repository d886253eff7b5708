import { cite } from '../snapshot/cite.ts'
import type { ContainerStatus, Pod, Terminated } from '../snapshot/shapes.ts'
import type { Seen, Snapshot } from '../snapshot/snapshot.ts'
import { age, eventsOf, refOf } from '../snapshot/snapshot.ts'
import type { Symptom, SymptomKind } from './symptom.ts'

const minute = 60_000
const image =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/
const config = /^(CreateContainerConfigError|CreateContainerError|CreateContainerFailed)$/
const start = /^(RunContainerError|PostStartHookError|StartError|ContainerCannotRun)$/
const startExits = new Set([126, 127, 128])

/** What is wrong with the containers of one pod, as the pod's status says it. */
export function containerSymptoms(snapshot: Snapshot, pod: Seen<Pod>): readonly Symptom[] {
  const { status, spec } = pod.data
  if (status.phase === 'Succeeded' || pod.object.metadata.deletionTimestamp !== undefined) return []
  const of = (one: ContainerStatus, init: boolean): readonly Symptom[] => {
    const kind = troubleOf(snapshot, pod, one, init)
    if (kind === undefined) return []
    const last = lastRun(one)
    const container = (init ? spec.initContainers : spec.containers).find(({ name }) => name === one.name)
    return [
      {
        key: `${kind} ${init ? 'init ' : ''}${one.name}`,
        kind,
        text: sentence(kind, one, last),
        evidence: evidenceOf(pod, one, last),
        pods: [pod],
        container: { name: one.name, init, spec: container, status: one, last },
        ...(last?.finishedAt === undefined ? {} : { since: last.finishedAt }),
      },
    ]
  }
  const init = status.initContainerStatuses.flatMap((one) => of(one, true))
  return init.length > 0 ? init : status.containerStatuses.flatMap((one) => of(one, false))
}

export const lastRun = (one: ContainerStatus): Terminated | undefined =>
  one.state.terminated ?? one.lastState.terminated

function troubleOf(snapshot: Snapshot, pod: Seen<Pod>, one: ContainerStatus, init: boolean): SymptomKind | undefined {
  const { waiting, running, terminated } = one.state
  const last = lastRun(one)
  const reason = waiting?.reason ?? ''
  if (image.test(reason)) return 'image'
  if (config.test(reason)) return 'config'
  if (start.test(reason)) return 'start'
  if (reason === 'CrashLoopBackOff') return ended(last)
  if (terminated !== undefined) {
    if (terminated.exitCode === 0) return undefined
    return ended(terminated)
  }
  if (running === undefined) return undefined
  if (last !== undefined && last.exitCode !== 0 && !outlived(snapshot, one, last)) return ended(last)
  if (last !== undefined && one.restartCount >= 2 && killedByProbe(snapshot, pod)) return ended(last)
  if (init) {
    // A sidecar is an init container that stays: it is told by its restart policy.
    const sidecar = pod.data.spec.initContainers.find(({ name }) => name === one.name)?.restartPolicy === 'Always'
    return !sidecar && (age(snapshot, running.startedAt) ?? 0) > 2 * minute ? 'init-waits' : undefined
  }
  if (one.ready) return undefined
  const probed = eventsOf(snapshot, refOf(pod)).some((event) => event.reason === 'Unhealthy')
  if (starting(snapshot, pod, one)) return undefined
  // A slow start is no fault yet: half a minute is what most readiness settings give.
  return probed || (age(snapshot, running.startedAt) ?? 0) > minute / 2 ? 'not-ready' : undefined
}

/** The program obeys the signal and leaves in good order: only the kubelet says that it was ended. */
const killedByProbe = (snapshot: Snapshot, pod: Seen<Pod>): boolean =>
  eventsOf(snapshot, refOf(pod)).some(
    ({ reason, message, at }) =>
      reason === 'Killing' &&
      /failed (?:liveness|startup) probe/i.test(message) &&
      (age(snapshot, at) ?? 0) < 30 * minute,
  )

/** A first start that its own probes still allow: they fail until the program listens, and mean nothing yet. */
function starting(snapshot: Snapshot, pod: Seen<Pod>, one: ContainerStatus): boolean {
  if (one.restartCount > 0) return false
  const spec = pod.data.spec.containers.find(({ name }) => name === one.name)
  const allowed = [spec?.readinessProbe, spec?.startupProbe].flatMap((probe) =>
    probe === undefined
      ? []
      : [(probe.initialDelaySeconds ?? 0) + (probe.failureThreshold ?? 3) * (probe.periodSeconds ?? 10)],
  )
  return (age(snapshot, one.state.running?.startedAt) ?? Number.POSITIVE_INFINITY) < Math.max(0, ...allowed) * 1000
}

function ended(last: Terminated | undefined): SymptomKind {
  if (last === undefined) return 'crash'
  if (last.reason === 'OOMKilled') return 'oom'
  if (start.test(last.reason ?? '') || startExits.has(last.exitCode)) return 'start'
  return last.exitCode === 0 ? 'ends' : 'crash'
}

/**
 * Whether the present run has shown itself to be sound: it has lasted twice as long as the one that failed, or the
 * failure is single and old. A leak that kills every forty minutes is not over after ten good ones.
 */
function outlived(snapshot: Snapshot, one: ContainerStatus, last: Terminated): boolean {
  const running = age(snapshot, one.state.running?.startedAt) ?? 0
  const since = age(snapshot, last.finishedAt) ?? 0
  const lasted = Date.parse(last.finishedAt ?? '') - Date.parse(last.startedAt ?? '')
  if (since > 6 * 60 * minute) return true
  if (one.ready && running > Math.max(2 * (Number.isNaN(lasted) ? 0 : lasted), minute)) return true
  return one.ready && one.restartCount < 3 && since > 15 * minute
}

function sentence(kind: SymptomKind, one: ContainerStatus, last: Terminated | undefined): string {
  const waiting = one.state.waiting?.reason
  if (kind === 'not-ready') return `container ${one.name} runs but is not ready`
  if (kind === 'init-waits')
    return `init container ${one.name} has not ended since ${one.state.running?.startedAt ?? ''}`
  if (last === undefined || kind === 'image' || kind === 'config')
    return `container ${one.name} waits: ${waiting ?? 'not started'}`
  const how = last.reason === 'OOMKilled' ? 'was OOM-killed' : `ended with exit code ${last.exitCode}`
  const again = one.restartCount > 0 ? `, ${one.restartCount} restarts` : ''
  return `container ${one.name} ${how}${again}${waiting === undefined ? '' : `, now ${waiting}`}`
}

function evidenceOf(pod: Seen<Pod>, one: ContainerStatus, last: Terminated | undefined): Symptom['evidence'] {
  const waiting = one.state.waiting
  return [
    ...(waiting?.message === undefined ? [] : cite(pod, waiting.message)),
    ...(waiting?.reason === undefined ? [] : cite(pod, `reason: ${waiting.reason}`)),
    ...(last === undefined || (waiting?.message !== undefined && last.reason === undefined)
      ? []
      : cite(pod, `exitCode: ${last.exitCode}`)),
    ...(last?.reason === undefined ? [] : cite(pod, `reason: ${last.reason}`)),
    ...(one.restartCount > 0 ? cite(pod, `restartCount: ${one.restartCount}`) : []),
    ...(waiting === undefined && last === undefined ? cite(pod, 'ready: false') : []),
  ].slice(0, 5)
}
