import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { givenLimit } from '../snapshot/given-limit.ts'
import { quantity } from '../snapshot/quantity.ts'
import { eventsOf, label, refOf } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, inspect, rolledOut, undo } from './remedies.ts'

/** A program that fits starts within this; dying of memory sooner means that the limit was never enough. */
const START_MS = 5 * 60_000
const growth =
  /(heap|rss|memory|mem|cache|alloc)\D{0,40}?(\d+(?:\.\d+)?)\s?(?:(?:\/|of)\s?\d+\s?)?(Ki?B?|Mi?B?|Gi?B?|bytes)?\b/i

/** OOM kills: a limit that is too low from the start, or a use that grows until any limit is reached. */
export const memory: Analyzer = (scene) => of(scene.symptoms, 'oom').flatMap((symptom) => explain(scene, symptom))

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  const pod = symptom.pods[0]
  if (container?.last === undefined || pod === undefined) return []
  const { last, spec, status } = container
  const limit = spec?.resources.limits.memory
  const lasted = Date.parse(last.finishedAt ?? '') - Date.parse(last.startedAt ?? '')
  const logs = snapshot.logs.filter((log) => log.pod === pod.name && log.container === container.name)
  const series = logs
    .map((log) => ({ log, points: rising(log.lines) }))
    .toSorted((a, b) => b.points.length - a.points.length)[0]
  const grows = series !== undefined && series.points.length >= 3
  // The pod's own age between restarts tells when the stamps of the last run do not.
  const each =
    (snapshot.now.getTime() - Date.parse(pod.object.metadata.creationTimestamp ?? '')) / (status.restartCount + 1)
  const run = Number.isNaN(lasted) ? each : lasted
  const slow = run > START_MS
  const changes = lastChanges(subject).filter(
    (one) => one.container === container.name && (one.aspect === 'resources' || one.aspect === 'image'),
  )
  const lowered = changes.find(({ aspect, what }) => aspect === 'resources' && what.includes('memory'))
  if (limit === undefined) return [nodeShort(scene, symptom)]
  const leak = (slow && lowered === undefined) || (grows && run > 60_000 && lowered === undefined)
  const given = givenLimit(snapshot, subject, container.name, limit)
  const evidence = few(
    [
      ...symptom.evidence,
      ...cite(given, new RegExp(`memory: "?${limit}"?`)),
      ...cite(pod, `finishedAt: ${last.finishedAt}`),
      ...cite(pod, new RegExp(`memory: "?${limit}"?`)),
      ...(subject.seen === undefined ? [] : cite(subject.seen, new RegExp(`memory: "?${limit}"?`))),
      ...(grows ? series.points.slice(-3).flatMap((line) => cite(series.log, line)) : []),
      ...(lowered?.evidence ?? []),
    ],
    10,
  )
  const minutes = Math.round(run / 6_000) / 10
  const common = {
    culprit: culpritOf(subject),
    evidence,
    explains: [symptom.key],
    weight: 85,
    confidence: 'high' as const,
  }
  if (leak)
    return [
      {
        ...common,
        class: 'MemoryLeak',
        summary: `Container ${container.name} of ${label(subject)} leaks memory: it runs for about ${minutes} minutes and is then ended at its limit of ${limit}.`,
        mechanism: `Memory use grows from start to start until it reaches ${limit}, the kernel ends the container (exit code ${last.exitCode}, OOMKilled), and the next run grows again.`,
        confidence: grows ? 'high' : 'medium',
        reasons: [
          `The last run lasted ${minutes} minutes, so the limit was enough to start and to work.`,
          grows ? 'The log shows the use growing.' : 'No line of the log shows the growth itself.',
          `${status.restartCount} restarts of the same kind.`,
        ],
        falsification: `A limit that is too low kills within the first minutes of each run; this run lasted ${minutes} minutes.`,
        remedies: [
          ...(changes.some(({ aspect }) => aspect === 'image') ? undo(subject, 'the image changed') : []),
          inspect('Watch the use grow', `kubectl -n ${subject.namespace} top pod ${pod.name} --containers`),
          change(subject.seen, subject, {
            title: 'Buy time: restart it before it reaches the limit, until the program is mended',
            command: `kubectl -n ${subject.namespace} rollout restart ${subject.kind.toLowerCase()}/${subject.name}`,
            verify: rolledOut(subject),
          }),
        ],
        prevention: 'Alert on the growth of memory over hours, not on the limit alone.',
      },
    ]
  return [
    {
      ...common,
      class: 'MemoryLimitTooLow',
      ...(given === undefined ? {} : { culprit: culpritOf(given) }),
      summary: `The memory limit ${limit} of container ${container.name} in ${label(subject)}${given === undefined ? '' : `, which ${label(given)} gives to containers that set none,`} is below what the program needs.`,
      mechanism: `The container needs more than ${limit} soon after its start, the kernel ends it (exit code ${last.exitCode}, OOMKilled), and it is started again with growing pauses.`,
      reasons: [
        'The runtime reports OOMKilled against the container limit.',
        `It happens ${Number.isNaN(lasted) ? 'again and again' : `${Math.round(lasted / 1000)} s after the start`}, before the program has done much.`,
        ...(lowered === undefined
          ? []
          : [`The last rollout changed the ${lowered.what} from ${lowered.before} to ${lowered.after}.`]),
      ],
      falsification: `A leak would take longer and longer runs to reach the limit; ${grows ? 'the log shows growth, but the run was short' : 'the runs are short and the log shows no growth over time'}.`,
      remedies: [
        ...(lowered === undefined ? [] : undo(subject, 'the limit was lowered')),
        change(subject.seen, subject, {
          title: 'Raise the memory limit above the need of the start',
          command: `kubectl -n ${subject.namespace} set resources ${subject.kind.toLowerCase()}/${subject.name} -c ${container.name} --limits=memory=${double(limit)} --requests=memory=${double(limit)}`,
          verify: rolledOut(subject),
        }),
      ],
      prevention: 'Set limits from the measured peak of a start, with a third to spare.',
    },
  ]
}

function nodeShort(scene: Scene, symptom: Symptom): Hypothesis {
  const { snapshot, subject } = scene
  const pod = symptom.pods[0]
  const node = pod?.data.spec.nodeName ?? ''
  const events = snapshot.events.filter(
    ({ reason, kind, name }) => kind === 'Node' && name === node && /OOM/i.test(reason),
  )
  const own = pod === undefined ? [] : eventsOf(snapshot, refOf(pod))
  return {
    class: 'NodeOutOfMemory',
    culprit: node === '' ? culpritOf(subject) : { kind: 'Node', namespace: '', name: node },
    summary: `Node ${node} ran out of memory and its kernel ended container ${symptom.container?.name}, which has no limit of its own.`,
    mechanism: 'Without a memory limit only the node itself can be what ran out.',
    evidence: few([...symptom.evidence, ...[...events, ...own].flatMap((event) => cite(event, /OOM/i))], 6),
    confidence: events.length > 0 ? 'high' : 'medium',
    reasons: [
      'The container has no memory limit.',
      events.length > 0 ? 'The node reports the OOM itself.' : 'No event of the node was found.',
    ],
    falsification: 'A limit on the container or its pod would have explained it more simply; there is none.',
    explains: [symptom.key],
    remedies: [
      change(subject.seen, subject, {
        title: 'Give the container a request and a limit',
        command: `kubectl -n ${subject.namespace} set resources ${subject.kind.toLowerCase()}/${subject.name} -c ${symptom.container?.name} --requests=memory=<need> --limits=memory=<peak>`,
        verify: rolledOut(subject),
      }),
    ],
    weight: 60,
  }
}

/** Lines of one log in which the same measure only grows. */
function rising(lines: readonly string[]): readonly string[] {
  let last = Number.NEGATIVE_INFINITY
  const points: string[] = []
  for (const line of lines) {
    const match = growth.exec(line)
    const value = quantity(
      `${match?.[2] ?? ''}${(match?.[3] ?? '').replace(/^K/, 'k').replace(/^ki/, 'Ki').replace(/B$/, '').replace('bytes', '')}`,
    )
    if (match === null || Number.isNaN(value)) continue
    if (value <= last * 0.9) return []
    if (value > last) points.push(line)
    last = Math.max(last, value)
  }
  return points
}

function double(limit: string): string {
  const match = /^(\d+(?:\.\d+)?)(\D*)$/.exec(limit)
  return match === null ? limit : `${Number(match[1]) * 2}${match[2]}`
}
