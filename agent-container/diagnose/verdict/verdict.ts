import type { Citation, EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import { dayAndMinute } from '../../../shared/artifacts/glance.ts'
import { Verdict } from '../../../shared/artifacts/verdict.ts'
import { ASKED } from '../../../shared/incident/asked.ts'
import { type Weighed, weighed } from '../evidence/score.ts'
import { suspectPool } from '../evidence/suspect-pool.ts'
import type { Diagnosis } from '../rules/all.ts'
import { culpritOf, type Hypothesis } from '../rules/hypothesis.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few, holds } from '../snapshot/cite.ts'
import { label, type Snapshot, whether } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { onsetOf } from '../symptoms/onset.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { isWeak } from '../symptoms/symptoms-of.ts'
import { impactOf } from './impact.ts'
import { led } from './led.ts'
import { isCertain, type Proven, proven, testWords } from './proven.ts'
import { type Ranked, rank } from './rank.ts'
import { outputsOf } from './reading.ts'
import { relationsOf, saidOf } from './said.ts'
import { sure } from './sure.ts'
import { suspectsOf } from './suspects.ts'
import { story, timeline } from './timeline.ts'

export const BY = 'rules'
export type Judged = { readonly verdict: Verdict; readonly ranked: Ranked }

/** From hypotheses to a verdict. The outcome follows from what can be shown, by the criteria in `outcomeOf`. */
export function judge(input: {
  readonly snapshot: Snapshot
  readonly subject: Subject
  readonly symptoms: readonly Symptom[]
  readonly diagnosis: Diagnosis
  readonly entries: readonly EvidenceEntry[]
  /** False when time or budget ended the reading early. */
  readonly complete: boolean
  readonly tidy: (text: string) => string
}): Judged {
  const { snapshot, subject, symptoms, tidy } = input
  const outputs = outputsOf(input.entries)
  const entries = new Map(input.entries.map((entry) => [entry.id, entry]))
  const checked = input.diagnosis.hypotheses.map((one) => proven(snapshot, subject, one, outputs, entries))
  const suspects = weighed(suspectPool(snapshot, subject, checked))
  const ranked = led(snapshot, subject, rank(symptoms, checked), symptoms, suspects)
  const { leading } = ranked
  const outcome = outcomeOf(input, ranked, suspects)
  const shown = outcome === 'none' || outcome === 'inconclusive' ? [] : leading
  const s = (text: string): string => cut(tidy(text), 600)
  const valid = (citations: readonly Citation[], most: number) =>
    few(
      citations.filter((one) => holds(one, outputs)),
      most,
    )
  const events = story(
    snapshot,
    subject,
    shown.map(({ culprit }) => culprit),
  )
  const verdict: Verdict = {
    version: 1,
    by: BY,
    outcome,
    headline: s(headline(snapshot, subject, symptoms, outcome, shown)),
    rootCauses: shown.slice(0, 10).map((one) => ({
      ...one.culprit,
      class: one.class,
      summary: s(one.summary),
      mechanism: s(one.mechanism),
      confidence: isCertain(one) || one.confidence !== 'high' ? one.confidence : 'medium',
      confidenceReasons: [...one.reasons, ...(one.doubt === undefined ? [] : [one.doubt])].slice(0, 10).map(s),
      evidence: valid(one.evidence, 20),
    })),
    ...(outcome === 'likely' || outcome === 'inconclusive'
      ? {
          suspects: suspectsOf(snapshot, suspects, leading).map((one) => ({
            ...one,
            for: one.for.map(({ text, evidence }) => ({ text: s(text), evidence: valid(evidence, 5) })),
            against: one.against.map(({ text, evidence }) => ({ text: s(text), evidence: valid(evidence, 5) })),
            wouldTell: s(one.wouldTell),
          })),
        }
      : {}),
    hypotheses: [
      ...leading.map((one) =>
        hypothesisOf(
          one,
          shown.length > 0 ? 'leading' : 'open',
          one.checked.some(({ result }) => result === 'passed')
            ? 'It explains what is seen, and its check passed.'
            : 'It explains what is seen best.',
          s,
          valid,
        ),
      ),
      ...ranked.others.map(({ hypothesis, why }) =>
        hypothesisOf(
          hypothesis,
          hypothesis.rejected !== undefined || shown.length > 0 ? 'rejected' : 'open',
          why,
          s,
          valid,
        ),
      ),
    ].slice(0, 20),
    facts: [
      ...factsOf(snapshot, subject, symptoms, shown, events),
      ...(outcome === 'none' ? [] : saidOf(snapshot, subject)),
    ]
      .map(({ text, evidence }) => ({ text: s(text), evidence: valid(evidence, 10) }))
      .filter(({ evidence }) => evidence.length > 0)
      .slice(0, 60),
    inferences: [
      ...shown.flatMap((one) => [
        { text: s(one.mechanism), evidence: valid(one.evidence, 5) },
        ...one.checked
          .filter(({ result }) => result === 'passed')
          .map(({ text, evidence }) => ({ text: s(`Checked: ${text}`), evidence: valid(evidence, 5) })),
      ]),
      ...(outcome === 'none'
        ? []
        : relationsOf(snapshot, suspects).map((one) => ({ text: s(one.text), evidence: valid(one.evidence, 5) }))),
    ].slice(0, 30),
    timeline: timeline(
      snapshot,
      subject,
      symptoms.filter((one) => !isWeak(one)),
      events,
    ).map((one) => ({ ...one, text: s(one.text), evidence: valid(one.evidence, 5) })),
    chain: shown
      .flatMap((one) => chainOf(subject, symptoms, one))
      .slice(0, 12)
      .map((link) => ({ ...link, mechanism: s(link.mechanism) })),
    gaps: gapsOf(snapshot, ranked)
      .slice(0, 30)
      .map(({ what, why, wouldSettle }) => ({ what: s(what), why: s(why), wouldSettle: s(wouldSettle) })),
    impact: impactOf(snapshot, subject),
    remedies: shown
      .flatMap(({ remedies }) => remedies)
      .filter((one, index, all) => all.findIndex(({ title }) => title === one.title) === index)
      .slice(0, 6)
      .map((one) => ({
        ...one,
        title: s(one.title),
        risk: s(one.risk),
        rollback: s(one.rollback),
        verify: s(one.verify),
        ...(one.command === undefined ? {} : { command: cut(tidy(one.command), 1000) }),
      })),
    prevention: [...new Set(shown.flatMap(({ prevention }) => prevention ?? []))].slice(0, 3).map(s),
  }
  return { verdict: Verdict.parse(verdict), ranked }
}

/**
 * - `none`: nothing is broken now, no detector of the watch would open the incident again on what was read, and what was
 *   needed to say so was read.
 * - `cause`: every symptom is explained, each cause is certain (mechanism quoted by two kinds of evidence, object read, no
 *   check refuted), and the reading was complete.
 * - `likely`: there are causes, and one of these conditions fails.
 * - `inconclusive`: symptoms without an explanation that is more than thin, or too little could be read.
 */
function outcomeOf(
  {
    snapshot,
    subject,
    symptoms,
    complete,
  }: {
    readonly snapshot: Snapshot
    readonly subject: Subject
    readonly symptoms: readonly Symptom[]
    readonly complete: boolean
  },
  { leading, unexplained }: Ranked,
  suspects: readonly Weighed[],
): Verdict['outcome'] {
  const hard = symptoms.filter((one) => !isWeak(one))
  if (leading.length === 0 && hard.length === 0)
    return sawEnough(snapshot, subject) && complete ? 'none' : 'inconclusive'
  if (leading.length === 0) return 'inconclusive'
  const explained = new Set(leading.flatMap(({ explains }) => explains))
  // A second trouble on pods that are explained already is mostly its consequence.
  const pods = new Set(
    symptoms.filter(({ key }) => explained.has(key)).flatMap((one) => one.pods.map(({ name }) => name)),
  )
  const open = unexplained.filter((one) =>
    one.pods.length === 0 ? explained.size === 0 : !one.pods.every(({ name }) => pods.has(name)),
  )
  const certain = leading.every((one) => isCertain(one) && sure(suspects, one))
  return certain && open.length === 0 && complete ? 'cause' : 'likely'
}

/** "Healthy" may be said when the subject was seen (or is gone for sure), and its pods could be listed. */
function sawEnough(snapshot: Snapshot, subject: Subject): boolean {
  const gone = whether(snapshot, subject.kind, subject.namespace, subject.name).is === 'absent'
  const pods =
    subject.namespace === '' ||
    snapshot.lists.some(({ kind, namespace }) => kind === 'Pod' && namespace === subject.namespace)
  return (subject.seen !== undefined || gone) && pods
}

function headline(
  snapshot: Snapshot,
  subject: Subject,
  symptoms: readonly Symptom[],
  outcome: Verdict['outcome'],
  shown: readonly Hypothesis[],
): string {
  const { incident } = snapshot
  const name = label(subject)
  const at = `in cluster ${incident.cluster}`
  if (outcome === 'none') {
    if (subject.seen === undefined && incident.faultType === ASKED)
      return `There is no ${name} ${at}${others(snapshot, subject)}.`
    if (incident.faultType === ASKED && subject.seen !== undefined)
      return `${name} ${at} is healthy: nothing wrong was found.`
    if (subject.seen === undefined)
      return `${name} is no longer there ${at}: it was deleted after the fault ${incident.faultType} was seen.`
    const last = subject.pods
      .flatMap((pod) =>
        pod.data.status.containerStatuses.flatMap(({ lastState }) => lastState.terminated?.finishedAt ?? []),
      )
      .toSorted()
      .at(-1)
    return `${name} ${at} is healthy now; the fault ${incident.faultType} is over${last === undefined ? '' : ` (the last container ended at ${dayAndMinute(last)})`}.`
  }
  const since = dayAndMinute(onsetOf(snapshot, symptoms))
  const { desired, ready } = impactOf(snapshot, subject)
  const updated = subject.workload?.data.status.updatedReplicas
  const state =
    desired === undefined
      ? 'is in trouble'
      : ready !== desired
        ? `has ${ready} of ${desired} replicas ready`
        : updated !== undefined && updated < desired
          ? 'keeps its old replicas, and the new ones do not come up,'
          : symptoms.some(({ container }) => container !== undefined)
            ? 'has its replicas ready now, and they keep failing,'
            : 'has all replicas ready and fails all the same'
  const because =
    shown.length === 0
      ? `no cause could be shown (${symptoms[0]?.text ?? 'it could not be read'})`
      : shown.map((one) => one.summary.replace(/\.$/, '')).join('; and ')
  return `${name} ${at} ${state} since ${since}: ${because}.`
}

/** What there is of the kind, for whoever has mistyped a name. */
function others({ objects }: Snapshot, { kind, namespace }: Subject): string {
  const names = objects.filter((one) => one.kind === kind && one.namespace === namespace).map((one) => one.name)
  return names.length === 0 ? '' : `; of that kind there are ${[...new Set(names)].slice(0, 5).join(', ')}`
}

function hypothesisOf(
  one: Proven,
  state: 'leading' | 'rejected' | 'open',
  why: string,
  s: (text: string) => string,
  valid: (citations: readonly Citation[], most: number) => Citation[],
): Verdict['hypotheses'][number] {
  return {
    text: s(`${one.class}: ${one.summary}`),
    state,
    for: valid(one.evidence, 10),
    against: valid(one.against ?? [], 10),
    falsification: s(testWords(one)),
    why: s(why),
  }
}

type Fact = { readonly text: string; readonly evidence: readonly Citation[] }
function factsOf(
  snapshot: Snapshot,
  subject: Subject,
  symptoms: readonly Symptom[],
  shown: readonly Hypothesis[],
  events: ReturnType<typeof story>,
): readonly Fact[] {
  const status =
    subject.seen === undefined
      ? []
      : cite(subject.seen, /^\s*(readyReplicas|unavailableReplicas|replicas|numberReady|phase): /)
  return [
    ...symptoms
      .filter((one) => one.evidence.length > 0)
      .map((one) => ({
        text: `${one.pods[0] === undefined ? '' : `Pod ${one.pods[0].name}: `}${one.text} (${Math.max(one.pods.length, 1)} ${one.pods.length > 1 ? 'pods' : 'time'}).`.replace(
          ' (1 time)',
          '',
        ),
        evidence: one.evidence,
      })),
    ...(status.length > 0 ? [{ text: impactOf(snapshot, subject).summary, evidence: status }] : []),
    ...shown.flatMap((one) =>
      one.evidence.map((citation) => ({ text: `Evidence for ${one.class}: ${citation.quote}`, evidence: [citation] })),
    ),
    ...lastChanges(subject).map((one) => ({
      text: `The last rollout changed the ${one.what} from ${one.before} to ${one.after}.`,
      evidence: one.evidence,
    })),
    ...events.map((event) => ({
      text: `${event.reason} of ${event.kind} ${event.name}, ${event.count} times: ${event.message}`,
      evidence: cite(event, event.message),
    })),
  ]
}

function chainOf(subject: Subject, symptoms: readonly Symptom[], one: Hypothesis): Verdict['chain'] {
  const first = one.chain ?? [{ ...one.culprit, mechanism: one.summary }]
  const shows = symptoms.find(({ key }) => one.explains.includes(key))
  const pod = shows?.pods[0]
  const links = [
    ...first,
    { ...culpritOf(subject), mechanism: one.mechanism },
    ...(pod === undefined ? [] : [{ ...culpritOf(pod), mechanism: shows?.text ?? '' }]),
  ]
  return links.filter((link, index) => links.findIndex((other) => label(other) === label(link)) === index)
}

function gapsOf(
  snapshot: Snapshot,
  { unexplained, leading }: Ranked,
): readonly { readonly what: string; readonly why: string; readonly wouldSettle: string }[] {
  const own = unexplained.map((one) => ({
    what: `Why ${one.text}`,
    why:
      leading.length > 0
        ? 'No rule explains it beside the causes that were found.'
        : 'No rule explains it with what could be read.',
    wouldSettle:
      one.container === undefined
        ? 'A look at the objects named in the timeline.'
        : 'The log of the container at the time of its end.',
  }))
  return [...own, ...snapshot.gaps]
}
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
