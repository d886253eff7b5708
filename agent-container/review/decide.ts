import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { isExternal } from '../../shared/artifacts/external.ts'
import type { Culprit, RootCause, Verdict } from '../../shared/artifacts/verdict.ts'
import { checkedOf } from './checked.ts'
import { type Connection, connectionOf, isBroken, liesAbove } from './connected.ts'
import { documentsOf, escaped } from './documents.ts'
import { combined, kept, labels, sameSet, taken, withView } from './merge.ts'
import type { Submitted } from './submitted.ts'

export type Decided = { readonly verdict: Verdict | undefined; readonly notes: readonly string[] }
export type Case = {
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
 * Two arguments, weighed by code. What the model says is checked as the report checks it; a model alone is never more
 * than likely. Then, in this order:
 * - it agrees, or names the same object: confirmed; where it says another mechanism, with quotes, that one is taken;
 * - nothing of it stands: the rules' verdict stands;
 * - the rules have no verdict, or none with a cause: its causes are taken as likely, if they have to do with the incident;
 * - the rules saw nothing broken: its causes are taken where a read object shows that something is broken now;
 * - orders to the reader were seen in the cluster: its view is a further hypothesis;
 * - its cause is no more than there: likewise;
 * - it lies beside the incident's objects and is well, and the rules are certain: likewise;
 * - its cause lies above the rules' one, or its quotes refute theirs, or theirs was likely only: its cause is taken;
 * - else the two stand side by side, contested.
 */
export function decide(one: Case): Decided {
  const { rules, model, submitted, entries } = one
  const { verdict, dropped, refutes } = checkedOf(one)
  const causes = verdict.rootCauses
  const fell =
    dropped.length === 0 ? [] : [`Of what ${model} said, ${dropped.length} parts fell: ${dropped[0]}`.slice(0, 600)]
  const note = (...sentences: string[]) => [...sentences, ...fell].map((sentence) => sentence.slice(0, 600))

  if (rules !== undefined && submitted.confirms && rules.rootCauses.length > 0)
    return { verdict: kept(confirmed(rules), verdict), notes: note(`${model} confirms the cause.`) }
  if (rules !== undefined && causes.length > 0 && sameSet(causes, rules.rootCauses))
    return { verdict: combinedWith(one, rules, verdict), notes: note(`${model} names the same cause.`) }

  if (causes.length === 0) {
    if (rules === undefined)
      return {
        verdict: { ...verdict, outcome: 'inconclusive' },
        notes: note('No rule had a verdict, and nothing that the model said stands.'),
      }
    const said =
      submitted.rootCauses.length === 0
        ? `${model} names no cause; the rules' verdict stands.`
        : sameSet(submitted.rootCauses, rules.rootCauses)
          ? `${model} names the same cause, without a quote that says why.`
          : `Nothing that ${model} named as a cause stands the check; the rules' verdict stands.`
    return { verdict: kept(rules, verdict), notes: note(said) }
  }

  const connections = causes.map((cause) => connectionOf(cause, one.own, entries))
  const apart = causes.filter((_, at) => connections[at] === 'nothing')
  const view = rules === undefined ? undefined : withView(rules, verdict)
  if (apart.length > 0)
    return {
      verdict: view ?? { ...verdict, outcome: 'inconclusive', rootCauses: [], chain: [] },
      notes: note(
        `${model} names ${labels(apart)}, which nothing that was read connects with this incident; ${rules === undefined ? 'it is no cause' : "the rules' verdict stands"}.`,
      ),
    }
  if (rules === undefined || view === undefined || rules.outcome === 'inconclusive')
    return { verdict: taken(rules, verdict, capped(verdict)), notes: note(ALONE(model)) }
  if (rules.outcome === 'none')
    return !one.flagged && causes.some((cause) => isIll(cause, entries))
      ? {
          verdict: taken(rules, verdict, 'likely'),
          notes: note(`The rules saw nothing broken; ${model} shows what is. ${ALONE(model)}`),
        }
      : {
          verdict: view,
          notes: note(
            `${model} names ${labels(causes)}; the rules saw that nothing is broken now, and no quote shows it.`,
          ),
        }
  if (one.flagged)
    return {
      verdict: view,
      notes: note(
        `${model} names ${labels(causes)} instead; something in the cluster gives orders to its reader, so the rules' verdict stands.`,
      ),
    }
  const words = `The rules name ${labels(rules.rootCauses)}; ${model} names ${labels(causes)}`
  if (isAbove(causes, rules, entries))
    return { verdict: taken(rules, verdict, 'likely'), notes: note(`${words}, on which it depends.`) }
  if (refutes)
    return {
      verdict: taken(rules, verdict, 'likely'),
      notes: note(`${words}, and quotes what speaks against the former.`),
    }
  if (
    rules.outcome === 'likely' &&
    connections.every((how) => firm.has(how)) &&
    causes.every((cause) => shown(cause, entries))
  )
    return { verdict: taken(rules, verdict, 'likely'), notes: note(`${words}, with more than logs behind it.`) }
  // What fills a node is one of those that lie beside each other on it.
  const onNode = rules.rootCauses.some(({ kind }) => kind === 'Node')
  if (connections.includes('beside') && rules.outcome === 'cause' && !onNode)
    return {
      verdict: view,
      notes: note(`${words}, which is well and only lies beside it; the rules' verdict stands.`),
    }
  return {
    verdict: combined(rules, verdict, tellApart(one, rules, causes)),
    notes: note(`${words}; both stand the check.`),
  }
}

const ALONE = (model: string) => `No rule confirms it: ${model} alone says so, and it is called likely at most.`
const firm = new Set<Connection>(['own', 'named', 'failing', 'outside'])

const confirmed = (rules: Verdict): Verdict => ({
  ...rules,
  rootCauses: rules.rootCauses.map((cause) => ({ ...cause, by: 'both' as const })),
})

/**
 * Both name the object. The rules' words stay, unless the model found another mechanism and quotes it: then its words
 * lead, and are certain only if the rules had thought of that mechanism, too. Where orders were seen, the rules' stay.
 */
function combinedWith({ flagged, entries }: Case, rules: Verdict, model: Verdict): Verdict {
  const better = model.rootCauses.flatMap((cause) => {
    const ruled = rules.rootCauses.find((one) => labels([one]) === labels([cause]))
    return ruled === undefined || ruled.class === cause.class || flagged ? [] : [cause]
  })
  if (better.length === 0) return kept(confirmed(rules), model)
  const known = better.every(
    (cause) => shown(cause, entries) && rules.hypotheses.some(({ text }) => text.startsWith(`${cause.class}:`)),
  )
  const merged = kept(confirmed(rules), model)
  return {
    ...merged,
    outcome: rules.outcome === 'cause' && known ? 'cause' : 'likely',
    headline: model.headline,
    rootCauses: merged.rootCauses.map((ruled) => {
      const cause = better.find((one) => labels([one]) === labels([ruled]))
      if (cause === undefined) return ruled
      return { ...cause, by: 'both' as const, evidence: [...cause.evidence, ...ruled.evidence].slice(0, 20) }
    }),
    hypotheses: [
      ...rules.rootCauses.map((cause) => ({
        text: `${cause.class}: ${cause.summary}`.slice(0, 600),
        state: 'open' as const,
        for: cause.evidence.slice(0, 10),
        against: [],
        falsification: 'None was made.',
        why: 'The rules name this mechanism of the same object.',
      })),
      ...merged.hypotheses,
    ].slice(0, 20),
    remedies: [...model.remedies, ...rules.remedies].slice(0, 6),
  }
}

const capped = (verdict: Verdict): Verdict['outcome'] =>
  verdict.outcome === 'inconclusive' || verdict.outcome === 'none' ? 'inconclusive' : 'likely'

const isAbove = (causes: readonly Culprit[], rules: Verdict, entries: readonly EvidenceEntry[]): boolean =>
  causes.every((upper) => rules.rootCauses.some((lower) => liesAbove(upper, lower, entries)))

/** Something other than a log or an event, both of which anybody can write who can reach the program. */
const shown = (cause: RootCause, entries: readonly EvidenceEntry[]): boolean =>
  isExternal(cause) ||
  cause.evidence.some(({ id }) => {
    const entry = entries.find((one) => one.id === id)
    return entry !== undefined && !/log|events_list/.test(entry.tool) && entry.arguments.kind !== 'Event'
  })

const isIll = (cause: Culprit, entries: readonly EvidenceEntry[]): boolean =>
  documentsOf(entries).some(
    (text) => new RegExp(`^\\s*name: "?${escaped(cause.name)}(-[a-z0-9-]+)?"?$`, 'm').test(text) && isBroken(text),
  )

const tellApart = ({ submitted, redact }: Case, rules: Verdict, causes: readonly Culprit[]): string =>
  (submitted.tellApart === undefined
    ? `Which of ${labels([...rules.rootCauses.slice(0, 2), ...causes.slice(0, 2)])} changed or failed first.`
    : redact(submitted.tellApart)
  ).slice(0, 600)
