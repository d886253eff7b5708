import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import type { FaultClass } from '../rules/class.ts'
import type { Hypothesis } from '../rules/hypothesis.ts'
import { change, inspect } from '../rules/remedies.ts'
import { cite, few } from '../snapshot/cite.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { isNamesake } from '../snapshot/custom-kinds.ts'
import { label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { bestOf, type Proven } from '../verdict/proven.ts'
import type { Link } from './link.ts'
import type { Weighed } from './score.ts'
import { tellingTexts } from './telling-texts.ts'

const QUOTE = 260

/**
 * A suspect as a hypothesis: the rule's own where one names it, else in the words of those who speak of it and the
 * relation between those words and the object. Never certain: that words lead to an object is no proof that it is at fault.
 */
export function implicated(
  snapshot: Snapshot,
  subject: Subject,
  symptoms: readonly Symptom[],
  suspect: Weighed,
): Proven | undefined {
  const own = bestOf(
    suspect.hypotheses.filter(
      ({ rejected, evidence, confidence }) => rejected === undefined && evidence.length > 0 && confidence !== 'low',
    ),
  )
  const explains = symptoms.map(({ key }) => key)
  if (own !== undefined) return { ...own, explains }
  const { object } = suspect
  const seen = seek(snapshot, object)
  const link = suspect.links.toSorted(
    (a, b) => Number(b.verified === true) - Number(a.verified === true) || b.strength - a.strength,
  )[0]
  const reported = link?.text ?? tellingTexts(snapshot, subject)[0]
  const evidence = few(
    [
      ...(reported?.evidence ?? []),
      ...(link === undefined ? [] : cite(seen, link.word)),
      ...cite(seen, `name: ${object.name}`),
      ...symptoms.flatMap((one) => one.evidence),
    ],
    8,
  )
  if (evidence.length === 0) return undefined
  const { summary, mechanism } = sentences(snapshot, subject, symptoms, suspect, link, reported?.text)
  return {
    class: classOf(snapshot, suspect),
    culprit: object,
    summary,
    mechanism,
    evidence,
    confidence: 'medium',
    reasons: reasonsFor(suspect),
    falsification: `Others that need ${label(object)} and are well would speak against it.`,
    explains,
    chain: [{ ...object, mechanism: summary }],
    remedies: remediesFor(snapshot, object, subject),
    weight: 20,
    checked: [],
    doubt: 'No rule knows the mechanism: the words of what fails lead there.',
  }
}

function sentences(
  snapshot: Snapshot,
  subject: Subject,
  symptoms: readonly Symptom[],
  { object, features }: Weighed,
  link: Link | undefined,
  said: string | undefined,
): Pick<Hypothesis, 'summary' | 'mechanism'> {
  const name = label(object)
  const quote = said === undefined ? (symptoms[0]?.text ?? '') : `“${essential(said, link?.word)}”`
  const state = features.absent === 1 || features.dangling === 1 ? ', which is not there,' : ''
  const seen = seek(snapshot, object)
  const own = seen === undefined ? undefined : badConditions(seen)[0]
  const itself = own?.message === undefined ? '' : ` Of itself it says: ${own.message}`
  const relation =
    link === undefined
      ? name === label(subject)
        ? 'its template and what it asks for are the next to look at'
        : `${name}${state} is what it needs or runs on`
      : `${name}${state} ${link.relation}`
  return {
    summary: `${label(subject)} fails: ${quote}; ${relation}.`.slice(0, 590),
    mechanism:
      `${link === undefined ? quote : `${quote} speaks of ${link.word}: ${name} ${link.relation}`}.${itself}`.slice(
        0,
        590,
      ),
  }
}

/** The piece of a long sentence around the word that leads on. */
function essential(text: string, word: string | undefined): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  if (flat.length <= QUOTE) return flat
  const at = word === undefined ? -1 : flat.toLowerCase().indexOf(word.toLowerCase())
  const start = Math.max(0, Math.min(at - QUOTE / 2, flat.length - QUOTE))
  return `${start > 0 ? '…' : ''}${flat.slice(start, start + QUOTE)}…`
}

const classes: readonly (readonly [RegExp, FaultClass])[] = [
  [/^NetworkPolicy$/, 'BlockedByNetworkPolicy'],
  [/^(Role|ClusterRole|RoleBinding|ClusterRoleBinding)$/, 'RbacForbidden'],
  [/^ResourceQuota$/, 'QuotaExceeded'],
  [/^LimitRange$/, 'LimitRangeViolated'],
  [/^ConfigMap$/, 'InvalidConfiguration'],
]
function classOf(snapshot: Snapshot, { object, features }: Weighed): FaultClass {
  if (features.absent === 1 || features.dangling === 1) return 'MissingObject'
  const seen = seek(snapshot, object)
  if (seen !== undefined && features.isCustom === 1 && badConditions(seen).length > 0) return 'RefusedByController'
  if (seen !== undefined && isNamesake(seen)) return 'Implicated'
  return classes.find(([kind]) => kind.test(object.kind))?.[1] ?? 'Implicated'
}

function reasonsFor({ links, features }: Weighed): readonly string[] {
  const words = [...new Set(links.map(({ word, text }) => `“${word}” (${text.kind} of ${label(text.at)})`))].slice(0, 3)
  return [
    ...(words.length === 0 ? [] : [`What is said speaks of it: ${words.join(', ')}.`]),
    ...(features.changed === 1 ? ['It was changed shortly before the first sign.'] : []),
    ...(features.onlyHere === 1 ? ['The same runs well elsewhere, and only there it fails.'] : []),
    ...(features.ownFault === 1 ? ['It shows a trouble of its own.'] : []),
    ...(features.templateNew === 1 ? ['Its template is new, and pods of the one before are well.'] : []),
  ]
}

function remediesFor(snapshot: Snapshot, object: Culprit, subject: Subject): Hypothesis['remedies'] {
  const at = object.namespace === '' ? '' : `-n ${object.namespace} `
  const kind = object.kind.toLowerCase()
  const seen = seek(snapshot, object)
  return [
    inspect(
      'See what it says, and when it was changed',
      `kubectl ${at}get ${kind} ${object.name} -o yaml --show-managed-fields`,
    ),
    ...(seen === undefined || object.kind === 'Node'
      ? []
      : [
          change(seen, object, {
            title: `Correct ${label(object)}, when the look bears it out`,
            command: `kubectl ${at}edit ${kind} ${object.name}`,
            risk: 'All that needs it is touched.',
            verify: `kubectl ${subject.namespace === '' ? '' : `-n ${subject.namespace} `}get ${subject.kind.toLowerCase()} ${subject.name}`,
          }),
        ]),
  ]
}
