import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { configMaps } from '../snapshot/kinds.ts'
import { find, label } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { tail } from './last-words.ts'
import { change, rolledOut, undo } from './remedies.ts'

const variable = '[\'"`]?\\$?\\{?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\\}?[\'"`]?'
const absent =
  '(?:is |was |are |be )?(?:not (?:been )?(?:set|defined|found|provided|specified|configured|present|exported)|missing|required|undefined|unset|empty|must be (?:set|defined|provided|specified)|cannot be (?:empty|blank)|unbound variable|parameter (?:null or )?not set|absent)'
/** How programs say that a variable is missing; the name is written in capitals in all of them. */
const sayings: readonly RegExp[] = [
  new RegExp(`${variable}:? (?:environment variable |env(?:ironment)? var(?:iable)? |variable )?${absent}`),
  new RegExp(`(?:environment|env)[ _]?(?:variable|var)?s?[:\\s]+(?:named )?${variable}`, 'i'),
  new RegExp(
    `(?:missing|required|undefined|unset|must set|please set|set the|need(?:s)? the|expected|requires?|no value for|could not find|lookup)\\b[^A-Z]{0,50}${variable}`,
  ),
  /KeyError: ['"]([A-Z][A-Z0-9_]+)['"]/,
  /key not found: "([A-Z][A-Z0-9_]+)"/,
  /: ([A-Z][A-Z0-9_]+): (?:unbound variable|parameter not set)/,
  /Could not resolve placeholder '([A-Z][A-Z0-9_]+)'/,
  /"([A-Z][A-Z0-9_]+)" is (?:a )?required/,
]
/** Words in capitals that are no variables. */
const noVariable =
  /^(ERROR|FATAL|WARN|WARNING|INFO|DEBUG|PANIC|CRITICAL|HTTP|HTTPS|TCP|UDP|URL|API|JSON|YAML|TLS|SSL|ID|OK|NULL|GET|POST|DNS|SQL|EOF|A|I|THE|ENV|NOT|MISSING|REQUIRED)$/

/** A variable that the program says it misses, and that the template does not give. */
export const missingVariable: Analyzer = (scene) =>
  of(scene.symptoms, 'crash', 'ends', 'not-ready').flatMap((symptom) => explain(scene, symptom))

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  if (container === undefined) return []
  for (const { log, line } of tail(snapshot, symptom, 30)) {
    const name = variableIn(line)
    if (name === undefined) continue
    const spec = container.spec
    const raw = [...(subject.rawSpec?.containers ?? []), ...(subject.rawSpec?.initContainers ?? [])].find(
      (one) => one.name === container.name,
    )
    const own = raw?.env.find((env) => env.name === name)
    const maps = (spec?.envFrom ?? []).flatMap(({ configMapRef }) => configMapRef?.name ?? [])
    const read = maps.map((map) => ({ map, known: find(snapshot, configMaps, subject.namespace, map) }))
    const inMap = read.find(({ known }) => known.is === 'there' && Object.hasOwn(known.value.data.data, name))?.map
    const unread = read.filter(({ known }) => known.is === 'unknown').map(({ map }) => map)
    const empty = own !== undefined && own.valueFrom === undefined && (own.value ?? '') === ''
    const given = own !== undefined && !empty
    const secrets = (spec?.envFrom ?? []).flatMap(({ secretRef }) => secretRef?.name ?? [])
    const removed = lastChanges(subject).filter(({ what }) => what.includes(`variable ${name} `))
    const rejected =
      given || inMap !== undefined
        ? `${name} is given${inMap === undefined ? ' in the template' : ` by ConfigMap ${inMap}`}: what the program misses is something else.`
        : undefined
    return [
      {
        class: 'MissingEnvironmentVariable',
        culprit: culpritOf(subject),
        summary: `${label(subject)} does not set the environment variable ${name}, without which its program ends.`,
        mechanism:
          `Container ${container.name} looks for ${name}, finds ${empty ? 'it empty' : 'none'}, and ends with exit code ${container.last?.exitCode ?? 'other than 0'}: ${line}`.slice(
            0,
            590,
          ),
        evidence: few(
          [
            ...cite(log, line),
            ...symptom.evidence,
            ...cite(subject.seen, `name: ${container.name}`),
            ...removed.flatMap((one) => one.evidence),
          ],
          8,
        ),
        confidence: rejected !== undefined ? 'low' : secrets.length > 0 || unread.length > 0 ? 'medium' : 'high',
        reasons: [
          'The program names the variable in its last words.',
          empty ? 'The template sets it to nothing.' : 'The template of the container sets no variable of this name.',
          ...(secrets.length > 0
            ? [`It takes variables from Secret ${secrets.join(', ')}, whose keys could not be read.`]
            : []),
          ...(unread.length > 0
            ? [`ConfigMap ${unread.join(', ')}, from which it takes variables, was not read.`]
            : []),
          ...removed.map((one) => `The last rollout changed it: ${one.what} ${one.after}.`),
        ],
        falsification:
          rejected ??
          `If the template or one of its ConfigMaps (${maps.join(', ') || 'none'}) gave ${name}, this would be wrong: none does.`,
        ...(rejected === undefined ? {} : { rejected }),
        explains: [symptom.key],
        remedies: [
          ...(removed.length > 0 ? undo(subject, `${name} was removed`) : []),
          change(subject.seen, subject, {
            title: `Set ${name}`,
            command: `kubectl -n ${subject.namespace} set env ${subject.kind.toLowerCase()}/${subject.name} -c ${container.name} ${name}=<value>`,
            verify: rolledOut(subject),
          }),
        ],
        prevention: 'Keep the list of required variables beside the template and check it in the build.',
        weight: 75,
      },
    ]
  }
  return []
}

export function variableIn(line: string): string | undefined {
  for (const saying of sayings) {
    const name = saying.exec(line)?.[1]
    if (
      name !== undefined &&
      name.length >= 3 &&
      name === name.toUpperCase() &&
      !noVariable.test(name) &&
      (name.includes('_') || /env|variable|KeyError/i.test(line))
    )
      return name
  }
  return undefined
}
