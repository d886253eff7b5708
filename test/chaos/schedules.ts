import { simulate } from './simulate.ts'

/** Every refusal and every abort makes an error, whose stack nobody reads: a tenth of the time. */
const STACKS = 0

export type Summary = {
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[]
  readonly sum: Readonly<Record<'happened' | 'incidents' | 'reports' | 'posts' | 'twice', number>>
}

/** Schedules `first`, `first + 1`, … one after the other. */
export async function schedules(first: number, count: number): Promise<Summary> {
  const failures: { seed: number; violations: readonly string[] }[] = []
  const stacks = Error.stackTraceLimit
  Error.stackTraceLimit = STACKS
  const sum = { happened: 0, incidents: 0, reports: 0, posts: 0, twice: 0 }
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulate(seed)
    if (outcome.violations.length > 0) failures.push({ seed, violations: outcome.violations })
    for (const name of ['happened', 'incidents', 'reports', 'posts', 'twice'] as const) sum[name] += outcome[name]
    // Worlds run in promises alone; timers and signals of this process need their turn, too.
    if (seed % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  Error.stackTraceLimit = stacks
  return { failures, sum }
}

export const together = (parts: readonly Summary[]): Summary => ({
  failures: parts.flatMap(({ failures }) => failures),
  sum: parts.reduce(
    (all, { sum }) => ({
      happened: all.happened + sum.happened,
      incidents: all.incidents + sum.incidents,
      reports: all.reports + sum.reports,
      posts: all.posts + sum.posts,
      twice: all.twice + sum.twice,
    }),
    { happened: 0, incidents: 0, reports: 0, posts: 0, twice: 0 },
  ),
})
