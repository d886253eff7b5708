/** The third time the same question is asked, the answer is that it was answered. */
const MOST = 2

export type Repeats = {
  /** Set when this call was answered often enough already: what to say instead. */
  readonly before: (tool: string, given: Readonly<Record<string, unknown>>) => string | undefined
  readonly answered: (tool: string, given: Readonly<Record<string, unknown>>, id: string) => void
  readonly seen: () => boolean
}

/** Models that go round in circles read the same again and again: a cluster is asked twice at most. */
export function openRepeats(): Repeats {
  const calls = new Map<string, { times: number; id: string }>()
  let seen = false
  const keyOf = (tool: string, given: Readonly<Record<string, unknown>>) =>
    `${tool} ${JSON.stringify(Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`
  return {
    before(tool, given) {
      const known = calls.get(keyOf(tool, given))
      if (known === undefined || known.times < MOST) return undefined
      seen = true
      return `This was answered ${known.times} times, as ${known.id}: use that (evidence_read), look elsewhere, or hand in.`
    },
    answered(tool, given, id) {
      const key = keyOf(tool, given)
      calls.set(key, { times: (calls.get(key)?.times ?? 0) + 1, id })
    },
    seen: () => seen,
  }
}
