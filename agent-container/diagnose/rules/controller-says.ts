import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { cite, few } from '../snapshot/cite.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { isCustomKind } from '../snapshot/custom-kinds.ts'
import { anyConditioned } from '../snapshot/kinds.ts'
import { namedAndBad } from '../snapshot/named-objects.ts'
import { age, eventsOf, label, refOf, type Seen, type SeenEvent, seek } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { inspect } from './remedies.ts'

const refusal =
  /fail|error|invalid|unknown|denied|reject|forbidden|unsupported|conflict|not ?found|no ?match|missing|not ?permitted|not allowed|exceed|cannot|unable|does not/i
/** An older complaint may be over; controllers repeat theirs every few minutes. */
const RECENT_MS = 20 * 60_000

/**
 * No rule knows why it does not work: what its own controller keeps saying of it is then the best there is. A single
 * complaint is none: controllers try again, and most often succeed.
 */
export const controllerSays: Analyzer = (scene) => {
  const { snapshot, subject, symptoms } = scene
  const asked = of(symptoms, 'trouble', 'condition')
  const below = waitedFor(scene, asked)
  if (below.length > 0) return below
  if (asked.length === 0 || subject.seen === undefined) return []
  const said = eventsOf(snapshot, refOf(subject.seen)).findLast(
    ({ type, reason, message, count, at }) =>
      type === 'Warning' &&
      count > 2 &&
      refusal.test(`${reason} ${message}`) &&
      (age(snapshot, at) ?? RECENT_MS) < RECENT_MS,
  )
  if (said === undefined || mended(subject.seen, said)) return byCondition(subject, asked)
  const found: Hypothesis = {
    class: 'RefusedByController',
    culprit: culpritOf(subject),
    summary: `The controller of ${label(subject)} cannot do what it asks for: ${said.message}`.slice(0, 590),
    mechanism: `${said.reason}, ${said.count} times, the last at ${said.at}: ${said.message}`.slice(0, 590),
    evidence: few([...cite(said, said.message), ...cite(subject.seen, `name: ${subject.name}`)], 4),
    // That what it waits for is not ready is no cause: nobody changes who waits.
    confidence: awaitedIn(said.message, subject.namespace).length > 0 ? 'medium' : 'high',
    reasons: [`Its controller (${said.component || 'unnamed'}) says so itself, and keeps saying it.`],
    falsification: 'Had a later try succeeded, the complaint would not have been repeated in the last minutes.',
    explains: asked.map(({ key }) => key),
    remedies: [
      inspect(
        'See all that was said of it',
        `kubectl ${subject.namespace === '' ? '' : `-n ${subject.namespace} `}describe ${subject.kind.toLowerCase()}/${subject.name}`,
      ),
    ],
    weight: 30,
  }
  return [found]
}

/** `timeout waiting for: [HelmRelease/telemetry/collector status: 'InProgress']`, of kustomize-controller and others. */
const awaited = /\b([A-Z][A-Za-z]+)\/(?:([a-z0-9-]+)\/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?=[\s,;'"\])]|$)/g
const MOST_AWAITED = 5
/** What a sentence says that is waited for, as controllers write it. */
const awaitedIn = (text: string, own: string): readonly Culprit[] =>
  /wait|health ?check|not ready|time(?:d )?out|in ?progress/i.test(text)
    ? [...text.matchAll(awaited)]
        .slice(0, MOST_AWAITED)
        .map(([, kind = '', namespace = own, name = '']) => ({ kind, namespace, name }))
    : []

/** It waits for another of its kind, or draws from something, that has a trouble of its own. */
function waitedFor({ snapshot, subject, diagnose }: Scene, asked: readonly Symptom[]): readonly Hypothesis[] {
  const { seen } = subject
  if (seen === undefined || !asked.some(({ kind }) => kind === 'condition')) return []
  const spoken = badConditions(seen)
    .flatMap(({ message = '' }) => awaitedIn(message, seen.namespace))
    .flatMap((ref) => seek(snapshot, ref) ?? [])
  const named = namedAndBad(snapshot, seen)
  return [...new Set([...named, ...spoken])]
    .filter((one) => one !== seen)
    .flatMap((one) =>
      diagnose(refOf(one)).map((root) => ({
        ...root,
        reasons: [
          `${label(subject)} names ${label(one)} in its ${named.includes(one) ? 'spec' : 'conditions'}, and waits for it.`,
          ...root.reasons,
        ],
        evidence: few(
          [...root.evidence.slice(0, 4), ...cite(seen, `${named.includes(one) ? 'name: ' : ''}${one.name}`)],
          6,
        ),
        explains: asked.map(({ key }) => key),
        chain: [{ ...culpritOf(subject), mechanism: `waits for ${label(one)}` }],
        weight: root.weight + 5,
      })),
    )
}

/** Conditions that all turned good after the complaint: it is over. */
function mended(seen: Seen, said: SeenEvent): boolean {
  const all = anyConditioned.of(seen)?.data.status.conditions ?? []
  const well =
    seen.kind === 'HorizontalPodAutoscaler'
      ? !all.some(({ type, status }) => type !== 'ScalingLimited' && status === 'False')
      : badConditions(seen).length === 0
  return well && all.some(({ status, lastTransitionTime = '' }) => status === 'True' && lastTransitionTime >= said.at)
}

/** Events are kept for an hour; a controller that repeats nothing still has its complaint in the object's conditions. */
function byCondition(subject: Subject, asked: readonly Symptom[]): readonly Hypothesis[] {
  const { seen } = subject
  if (seen === undefined || !isCustomKind(seen.apiVersion)) return []
  const bad = badConditions(seen).find(
    ({ type, reason, message }) => message !== undefined && refusal.test(`${type} ${reason} ${message}`),
  )
  if (bad?.message === undefined) return []
  return [
    {
      class: 'RefusedByController',
      culprit: culpritOf(subject),
      summary: `The controller of ${label(subject)} cannot do what it asks for: ${bad.message}`.slice(0, 590),
      mechanism: `${bad.type} is ${bad.status} (${bad.reason}): ${bad.message}`.slice(0, 590),
      evidence: few([...cite(seen, bad.message), ...cite(seen, `reason: ${bad.reason}`)], 4),
      confidence: 'medium',
      reasons: ['Its controller says so in the conditions of the object.'],
      falsification: 'Had a later try succeeded, the condition would be True.',
      explains: asked.map(({ key }) => key),
      remedies: [
        inspect(
          'See all that was said of it',
          `kubectl ${subject.namespace === '' ? '' : `-n ${subject.namespace} `}describe ${subject.kind.toLowerCase()}/${subject.name}`,
        ),
      ],
      weight: 25,
    },
  ]
}
