import { whyItFalls } from './cited.ts'
import type { Citation, EvidenceEntry } from './evidence.ts'
import { isExternal } from './external.ts'
import type { Outcome } from './report.ts'
import { nothingButIdentity } from './substance.ts'
import type { Culprit, Verdict } from './verdict.ts'

export type Verified = { readonly verdict: Verdict; readonly outcome: Outcome; readonly dropped: readonly string[] }

/**
 * Keeps of a verdict only what its citations prove: an entry of that id exists in the journal and contains the quote.
 * A root cause also needs its object to have been read; one that may not be read, but that a read object or an event
 * names, and one outside the cluster, are likely at most. Of a model, a
 * quote that only says which object it is proves nothing.
 * What falls is named in `dropped`; the outcome is decided here, whatever the verdict claimed.
 */
export function verifyEvidence(verdict: Verdict, evidence: readonly EvidenceEntry[]): Verified {
  const entries = new Map(evidence.map((entry) => [entry.id, entry]))
  const dropped: string[] = []
  const proven = (what: string) => (citation: Citation) => {
    const why = whyItFalls(citation, entries.get(citation.id))
    if (why === undefined) return true
    dropped.push(cut(`${what}: citation ${citation.id} fell, ${why}.`))
    return false
  }
  const rootCauses = verdict.rootCauses.flatMap((cause) => {
    const what = `${cause.kind} ${cause.name}`
    const kept = cause.evidence.filter(proven(`Root cause ${what}`))
    if (kept.length === 0) return drop(`Root cause ${what} fell: none of its evidence stands.`)
    if (cause.by === 'model' && kept.every(nothingButIdentity))
      return drop(`Root cause ${what} fell: its quotes say only which object it is, not what is wrong with it.`)
    if (wasRead(cause, evidence) || isMissing(cause, kept, evidence)) return [{ ...cause, evidence: kept }]
    if (isExternal(cause) || isReferenced(cause, evidence))
      return [
        { ...cause, confidence: cause.confidence === 'high' ? ('medium' as const) : cause.confidence, evidence: kept },
      ]
    return drop(`Root cause ${what} fell: the object itself was never read, and no object that was read names it.`)
  })
  function drop(sentence: string): never[] {
    dropped.push(cut(sentence))
    return []
  }
  const facts = verdict.facts.flatMap((fact) => {
    const kept = fact.evidence.filter(proven('Fact'))
    return kept.length > 0 ? [{ ...fact, evidence: kept }] : drop(`Fact fell: ${fact.text}`)
  })
  const kept: Verdict = {
    ...verdict,
    rootCauses,
    facts,
    inferences: verdict.inferences.map((one) => ({ ...one, evidence: one.evidence.filter(proven('Inference')) })),
    hypotheses: verdict.hypotheses.map((one) => ({
      ...one,
      for: one.for.filter(proven('Hypothesis')),
      against: one.against.filter(proven('Hypothesis')),
    })),
    ...(verdict.suspects === undefined
      ? {}
      : {
          suspects: verdict.suspects.map((one) => ({
            ...one,
            for: one.for.map((said) => ({ ...said, evidence: said.evidence.filter(proven('Suspect')) })),
            against: one.against.map((said) => ({ ...said, evidence: said.evidence.filter(proven('Suspect')) })),
          })),
        }),
    timeline: verdict.timeline.map((one) => ({ ...one, evidence: one.evidence.filter(proven('Timeline')) })),
    chain: rootCauses.length > 0 ? verdict.chain : [],
  }
  return { verdict: kept, outcome: outcomeOf(verdict, kept), dropped: dropped.slice(0, 200) }
}

function outcomeOf(claimed: Verdict, kept: Verdict): Outcome {
  if (claimed.rootCauses.length === 0) return claimed.outcome === 'none' ? 'none' : 'inconclusive'
  if (kept.rootCauses.length === 0) return 'inconclusive'
  const whole = kept.rootCauses.length === claimed.rootCauses.length
  const sure = kept.rootCauses.every((cause) => cause.confidence === 'high')
  if (claimed.outcome === 'cause' && whole && sure) return 'cause'
  if (claimed.outcome === 'contested' && whole) return 'contested'
  return claimed.outcome === 'inconclusive' || claimed.outcome === 'none' ? 'inconclusive' : 'likely'
}

/** What the cluster's programs wrote, not what the cluster is: anybody who can send them a request can write there. */
const isLog = ({ tool }: EvidenceEntry): boolean => tool === 'log' || tool === 'pods_log'
/** An event names objects; it is not one of them. */
const isHearsay = (entry: EvidenceEntry): boolean =>
  isLog(entry) || entry.tool === 'events_list' || entry.arguments.kind === 'Event'

/** A read counts when an answered call returned an object of that kind and name (or was asked for it by name). */
function wasRead(culprit: Culprit, evidence: readonly EvidenceEntry[]): boolean {
  const name = new RegExp(`(^|[^a-z0-9.-])${culprit.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^a-z0-9.-])`, 'm')
  return evidence.some((entry) => {
    if (entry.status < 200 || entry.status > 299 || isHearsay(entry)) return false
    const kinds = [entry.arguments.kind, entry.arguments.resource]
    const ofKind = kinds.includes(culprit.kind) || new RegExp(`\\b${culprit.kind}\\b`).test(entry.output)
    return ofKind && name.test(entry.output)
  })
}

/**
 * What does not exist cannot be read: then whoever needed it must say, in a quote that stands, that an object of this
 * kind and name is not found. A log is no such witness: anybody can write one.
 */
function isMissing(culprit: Culprit, kept: readonly Citation[], evidence: readonly EvidenceEntry[]): boolean {
  return kept.some(({ id, quote }) => {
    const witness = evidence.find((entry) => entry.id === id)
    const says = quote.toLowerCase()
    const named = says.includes(culprit.kind.toLowerCase()) && quote.includes(culprit.name)
    return witness !== undefined && !isLog(witness) && named && /not found|non-existent|couldn't find/.test(says)
  })
}

/** Kinds that an ordinary reader may not read; others that were not read could have been. */
const withheld = new Set(['Secret'])

/** Of what may not be read, whether an object that was read, or an event, names it by a field or a word for its kind. */
function isReferenced(culprit: Culprit, evidence: readonly EvidenceEntry[]): boolean {
  if (!withheld.has(culprit.kind)) return false
  const name = culprit.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const field = new RegExp(`(secret|pullSecrets)[\\s\\S]{0,80}[^a-z0-9.-]${name}($|[^a-z0-9.-])`, 'i')
  return evidence.some(
    (entry) => entry.status >= 200 && entry.status < 300 && !isLog(entry) && field.test(entry.output),
  )
}

const cut = (sentence: string): string => (sentence.length <= 600 ? sentence : `${sentence.slice(0, 599)}…`)
