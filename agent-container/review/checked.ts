import { whyItFalls } from '../../shared/artifacts/cited.ts'
import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { nothingButIdentity } from '../../shared/artifacts/substance.ts'
import { Verdict } from '../../shared/artifacts/verdict.ts'
import { type Verified, verifyEvidence } from '../../shared/artifacts/verify-evidence.ts'
import { givesOrders } from '../diagnose/verdict/injection.ts'
import { onKnown, safeRemedy, safeTexts } from './safe-text.ts'
import type { Submitted } from './submitted.ts'

type Said = {
  readonly submitted: Submitted
  readonly rules: Verdict | undefined
  readonly entries: readonly EvidenceEntry[]
  readonly model: string
  readonly redact: (text: string) => string
}
export type Checked = Verified & {
  /** Whether a quote that holds speaks against what the rules named. */
  readonly refutes: boolean
}

/** The model's words in the form of a verdict, without what quotes an order, an address or a command that is none of ours. */
export function checkedOf({ submitted, rules, entries, model, redact }: Said): Checked {
  const clear = <T extends { readonly quote: string }>(list: readonly T[]): T[] =>
    list.filter(({ quote }) => !givesOrders(quote))
  const { confirms: _, tellApart: __, rootCauses, ...said } = safeTexts(submitted, redact)
  const first = rootCauses[0]
  const verdict: Verdict = {
    version: 1,
    by: `rules and ${model}`.slice(0, 100),
    ...said,
    rootCauses: rootCauses.map(({ refutes: ___, ...cause }) => ({
      ...cause,
      by: 'model' as const,
      evidence: clear(cause.evidence),
    })),
    facts: said.facts
      .map((fact) => ({ ...fact, by: 'model' as const, evidence: clear(fact.evidence) }))
      .filter(({ evidence }) => evidence.length > 0),
    gaps: said.gaps.map((gap) => ({ ...gap, by: 'model' as const })),
    remedies: said.remedies.map((one) =>
      onKnown(
        safeRemedy(one),
        entries.map(({ output }) => output),
      ),
    ),
    timeline: rules?.timeline ?? [],
    chain:
      first === undefined
        ? []
        : [{ kind: first.kind, namespace: first.namespace, name: first.name, mechanism: first.mechanism }],
    impact: rules?.impact ?? { summary: said.headline, affected: [] },
  }
  const checked = verifyEvidence(cutLong(verdict), entries)
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const { outcome } = checked
  return {
    ...checked,
    verdict: { ...checked.verdict, outcome: outcome === 'evidence-only' ? 'inconclusive' : outcome },
    refutes: clear(rootCauses.flatMap((cause) => cause.refutes)).some(
      (one) => !nothingButIdentity(one) && whyItFalls(one, byId.get(one.id)) === undefined,
    ),
  }
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
