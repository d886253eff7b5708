import { lastChanges, onlyMarked } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { failuresInLogs } from '../snapshot/log-failures.ts'
import { eventsOf, label, refOf } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { lastWords, tail } from './last-words.ts'
import { change, inspect, rolledOut, undo } from './remedies.ts'

/** Credentials that a dependency refuses, and whether they changed under the running pods. */
export const credentials: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const symptoms = of(scene.symptoms, 'crash', 'not-ready', 'ends', 'trouble', 'init-waits')
  const first = symptoms[0]
  const failure = failuresInLogs(snapshot, subject).find(({ kind, fromEnd }) => kind === 'auth' && fromEnd < 20)
  if (first === undefined || failure === undefined) return []
  const started = first.pods[0]?.data.status.startTime ?? first.pods[0]?.object.metadata.creationTimestamp ?? ''
  const used = secretsOf(scene)
  // Operators tell that they rotated or synced a Secret; the Secret itself is not read.
  const rotated = snapshot.events
    .filter(
      ({ message, name, reason }) =>
        used.some((secret) => name === secret || message.includes(secret)) &&
        /rotat|updat|sync|renew|chang|creat/i.test(`${reason} ${message}`),
    )
    .findLast(({ at }) => at > started)
  const fault: FaultClass = rotated === undefined ? 'WrongCredential' : 'StaleCredential'
  const marked = onlyMarked(subject)
  const content = rotated === undefined && marked !== undefined && used.length > 0
  return [
    {
      class: fault,
      culprit: culpritOf(subject),
      summary:
        rotated === undefined
          ? `${label(subject)} presents a credential that ${failure.host === '' ? 'its dependency' : failure.host} refuses${content ? `: the last rollout changed nothing but ${marked}, so that it is what Secret ${used.join(' or ')} now holds` : ''}.`
          : `The pods of ${label(subject)} still use the credential from before ${rotated.at}: Secret ${used.find((secret) => rotated.name === secret || rotated.message.includes(secret))} changed and they were not restarted.`,
      mechanism: `The login is refused: ${failure.line}`.slice(0, 590),
      evidence: few(
        [
          ...cite(failure.log, failure.line),
          ...cite(rotated, rotated?.message ?? ''),
          ...cite(first.pods[0], `startTime: ${started}`),
          ...first.evidence,
          ...(content ? cite(subject.revisions[0], `${marked}: `) : []),
          ...used.flatMap((secret) => cite(subject.seen, `name: ${secret}`)),
        ],
        8,
      ),
      confidence: rotated === undefined ? 'medium' : 'high',
      reasons: [
        'The log says that the login was refused, so that the dependency answers.',
        rotated === undefined
          ? `The Secrets ${used.join(', ') || '(none named)'} may not be read.`
          : `The pods started at ${started}, before the change.`,
      ],
      falsification: 'A dependency that is down would refuse the connection, not the login.',
      explains: symptoms.map(({ key }) => key),
      remedies: [
        change(subject.seen, subject, {
          title:
            rotated === undefined
              ? 'Give it the right credential'
              : 'Restart the pods so that they take the new credential',
          command: `kubectl -n ${subject.namespace} ${rotated === undefined ? `edit ${subject.kind.toLowerCase()}/${subject.name}` : `rollout restart ${subject.kind.toLowerCase()}/${subject.name}`}`,
          verify: rolledOut(subject),
        }),
      ],
      prevention: 'Restart on rotation (a checksum annotation or a reloader), or mount Secrets as files.',
      weight: rotated === undefined ? 60 : 80,
    },
  ]
}
const secretsOf = ({ subject }: Scene): readonly string[] => [
  ...new Set([
    ...[...(subject.spec?.containers ?? []), ...(subject.spec?.initContainers ?? [])].flatMap((one) => [
      ...one.env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
      ...one.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
    ]),
    ...(subject.spec?.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? []),
  ]),
]

/** What a call to somebody else needs is no fault of the program alone. */
function unreached({ snapshot, subject }: Scene): string | undefined {
  const failure = failuresInLogs(snapshot, subject).find(({ host, fromEnd }) => host !== '' && fromEnd < 20)
  if (failure === undefined) return undefined
  const place = failure.port === undefined ? failure.host : `${failure.host}:${failure.port}`
  return failure.kind === 'auth' ? `is refused by ${place}` : `cannot reach ${place}`
}

const waits = /\b(until|while)\b|wait[-_ ]?for|sleep +inf|tail -f|nc +-\w*z|\b(pg_isready|nslookup|kubectl +wait)\b/

/** When nothing in the cluster explains it, the program's own last words are the best there is: likely, never certain. */
export const application: Analyzer = (scene) =>
  of(scene.symptoms, 'crash', 'ends', 'init-waits', 'not-ready', 'start').flatMap((symptom) => ownFault(scene, symptom))

function ownFault(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  if (container === undefined) return []
  const lines = tail(snapshot, symptom, 40)
  const words = lastWords(lines)
  const changes = lastChanges(subject).filter((one) => one.container === container.name || one.container === '')
  const common = {
    culprit: culpritOf(subject),
    explains: [symptom.key],
    remedies: [
      ...(changes.length > 0 ? undo(subject, 'the last change') : []),
      inspect(
        'Read the log of the run that ended',
        `kubectl -n ${subject.namespace} logs ${symptom.pods[0]?.name ?? ''} -c ${container.name}${(container.status.restartCount ?? 0) > 0 ? ' --previous' : ''}`,
      ),
    ],
  }
  const evidence = [...symptom.evidence, ...changes.flatMap((one) => one.evidence)]
  const changed = changes.map((one) => `The last rollout changed the ${one.what} from ${one.before} to ${one.after}.`)
  if (symptom.kind === 'ends')
    return [
      {
        ...common,
        class: 'ProcessEnds',
        summary: `The program of container ${container.name} in ${label(subject)} ends well (exit code 0) where it should keep running.`,
        mechanism: 'A container whose main process ends is restarted, whatever its exit code, with growing pauses.',
        evidence: few(evidence, 6),
        confidence: words === undefined ? 'high' : 'medium',
        reasons: ['The exit code is 0.', 'No probe and no limit ended it.', ...changed],
        falsification: 'A probe or signal would leave exit code 137 or 143.',
        weight: 50,
      },
    ]
  if (symptom.kind === 'init-waits') {
    const last = lines[0]
    // A loop in its command says as plainly as a log that it is meant to wait.
    const loop = [...(container.spec?.command ?? []), ...(container.spec?.args ?? [])].find((one) => waits.test(one))
    return [
      {
        ...common,
        class: 'InitWaitsForever',
        summary: `Init container ${container.name} of ${label(subject)} waits for something that does not come.`,
        mechanism:
          `The main containers start only when it has ended${last === undefined ? (loop === undefined ? '.' : `: ${loop}`) : `: ${last.line}`}`.slice(
            0,
            590,
          ),
        evidence: few(
          [
            ...(last === undefined ? [] : cite(last.log, last.line)),
            ...(loop === undefined ? [] : cite(subject.seen, loop.split('\n')[0] ?? '')),
            ...cite(subject.seen, `name: ${container.name}`),
            ...symptom.evidence,
          ],
          5,
        ),
        confidence: last === undefined && loop === undefined ? 'low' : 'medium',
        reasons: [
          'It runs and does not end.',
          ...(loop === undefined ? [] : [`Its command is made to wait: ${loop}`.slice(0, 300)]),
        ],
        falsification: 'Were it slow, its log would show progress.',
        weight: 35,
      },
    ]
  }
  if (words === undefined) return []
  if (symptom.kind === 'not-ready') {
    const probed = symptom.pods
      .flatMap((pod) => eventsOf(snapshot, refOf(pod)))
      .some(({ reason }) => reason === 'Unhealthy')
    if (!probed) return []
  }
  return [
    {
      ...common,
      class: 'ApplicationError',
      summary:
        `The program of container ${container.name} in ${label(subject)} ${unreached(scene) ?? 'fails by itself'}: ${words.line.trim()}`.slice(
          0,
          590,
        ),
      mechanism:
        `It ${container.last === undefined ? 'runs and reports' : `ends with exit code ${container.last.exitCode} after`}: ${words.line}`.slice(
          0,
          590,
        ),
      evidence: few([...cite(words.log, words.line), ...evidence], 8),
      confidence: 'medium',
      reasons: ['Its own log says so.', 'Nothing in the cluster around it was found to explain it.', ...changed],
      falsification: 'Memory, probes, missing objects and broken dependencies were looked for and not found.',
      weight: 30 + (changed.length > 0 ? 5 : 0),
    },
  ]
}
