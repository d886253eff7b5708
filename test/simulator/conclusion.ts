import type { Outcome } from '../../shared/artifacts/report.ts'
import type { Cause } from './expectations.ts'

/** What one incident came to. */
export type Part = {
  readonly outcome: Outcome
  readonly causes: readonly Cause[]
  readonly summary: string
  readonly folder: string
}
export type Conclusion = {
  readonly outcome: Outcome
  readonly rootCauses: readonly Cause[]
  readonly summary: string
  readonly incidentDir: string
}

const strength: readonly Outcome[] = ['cause', 'likely', 'inconclusive', 'evidence-only', 'none']

/**
 * Several incidents of one cluster make one verdict: the causes of all of them, the strongest outcome of any. An object
 * that two of them blame is one cause, by the name that the surer one gave it: a crash and a rollout that it stopped
 * are one trouble.
 */
export function concluded(parts: readonly Part[]): Conclusion | undefined {
  const sorted = parts.toSorted((a, b) => strength.indexOf(a.outcome) - strength.indexOf(b.outcome))
  const [first] = sorted
  if (first === undefined) return undefined
  const kept = new Map<string, { readonly part: Part; readonly causes: Cause[] }>()
  for (const part of sorted)
    for (const cause of part.causes) {
      const object = `${cause.kind}/${cause.namespace}/${cause.name}`
      const known = kept.get(object)
      if (known === undefined) kept.set(object, { part, causes: [cause] })
      // One incident may find two faults in one object.
      else if (known.part === part) known.causes.push(cause)
    }
  const rootCauses = [...kept.values()].flatMap(({ causes }) => causes)
  return { outcome: first.outcome, rootCauses, summary: first.summary, incidentDir: first.folder }
}
