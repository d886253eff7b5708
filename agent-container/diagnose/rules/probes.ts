import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { listeningPorts } from '../snapshot/listening.ts'
import { portIn } from '../snapshot/services.ts'
import type { Probe } from '../snapshot/shapes.ts'
import { eventsOf, label, refOf, type SeenEvent, type SeenLog } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, rolledOut, undo } from './remedies.ts'

type Kind = 'readiness' | 'liveness' | 'startup'
/** Containers that are not ready, or are killed again and again, because of what a probe asks. */
export const probes: Analyzer = (scene) =>
  of(scene.symptoms, 'not-ready', 'crash', 'ends').flatMap((symptom) =>
    (['liveness', 'startup', 'readiness'] as const).flatMap((kind) => explain(scene, symptom, kind)),
  )

function explain(scene: Scene, symptom: Symptom, kind: Kind): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  const pod = symptom.pods[0]
  const spec = container?.spec
  if (container === undefined || pod === undefined || spec === undefined) return []
  const probe = kind === 'liveness' ? spec.livenessProbe : kind === 'startup' ? spec.startupProbe : spec.readinessProbe
  if (probe === undefined) return []
  // A readiness probe never ends a container; the other two end it by a signal, or by an orderly exit after one.
  if (
    (kind === 'readiness') !== (symptom.kind === 'not-ready') &&
    !(kind === 'startup' && symptom.kind === 'not-ready')
  )
    return []
  const exit = container.last?.exitCode
  const word = new RegExp(`^${kind}`, 'i')
  const events = symptom.pods
    .slice(0, 5)
    .flatMap((one) => eventsOf(snapshot, refOf(one)))
    .filter(
      (event) =>
        event.reason === 'Unhealthy' &&
        word.test(event.message) &&
        (event.fieldPath === '' || event.fieldPath.includes(`{${container.name}}`)),
    )
  const failed = events.at(-1)
  const killed = symptom.pods
    .slice(0, 5)
    .flatMap((one) => eventsOf(snapshot, refOf(one)))
    .findLast(
      ({ reason, message }) =>
        reason === 'Killing' && /failed (liveness|startup) probe|Killing container/i.test(message),
    )
  const logs = snapshot.logs.filter((log) => log.pod === pod.name && log.container === container.name)
  const listening = listeningPorts(snapshot, pod, container.name)
  const asked = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  const port = asked === undefined ? undefined : portIn(pod.data, asked, container.name)
  const answer = failed === undefined ? answered(logs, probe) : undefined
  // Events run out; what the program itself says of its port, or of the probe's path, stays.
  const elsewhere = listening.length > 0 && port !== undefined && !listening.some((one) => one.port === port)
  if (failed === undefined && answer === undefined && !(elsewhere && (kind === 'readiness' || signalled(exit))))
    return []
  const said = failed?.message ?? answer?.line ?? `it listens elsewhere: ${listening.at(-1)?.line ?? ''}`
  if (
    kind !== 'readiness' &&
    symptom.kind !== 'not-ready' &&
    exit !== undefined &&
    ![0, 137, 143, 2].includes(exit) &&
    killed === undefined
  )
    return []

  const served = new Set([...spec.ports.map(({ containerPort }) => containerPort), ...listening.map((one) => one.port)])
  const refused = failed === undefined ? elsewhere : /connection refused|connect: refused/i.test(said)
  const absent = probe.exec !== undefined && notInImage.test(said)
  const status = answer?.status ?? /statuscode: (\d+)/i.exec(said)?.[1]
  const unnamed = asked !== undefined && port === undefined
  const wrongPort =
    unnamed ||
    (refused && port !== undefined && served.size > 0 && !served.has(port)) ||
    (refused && listening.length > 0 && !listening.some((one) => one.port === port))
  const wrongPath =
    status === '404' || status === '405' || status === '400' || status === '401' || status === '403' || status === '301'
  const late = /deadline exceeded|timeout|timed out/i.test(said)
  const changes = lastChanges(subject).filter(({ aspect, what }) => aspect === 'probe' && what.includes(container.name))
  const slow =
    kind === 'startup' ||
    (kind === 'liveness' &&
      !wrongPort &&
      !wrongPath &&
      subject.spec !== undefined &&
      startsSlowly(listening, logs.length))
  const wrong = wrongPort || wrongPath || absent
  const misconfigured = wrong || changes.length > 0
  const fault: FaultClass =
    kind === 'readiness'
      ? misconfigured
        ? 'ReadinessProbeMisconfigured'
        : 'ProbeFailing'
      : kind === 'startup'
        ? wrong
          ? 'LivenessProbeMisconfigured'
          : 'StartupProbeTooShort'
        : misconfigured || slow || late
          ? 'LivenessProbeMisconfigured'
          : 'ProbeFailing'
  const what = describe(probe)
  const because = absent
    ? 'its command is not in the image'
    : unnamed
      ? `port ${asked} is no port name of the container`
      : wrongPort
        ? `the program serves ${[...served].join(', ')}, not ${port}`
        : wrongPath
          ? `the program answers ${status} there`
          : late
            ? `no answer comes within ${probe.timeoutSeconds ?? 1} s`
            : probe.exec === undefined
              ? 'the program does not answer as it should'
              : 'its command does not end well'
  const evidence = few(
    [
      ...cite(failed, said),
      ...(answer === undefined ? [] : cite(answer.log, answer.line)),
      ...cite(killed, killed?.message ?? ''),
      ...citeProbe(scene, probe),
      ...(wrongPort
        ? spec.ports.flatMap(({ containerPort }) => cite(subject.seen ?? pod, `containerPort: ${containerPort}`))
        : []),
      ...listening.slice(-1).flatMap(({ log, line }) => cite(log, line)),
      ...symptom.evidence,
      ...changes.flatMap((one) => one.evidence),
    ],
    10,
  )
  return [
    {
      class: fault,
      culprit: culpritOf(subject),
      summary: `The ${kind} probe of container ${container.name} in ${label(subject)} (${what}) fails: ${because}.`,
      mechanism:
        `${kind === 'readiness' ? 'The container runs, but is never ready, and gets no traffic' : 'The kubelet ends a container that works, again and again'}: ${said}`.slice(
          0,
          590,
        ),
      evidence,
      // What the kubelet killed for its probe died of it, whoever of the two is to blame.
      confidence:
        (wrong && failed !== undefined) || (killed !== undefined && kind !== 'readiness' && (slow || late))
          ? 'high'
          : wrong || misconfigured || killed !== undefined || countOf(events) >= 3
            ? 'medium'
            : 'low',
      reasons: [
        failed === undefined
          ? 'No event is left; the log of the program tells.'
          : `The kubelet quotes the failed probe, ${countOf(events)} times.`,
        ...(wrongPort && listening.length > 0 ? ['The program itself logs the port it listens on.'] : []),
        ...(wrongPort && listening.length === 0 ? ['The port that the probe asks is none of the declared ones.'] : []),
        ...changes.map((one) => `The last rollout changed the ${one.what}.`),
      ],
      falsification:
        kind === 'readiness'
          ? `A program that is broken would crash or log errors: ${container.status.restartCount} restarts${container.status.restartCount === 0 ? ', it runs' : ''}.`
          : `A crash would leave another exit code than ${exit ?? 'a signal'} and no failed probe before it; memory would be reported as OOMKilled.`,
      explains: [symptom.key],
      remedies: [
        ...(changes.length > 0 ? undo(subject, 'the probe changed') : []),
        change(subject.seen, subject, {
          title: wrong
            ? `Let the ${kind} probe ask for what the program serves`
            : `Give the ${kind} probe more time, or mend what makes the program slow`,
          command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
          verify: rolledOut(subject),
        }),
      ],
      prevention: 'Test probes against the image before a rollout.',
      // That it fails is the least that can be said: what the program says of why goes before it.
      weight: wrong ? 80 : fault === 'ProbeFailing' && killed === undefined ? 20 : 45,
    },
  ]
}

const notInImage =
  /executable file not found|no such file or directory|not found in \$PATH|command not found|exit code 127/i
const signalled = (exit: number | undefined): boolean => exit === 137 || exit === 143
/** A line of the program's own access log about the probe's path, with a refusal. */
function answered(logs: readonly SeenLog[], probe: Probe) {
  const path = probe.httpGet?.path
  if (path === undefined || path === '/') return undefined
  return logs
    .flatMap((log) => log.lines.slice(-40).map((line) => ({ log, line, status: refusal.exec(line)?.[1] })))
    .findLast(({ line, status }) => status !== undefined && line.includes(`${path} `) && /GET|HEAD|probe/i.test(line))
}
const refusal = /\b(40[0135]|404)\b/

const startsSlowly = (listening: readonly unknown[], logs: number): boolean => logs > 0 && listening.length === 0
const countOf = (events: readonly SeenEvent[]): number => events.reduce((sum, { count }) => sum + count, 0)

function describe(probe: Probe): string {
  if (probe.httpGet !== undefined) return `GET ${probe.httpGet.path ?? '/'} on port ${probe.httpGet.port}`
  if (probe.tcpSocket !== undefined) return `TCP port ${probe.tcpSocket.port}`
  if (probe.grpc !== undefined) return `gRPC port ${probe.grpc.port}`
  return `exec ${probe.exec?.command.join(' ') ?? ''}`.slice(0, 100)
}

function citeProbe({ subject }: Scene, probe: Probe) {
  const path = probe.httpGet?.path
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  return [
    ...(path === undefined || path === '/' ? [] : cite(subject.seen, `path: ${path}`)),
    ...(port === undefined ? [] : cite(subject.seen, new RegExp(`^\\s*port: "?${port}"?$`))),
  ]
}
