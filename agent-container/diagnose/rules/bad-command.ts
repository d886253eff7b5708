import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { nodes } from '../snapshot/kinds.ts'
import { eventsOf, label, present, refOf } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, rolledOut, undo } from './remedies.ts'

/** What runtimes and shells say when there is nothing to run. The first group is the thing that was not found. */
const sayings: readonly RegExp[] = [
  /executable file [`'"\\]*([^`'"\\\s]+)[`'"\\]* not found/,
  /exec: \\?"([^"\\]+)\\?": (?:executable file not found|stat|permission denied|no such file)/,
  /exec: "?([^":]+)"?: (?:stat [^:]+: )?(?:executable file not found|no such file or directory|permission denied|is a directory|not a directory)/,
  /exec:? "([^"]+)": .*(?:not found|no such file|permission denied)/,
  /exec ([^\s:]+): (?:no such file or directory|permission denied|exec format error)/,
  /unable to start container process: .*?"?([^\s":]+)"?: (?:no such file or directory|permission denied)/,
  /(?:^|\s)(?:\/bin\/)?(?:ba|da|a)?sh: (?:\d+: |line \d+: )?([^\s:]+): (?:command )?not found/,
  /(?:can't open|cannot open|can't find|Cannot find module|No such file or directory:?|python[\d.]*: can't open file) ['"]?([^\s'"]+)['"]?/,
  /Error: Could not find or load main class ([\w.$]+)/,
  /Unable to access jarfile ([^\s]+)/,
  /exec user process caused:? .*(no such file or directory|permission denied)/,
]
const wrongCpu = /exec format error/i
/** The start was hindered by something else that the template says: files, users, devices. */
const mountTrouble =
  /error mounting|not a directory: Are you trying to mount|failed to mount|chdir to cwd|no such device|cgroup/

/** A container that never got to its program, or whose shell found none. */
export const badCommand: Analyzer = (scene) =>
  of(scene.symptoms, 'start', 'crash', 'config').flatMap((symptom) => explain(scene, symptom))

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  const pod = symptom.pods[0]
  if (container === undefined || pod === undefined) return []
  const { last, status, spec } = container
  const stated = [status.state.waiting?.message, last?.message, status.lastState.terminated?.message].filter(
    (text) => text !== undefined,
  )
  const events = symptom.pods
    .slice(0, 3)
    .flatMap((one) =>
      eventsOf(snapshot, refOf(one)).filter(({ reason }) => reason === 'Failed' || reason === 'BackOff'),
    )
  const logs = snapshot.logs.filter((log) => log.pod === pod.name && log.container === container.name)
  const lines = logs.flatMap((log) => log.lines.slice(-15).map((line) => ({ log, line })))
  const sources = [
    ...stated.map((text) => ({ text, from: cite(pod, text) })),
    ...events.map((event) => ({ text: event.message, from: cite(event, event.message) })),
    ...lines.map(({ log, line }) => ({ text: line, from: cite(log, line) })),
  ]
  const mark = sources.find(({ text }) => sayings.some((saying) => saying.test(text)) || wrongCpu.test(text))
  // A log line alone may speak of anything; it counts with an exit code that says the same.
  const exit = last?.exitCode ?? 0
  const fromLog =
    mark !== undefined && !stated.includes(mark.text) && !events.some(({ message }) => message === mark.text)
  if (mark === undefined ? symptom.kind !== 'start' : fromLog && ![1, 2, 126, 127, 128, 255].includes(exit)) return []
  if (stated.some((text) => mountTrouble.test(text))) return []
  if (
    mark !== undefined &&
    fromLog &&
    exit !== 127 &&
    exit !== 126 &&
    !/module|jarfile|main class|can't open file|exec format/i.test(mark.text)
  )
    return []

  const command = [...(spec?.command ?? []), ...(spec?.args ?? [])]
  const missing =
    mark === undefined
      ? undefined
      : sayings.map((saying) => saying.exec(mark.text)?.[1]).find((found) => found !== undefined)
  const cpu = mark !== undefined && wrongCpu.test(mark.text)
  const changes = lastChanges(subject).filter(
    ({ aspect, container: name }) => name === container.name && (aspect === 'command' || aspect === 'image'),
  )
  const inTemplate = missing !== undefined && command.some((word) => word.includes(missing))
  const what = missing ?? command[0] ?? 'its entry point'
  const why = /permission denied/i.test(mark?.text ?? '') ? 'is not executable by its user' : 'is not in the image'
  const citations = few(
    [
      ...(mark?.from ?? []),
      ...symptom.evidence.filter(({ quote }) => /exitCode|reason/.test(quote)),
      ...(inTemplate && subject.seen !== undefined ? cite(subject.seen, missing) : []),
      ...changes.flatMap(({ evidence }) => evidence),
    ],
    8,
  )
  return [
    {
      class: cpu ? 'ImageArchitecture' : 'BadCommand',
      culprit: culpritOf(subject),
      summary: cpu
        ? `The image of container ${container.name} in ${label(subject)} is built for another CPU than ${cpuOf(scene, symptom)}.`
        : `The command of container ${container.name} in ${label(subject)} names ${what}, which ${why}.`,
      mechanism: `The runtime cannot start the container (exit code ${exit}): ${short(mark?.text ?? symptom.text)}. It ends before any code of the program runs, and is started again with growing pauses.`,
      evidence: citations,
      confidence: mark === undefined ? 'medium' : 'high',
      reasons: [
        mark === undefined
          ? `Only the exit code ${exit} tells, no message.`
          : 'The runtime itself names what it could not run.',
        ...(inTemplate ? ['The pod template contains exactly that word.'] : []),
        ...changes.map((one) => `The last rollout changed the ${one.what} from ${one.before} to ${one.after}.`),
      ],
      falsification: `Had the program started, its log would have lines of its own, or it would have run for a while. ${logs.some(({ lines: own }) => own.length > 5) ? 'Its log has some, which speaks for an inner command.' : 'Its log has none.'}`,
      explains: [symptom.key],
      remedies: [
        ...(changes.length > 0 ? undo(subject, 'the wrong command') : []),
        change(subject.seen, subject, {
          title: `Correct command and args of container ${container.name}`,
          command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
          verify: rolledOut(subject),
        }),
      ],
      prevention: 'Start each new image once with its real command before it is rolled out.',
      weight: 80,
    },
  ]
}
const short = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 299)}…`)

function cpuOf({ snapshot }: Scene, { pods: [pod] }: Symptom): string {
  const name = pod?.data.spec.nodeName ?? ''
  const architecture = present(snapshot, nodes, '', name)?.data.status.nodeInfo?.architecture
  return architecture === undefined ? "the node's" : `that of node ${name} (${architecture})`
}
