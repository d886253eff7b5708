import { own } from '../../../shared/runtime/own.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { configMaps } from '../snapshot/kinds.ts'
import { failuresInLogs } from '../snapshot/log-failures.ts'
import { ConfigMap } from '../snapshot/shapes-around.ts'
import { label, present, type Seen } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { tail } from './last-words.ts'
import { change, rolledOut, undo } from './remedies.ts'

/** How programs refuse a value that they were given. */
const refuses =
  /\b(invalid|unknown|unsupported|unrecogni[sz]ed|illegal|malformed|bad value|unexpected|out of range|not (?:a )?valid|not allowed|not supported|must be (?:one of|a|an|at|between|greater|less)|(?:cannot|could not|can't|failed to|unable to|error) pars\w*|no such (?:option|mode|driver|level|region|profile)|for input string|is not a number|does not exist|strconv\.)/i
const inQuotes = /["'`“]([^"'`”\s][^"'`”]{0,80})["'`”]/g
const named = /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/g
/** Shorter ones stand in any configuration by chance. */
const SHORTEST = 3

/** A program that refuses a value, and the place in the cluster from which it has that very value. */
export const rejectedValue: Analyzer = (scene) =>
  of(scene.symptoms, 'crash', 'start', 'ends', 'not-ready', 'init-waits').flatMap((symptom) => explain(scene, symptom))

type Given = { readonly key: string; readonly value: string; readonly from: Seen | undefined }

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  // What another program answered is no value of ours.
  const calls = new Set(failuresInLogs(snapshot, subject).map(({ line }) => line))
  const given = valuesGiven(scene, symptom)
  for (const { log, line } of tail(snapshot, symptom, 15)) {
    if (!refuses.test(line) || calls.has(line)) continue
    const quoted = [...line.matchAll(inQuotes)].map((match) => match[1] ?? '').filter((one) => one.length >= SHORTEST)
    const names = [...line.matchAll(named)].map((match) => match[1] ?? '')
    const found =
      given.find(({ key, value }) => names.includes(key) && quoted.some((one) => value.includes(one))) ??
      given.find(({ value }) => quoted.some((one) => value === one || (value.includes('\n') && value.includes(one)))) ??
      given.find(({ key }) => names.includes(key))
    if (found === undefined) continue
    const culprit = culpritOf(found.from ?? subject)
    const byValue = quoted.some((one) => found.value.includes(one))
    const changes = lastChanges(subject).filter(({ aspect }) => aspect === 'env' || aspect === 'volumes')
    return [
      {
        class: 'InvalidConfiguration',
        culprit,
        summary: `${label(culprit)} gives ${label(subject)} a value of ${found.key} that its program refuses.`,
        mechanism: `The program reads ${found.key} at its start and ends: ${line}`.slice(0, 590),
        evidence: few(
          [
            ...cite(log, line),
            ...cite(found.from ?? subject.seen, found.key),
            ...cite(subject.seen, culprit.name),
            ...symptom.evidence,
            ...changes.flatMap((one) => one.evidence),
          ],
          8,
        ),
        confidence: byValue ? 'high' : 'medium',
        reasons: [
          'The program names what it refuses.',
          byValue
            ? `That very value stands at ${found.key} of ${label(culprit)}.`
            : `${label(culprit)} gives ${found.key}; its value was not quoted.`,
        ],
        falsification: `Were the value right, it would stand nowhere in what the cluster gives the program; it was looked for in ${given.length} places.`,
        explains: [symptom.key],
        remedies: [
          ...(changes.length > 0 ? undo(subject, 'this change') : []),
          change(found.from ?? subject.seen, culprit, {
            title: `Correct ${found.key}`,
            command: `kubectl -n ${culprit.namespace} edit ${culprit.kind.toLowerCase()}/${culprit.name}`,
            verify: rolledOut(subject),
          }),
        ],
        weight: 74,
      },
    ]
  }
  return []
}

/** What the container is given by its template and by ConfigMaps: to compare with, never to be shown. */
function valuesGiven({ snapshot, subject }: Scene, symptom: Symptom): readonly Given[] {
  const name = symptom.container?.name
  const one = [...(subject.rawSpec?.containers ?? []), ...(subject.rawSpec?.initContainers ?? [])].find(
    (each) => each.name === name,
  )
  if (one === undefined) return []
  const mapOf = (ref: string) => {
    const seen = present(snapshot, configMaps, subject.namespace, ref)
    return seen === undefined ? undefined : { seen, data: ConfigMap.parse(seen.raw).data }
  }
  const whole = (ref: string): readonly Given[] => {
    const map = mapOf(ref)
    return map === undefined
      ? []
      : Object.entries(map.data).map(([key, value]) => ({ key, value: value.slice(0, 20_000), from: map.seen }))
  }
  const mounted = new Set(one.volumeMounts.map((mount) => mount.name))
  return [
    ...one.env.flatMap(({ name: key, value, valueFrom }): readonly Given[] => {
      const ref = valueFrom?.configMapKeyRef
      const map = ref === undefined ? undefined : mapOf(ref.name)
      if (ref !== undefined && map !== undefined) return [{ key, value: own(map.data, ref.key) ?? '', from: map.seen }]
      return value === undefined ? [] : [{ key, value, from: undefined }]
    }),
    ...one.envFrom.flatMap(({ configMapRef }) => (configMapRef === undefined ? [] : whole(configMapRef.name))),
    ...(subject.spec?.volumes ?? []).flatMap(({ name: volume, configMap }) =>
      configMap === undefined || !mounted.has(volume) ? [] : whole(configMap.name),
    ),
    ...[...one.args, ...one.command].map((word): Given => ({ key: word, value: word, from: undefined })),
  ]
}
