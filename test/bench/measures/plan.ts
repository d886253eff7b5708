/** How much is measured. */
export type Plan = {
  readonly clusters: readonly number[]
  /** Of which the median counts. */
  readonly runs: number
  /** Opened and closed in search of leaks. */
  readonly cycles: number
  /** The few minutes that every landing can afford: no stock SDK, no whole watch, no whole app. */
  readonly short: boolean
  readonly say: (line: string) => void
}
