import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { failureIn } from '../../../shared/cluster/messages/failure-messages.ts'
import { isTelling } from '../../../shared/cluster/messages/telling-line.ts'
import { cite } from '../snapshot/cite.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { dependenciesOf, reach } from '../snapshot/dependencies.ts'
import { anyConditioned } from '../snapshot/kinds.ts'
import { isReady } from '../snapshot/services.ts'
import type { Pod } from '../snapshot/shapes.ts'
import { eventsOf, label, refOf, type Seen, type Snapshot, seek } from '../snapshot/snapshot.ts'
import { runsOf, type Subject } from '../snapshot/subject.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'

/** A sentence in which a component or a program says what is the matter. */
export type TellingText = {
  readonly text: string
  readonly kind: 'event' | 'condition' | 'state' | 'log'
  /** Who shows it, and which container of it. */
  readonly at: Culprit
  readonly container: string
  /** The workload it belongs to; 0 is the one that the incident is about. */
  readonly subject: Subject
  readonly depth: number
  readonly evidence: readonly Citation[]
  /** In the words of a detector: it says that something is wrong, and not what. */
  readonly detected?: boolean
}

/** What says only that something is the matter, or that all goes its way. */
const empty =
  /^(Back-?off (?:\S+ )?restarting failed container|Back-off pulling image|Error: ImagePullBackOff|containers with (?:unready|incomplete) status|Pod (is )?(not )?ready|Deployment does not have minimum|ReplicaSet "\S+" has timed out|MinimumReplicasUnavailable)/i
const dull =
  /^(Pulled|Pulling|Created|Started|Scheduled|Killing|SuccessfulCreate|SuccessfulDelete|ScalingReplicaSet|SuccessfulAttachVolume|Provisioning|ExternalProvisioning|WaitForFirstConsumer|SawCompletedJob|Completed|LeaderElection|BackOff|SuccessfulRescale|NodeReady|RegisteredNode|Starting|NodeAllocatableEnforced)$/

const SUBJECTS = 8
const PODS = 4
const CHILDREN = 4
const EACH = 6
const LOG_LINES = 80
const LAST = 2
const BEHIND = 2
const kept = new WeakMap<Snapshot, Map<string, readonly TellingText[]>>()

/** Everything said about a subject and what it leans on, nearest first. */
export function tellingTexts(snapshot: Snapshot, subject: Subject): readonly TellingText[] {
  const known = kept.get(snapshot) ?? new Map<string, readonly TellingText[]>()
  kept.set(snapshot, known)
  const before = known.get(label(subject))
  if (before !== undefined) return before
  const all = reach(snapshot, subject)
    .filter((one, index) => index === 0 || symptomsOf(snapshot, one).length > 0)
    .slice(0, SUBJECTS)
    .flatMap((one, index) => saidOf(snapshot, one, Math.min(index, 1)))
  // What a detector saw, where nobody else says more.
  const seen = symptomsOf(snapshot, subject)
    .filter(({ kind, detected }) => kind === 'condition' || detected === true)
    .map(
      ({ text, evidence, detected }): TellingText => ({
        text,
        detected: detected === true,
        kind: 'condition',
        at: { kind: subject.kind, namespace: subject.namespace, name: subject.name },
        container: '',
        subject,
        depth: 0,
        evidence,
      }),
    )
  const distinct = firstOf([...all, ...seen], ({ at, text }) => `${at.kind} ${withoutNumbers(text)}`)
  known.set(label(subject), distinct)
  return distinct
}

function saidOf(snapshot: Snapshot, subject: Subject, depth: number): readonly TellingText[] {
  const ill = illPods(snapshot, subject).slice(0, PODS)
  const nodes = [...new Set(ill.flatMap(({ data }) => data.spec.nodeName ?? []))].slice(0, 2)
  const claims = [
    ...new Set(
      ill.flatMap(({ data }) => data.spec.volumes.flatMap((one) => one.persistentVolumeClaim?.claimName ?? [])),
    ),
  ].slice(0, 3)
  const about: readonly Culprit[] = [
    subject,
    ...subject.revisions.slice(0, 2).map(refOf),
    ...runsOf(snapshot, subject).slice(0, 2).map(refOf),
    ...ill.map(refOf),
    ...claims.map((name) => ({ kind: 'PersistentVolumeClaim', namespace: subject.namespace, name })),
    ...nodes.map((name) => ({ kind: 'Node', namespace: '', name })),
    ...childrenOf(snapshot, subject).map(refOf),
    ...dependenciesOf(snapshot, subject).flatMap(({ service }) => (service === undefined ? [] : refOf(service))),
  ]
  const make = (
    kind: TellingText['kind'],
    at: Culprit,
    text: string | undefined,
    evidence: readonly Citation[],
    container = '',
  ): readonly TellingText[] =>
    text === undefined || text.trim().length < 8 || empty.test(text)
      ? []
      : [
          {
            text: text.slice(0, 1500),
            kind,
            at: { kind: at.kind, namespace: at.namespace, name: at.name },
            container,
            subject,
            depth,
            evidence,
          },
        ]
  return about.flatMap((ref) => {
    const seen = seek(snapshot, ref)
    const events = eventsOf(snapshot, ref)
      .filter(({ reason, type, message }) => !dull.test(reason) && (type === 'Warning' || isTelling(message)))
      .slice(-EACH)
      .flatMap((event) =>
        make('event', ref, event.message, cite(event, event.message), /\{(.+)\}/.exec(event.fieldPath)?.[1] ?? ''),
      )
    return [
      ...events.toReversed(),
      ...(seen === undefined
        ? []
        : conditionsOf(seen).flatMap((text) => make('condition', ref, text, cite(seen, text)))),
      ...(ref.kind === 'Pod'
        ? ill
            .filter(({ name }) => name === ref.name)
            .flatMap((pod) => [
              ...statesOf(pod).flatMap(([container, text]) =>
                make('state', ref, text, cite(pod, text.split('\n').at(-1) ?? text), container),
              ),
              ...make('state', ref, pod.data.status.message, cite(pod, pod.data.status.message ?? '')),
              ...logsOf(snapshot, pod).flatMap(({ log, line, text }) =>
                make('log', ref, text, cite(log, line), log.container),
              ),
            ])
        : []),
    ]
  })
}

/** What was made for it beside its pods (an autoscaler, a certificate): controllers speak there. */
const childrenOf = (snapshot: Snapshot, { kind, name, namespace }: Subject): readonly Seen[] =>
  snapshot.objects
    .filter(
      (seen) =>
        seen.namespace === namespace &&
        !/^(Pod|ReplicaSet|ControllerRevision|Job|EndpointSlice)$/.test(seen.kind) &&
        seen.object.metadata.ownerReferences?.some((one) => one.kind === kind && one.name === name),
    )
    .slice(0, CHILDREN)

/** The pods that show the trouble; when none does, those that it is asked about. */
export function illPods(snapshot: Snapshot, subject: Subject): readonly Seen<Pod>[] {
  const shown = symptomsOf(snapshot, subject).flatMap(({ pods }) => pods)
  const unready = subject.pods.filter((pod) => !isReady(pod) && pod.data.status.phase !== 'Succeeded')
  const ill = [...new Map([...shown, ...unready].map((pod) => [pod.name, pod])).values()]
  return ill.length > 0 ? ill : subject.pods
}

function conditionsOf(seen: Seen): readonly string[] {
  const own = anyConditioned.of(seen)?.data.status.conditions ?? []
  return [
    ...badConditions(seen),
    ...own.filter(
      ({ type, status }) =>
        (status === 'False' && !/Pressure$/.test(type)) ||
        (status === 'True' && /Failure|Failed|Pressure|Unavailable|Problem/.test(type)),
    ),
  ].flatMap(({ message, reason }) => (message === undefined || message === '' ? (reason ?? []) : message))
}

const statesOf = (pod: Seen<Pod>): readonly (readonly [string, string])[] =>
  [...pod.data.status.initContainerStatuses, ...pod.data.status.containerStatuses].flatMap(
    ({ name, state, lastState }) =>
      [state.waiting?.message, state.terminated?.message, lastState.terminated?.message].flatMap(
        (text): readonly (readonly [string, string])[] => (text === undefined || text === '' ? [] : [[name, text]]),
      ),
  )

/** The last telling lines of each of its logs, the last first. */
function logsOf(snapshot: Snapshot, pod: Seen<Pod>) {
  return snapshot.logs
    .filter((log) => log.pod === pod.name && log.namespace === pod.namespace)
    .flatMap((log) => {
      const lines = log.lines.slice(-LOG_LINES).filter((line) => isTelling(line) || failureIn(line) !== undefined)
      // Who waits says for what, and calls it no error.
      const said = lines.length > 0 ? lines : log.lines.slice(-LAST)
      const distinct = firstOf(said.toReversed(), withoutNumbers).slice(0, EACH)
      // Programs explain themselves in the lines behind the one that says what failed.
      return distinct.map((line) => {
        const at = log.lines.lastIndexOf(line)
        const behind = log.lines.slice(at + 1, at + 1 + BEHIND).filter((one) => !lines.includes(one))
        return { log, line, text: [line, ...behind].join(' ') }
      })
    })
}
/** Of those with the same key the first, where it stands. */
function firstOf<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const first = new Map<string, T>()
  for (const one of all) if (!first.has(keyOf(one))) first.set(keyOf(one), one)
  return [...first.values()]
}
const withoutNumbers = (text: string): string => text.replace(/\d+/g, '#').slice(0, 200)
