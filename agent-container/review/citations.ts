import { parseDocument } from 'yaml'
import { fold, valueAt } from '../../shared/artifacts/cited.ts'
import type { Citation, EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { Cited, HandedIn, Submitted } from './submitted.ts'

/**
 * A model's citations in the journal's own form: a path with its value becomes the line that says so, a path at which
 * nothing stands becomes an absence. What cannot be one is dropped, and named.
 */
export function resolveCitations(
  verdict: HandedIn,
  entries: readonly EvidenceEntry[],
): { readonly verdict: Omit<Submitted, 'confirms'>; readonly fell: readonly string[] } {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const fell: string[] = []
  const one = (cited: Cited): Citation[] => {
    const found = citationOf(cited, byId.get(cited.id))
    if (typeof found === 'object') return [found]
    fell.push(`Citation ${cited.id.slice(0, 10)}: ${found}.`)
    return []
  }
  const all = (list: readonly Cited[]): Citation[] => list.flatMap(one)
  return {
    verdict: {
      ...verdict,
      rootCauses: verdict.rootCauses.map((cause) => ({
        ...cause,
        evidence: all(cause.evidence),
        refutes: all(cause.refutes),
      })),
      hypotheses: verdict.hypotheses.map((item) => ({ ...item, for: all(item.for), against: all(item.against) })),
      facts: verdict.facts.map((item) => ({ ...item, evidence: all(item.evidence) })),
      inferences: verdict.inferences.map((item) => ({ ...item, evidence: all(item.evidence) })),
    },
    fell,
  }
}

/** Copied out of JSON, quotes inside a line come escaped. */
const unescaped = (text: string): string => text.replace(/\\(["\\/])/g, '$1')

function citationOf({ id, quote, path, value, absent }: Cited, entry: EvidenceEntry | undefined): Citation | string {
  if (!/^e\d{1,4}$/.test(id)) return 'it is no id of a piece of evidence, such as e7'
  if (path !== undefined && path !== '' && absent === true) return { id, quote: path, absent: true }
  if (quote !== undefined && quote.trim() !== '') {
    if (entry === undefined || fold(entry.output).includes(fold(quote))) return { id, quote }
    const plain = unescaped(quote)
    return { id, quote: fold(entry.output).includes(fold(plain)) ? plain : quote }
  }
  if (path === undefined || path === '' || value === undefined)
    return 'it has neither a quote nor a path with its value'
  if (entry === undefined) return 'no such entry in the journal'
  const key = path.split(/[.[\]]/).findLast((part) => part !== '') ?? path
  for (const text of entry.output.split(/^---$/m)) {
    const found = valueAt(parseDocument(text, { logLevel: 'silent' }).toJS({ maxAliasCount: 0 }), path)
    if (found === undefined || typeof found === 'object' || String(found).trim() !== value.trim()) continue
    for (const line of [`${key}: ${value}`, `${key}: "${value}"`, `${key}: '${value}'`, value])
      if (fold(text).includes(fold(line))) return { id, quote: line }
  }
  return `${path} does not read ${value.slice(0, 80)} there`
}
