import type { Citation, EvidenceEntry } from '../../../shared/artifacts/evidence.ts'

/** Where a quote comes from. Two quotes of one log are one kind: what forges or misleads one of them does so to both. */
export type EvidenceKind = 'log' | 'event' | 'status' | 'state' | 'object' | 'absence'

export function kindsOf(
  citations: readonly Citation[],
  entries: ReadonlyMap<string, EvidenceEntry>,
): ReadonlySet<EvidenceKind> {
  return new Set(
    citations.flatMap(({ id, quote }) => {
      const entry = entries.get(id)
      return entry === undefined ? [] : [kindOf(entry, quote)]
    }),
  )
}

function kindOf({ tool, arguments: given, status, output }: EvidenceEntry, quote: string): EvidenceKind {
  if (tool === 'log') return 'log'
  if (given.kind === 'Event') return 'event'
  if (status === 404 || quote.startsWith('# ')) return 'absence'
  if (/^deletionTimestamp: /.test(quote)) return 'state'
  const before = output.slice(0, Math.max(0, output.indexOf(quote)))
  // What somebody asks for, and what a component reports, in its own words or as a state that machines read.
  const inStatus =
    before.lastIndexOf('\nstatus:') > Math.max(before.lastIndexOf('\nspec:'), before.lastIndexOf('\n---'))
  return inStatus ? (state.test(quote) ? 'state' : 'status') : 'object'
}
const state = /^(?:- )?[a-zA-Z]+: ?["']?[\w.:-]*["']?$/
