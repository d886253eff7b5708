import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { type Culprit, type RootCause, Verdict } from '../../shared/artifacts/verdict.ts'
import { verifyEvidence } from '../../shared/artifacts/verify-evidence.ts'
import { givesOrders } from '../diagnose/verdict/injection.ts'
import { connected } from './connected.ts'
import { safeRemedy, safeTexts } from './safe-text.ts'
import type { Submitted } from './submitted.ts'

export type Decided = { readonly verdict: Verdict | undefined; readonly notes: readonly string[] }
type Case = {
  readonly rules: Verdict | undefined
  readonly submitted: Submitted
  readonly entries: readonly EvidenceEntry[]
  /** Somebody in the cluster gave orders to the reader. */
  readonly flagged: boolean
  readonly model: string
  /** What the incident is about: its owner and the object on which it was seen. */
  readonly own: readonly Culprit[]
  readonly redact: (text: string) => string
}

/**
 * Rules first, a model second. What the model says is checked as the report checks it; then:
 * - it names what the rules named: their verdict stands, with its words beside;
 * - the rules are certain, or saw that nothing is broken: their verdict stands, the other view is an open hypothesis;
 * - the rules were unsure and nobody gave orders: its causes are taken, never as more than likely;
 * - the rules found nothing: its causes are taken, as certain only when more than logs shows them and nobody gave orders;
 * - it names a healthy workload that has nothing to do with the incident: the rules' verdict stands;
 * - nothing of it stands: the rules' verdict stands, and the report says so.
 */
export function decide(one: Case): Decided {
  const { rules, model } = one
  const checked = checkedOf(one)
  const { verdict } = checked
  const causes = verdict.rootCauses
  const fell =
    checked.dropped.length === 0
      ? []
      : [`Of what ${model} said, ${checked.dropped.length} parts fell: ${checked.dropped[0]}`.slice(0, 600)]
  const apart = causes.filter((cause) => !connected(cause, one.own, one.entries))
  if (apart.length > 0 && rules !== undefined)
    return kept(
      rules,
      asHypotheses(verdict),
      `${model} names ${names(apart)}, which is healthy and named by nothing of this incident; the rules' verdict stands.`,
      fell,
    )
  if (causes.length === 0) {
    if (rules === undefined)
      return {
        verdict: { ...verdict, outcome: 'inconclusive' },
        notes: [...fell, 'No rule had a verdict, and nothing that the model said stands.'],
      }
    if (one.submitted.rootCauses.length === 0)
      return kept(rules, verdict, `${model} names no cause; the rules' verdict stands.`)
    return kept(
      rules,
      verdict,
      `Nothing that ${model} named as a cause stands the check; the rules' verdict stands.`,
      fell,
    )
  }
  if (rules === undefined || rules.outcome === 'inconclusive') {
    const certain =
      checked.outcome === 'cause' && !one.flagged && causes.every((cause) => shownByMore(cause, one.entries))
    const outcome = certain ? 'cause' : checked.outcome === 'inconclusive' ? 'inconclusive' : 'likely'
    return { verdict: taken(rules, verdict, outcome), notes: [...fell, ...(one.flagged ? [CAPPED] : [])] }
  }
  if (sameSet(causes, rules.rootCauses)) return kept(rules, verdict, `${model} names the same cause.`, fell)
  if (rules.outcome === 'likely' && !one.flagged)
    return {
      verdict: taken(rules, verdict, 'likely'),
      notes: [...fell, `The rules leaned to ${names(rules.rootCauses)}; ${model} names ${names(causes)}.`],
    }
  const why =
    rules.outcome === 'none'
      ? 'the rules saw that nothing is broken now'
      : rules.outcome === 'cause'
        ? 'the rules are certain'
        : 'something in the cluster gives orders to its reader'
  return kept(
    rules,
    asHypotheses(verdict),
    `${model} names ${names(causes)} instead; ${why}, and their verdict stands.`,
    fell,
  )
}
const CAPPED = 'Something in the cluster gives orders to its reader, so the cause is called likely at most.'

/** The model's words in the form of a verdict, without what quotes an order, an address or a command that is none of ours. */
function checkedOf({ submitted, rules, entries, model, redact }: Case) {
  const clear = <T extends { readonly quote: string }>(list: readonly T[]): T[] =>
    list.filter(({ quote }) => !givesOrders(quote))
  const said = safeTexts(submitted, redact)
  const first = said.rootCauses[0]
  const verdict: Verdict = {
    version: 1,
    by: `rules and ${model}`.slice(0, 100),
    ...said,
    rootCauses: said.rootCauses.map((cause) => ({ ...cause, evidence: clear(cause.evidence) })),
    facts: said.facts
      .map((fact) => ({ ...fact, evidence: clear(fact.evidence) }))
      .filter(({ evidence }) => evidence.length > 0),
    remedies: said.remedies.map(safeRemedy),
    timeline: rules?.timeline ?? [],
    chain: first === undefined ? [] : [{ ...culprit(first), mechanism: first.mechanism }],
    impact: rules?.impact ?? { summary: said.headline, affected: [] },
  }
  return verifyEvidence(cutLong(verdict), entries)
}

/** Redaction may lengthen a text that was just short enough. */
function cutLong(verdict: Verdict): Verdict {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length > 600 ? `${value.slice(0, 599)}…` : value
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, key === 'quote' || key === 'command' ? item : walk(item)]),
    )
  }
  return Verdict.parse(walk(verdict))
}

/** The rules' verdict with what the model adds beside it. */
function kept(rules: Verdict, model: Verdict, ...notes: readonly (string | readonly string[])[]): Decided {
  const verdict: Verdict = {
    ...rules,
    by: model.by,
    hypotheses: [
      ...rules.hypotheses,
      ...model.hypotheses.map((one) => ({ ...one, state: one.state === 'leading' ? ('open' as const) : one.state })),
    ].slice(0, 20),
    facts: [...rules.facts, ...model.facts].slice(0, 60),
    inferences: [...rules.inferences, ...model.inferences].slice(0, 30),
    gaps: [...rules.gaps, ...model.gaps].slice(0, 30),
  }
  return { verdict, notes: notes.flat().map((note) => note.slice(0, 600)) }
}

/** The model's causes with what the rules know. */
const taken = (rules: Verdict | undefined, model: Verdict, outcome: Verdict['outcome']): Verdict => ({
  ...model,
  outcome,
  hypotheses: [
    ...model.hypotheses,
    ...(rules?.hypotheses ?? []).map((one) => ({
      ...one,
      state: one.state === 'leading' ? ('open' as const) : one.state,
    })),
  ].slice(0, 20),
  facts: [...model.facts, ...(rules?.facts ?? [])].slice(0, 60),
  gaps: [...model.gaps, ...(rules?.gaps ?? [])].slice(0, 30),
})

const asHypotheses = (verdict: Verdict): Verdict => ({
  ...verdict,
  hypotheses: [
    ...verdict.rootCauses.map((cause) => ({
      text: `${cause.class}: ${cause.summary}`.slice(0, 600),
      state: 'open' as const,
      for: cause.evidence.slice(0, 10),
      against: [],
      falsification: 'None was made.',
      why: 'A model named it; the rules see it otherwise.',
    })),
    ...verdict.hypotheses,
  ].slice(0, 20),
})

/** Something other than a log or an event, both of which anybody can write who can reach the program. */
const shownByMore = (cause: RootCause, entries: readonly EvidenceEntry[]): boolean =>
  cause.evidence.some(({ id }) => {
    const entry = entries.find((one) => one.id === id)
    return entry !== undefined && !/log|events_list/.test(entry.tool) && entry.arguments.kind !== 'Event'
  })

const culprit = ({ kind, namespace, name }: Culprit): Culprit => ({ kind, namespace, name })
const label = ({ kind, namespace, name }: Culprit): string =>
  [kind, namespace, name].filter((part) => part !== '').join('/')
const names = (causes: readonly Culprit[]): string => causes.map(label).join(', ') || 'nothing'
const sameSet = (one: readonly Culprit[], other: readonly Culprit[]): boolean =>
  one.map(label).toSorted().join(' ') === other.map(label).toSorted().join(' ')
