import { z } from 'zod'
import { type Feature, type Features, featureNames } from './features.ts'
import type { PoolSuspect } from './suspect-pool.ts'
import table from './weights.json' with { type: 'json' }

/** How much each reason counts: fitted on what is known (`npm run fit`), never set by hand. */
const weights: Readonly<Record<string, number>> = z.record(z.string(), z.number()).parse(table)

export type Weighed = PoolSuspect & {
  /** How likely it is, among all who come into question. */
  readonly probability: number
}

const scoreOf = (features: Features, by: Readonly<Partial<Record<Feature, number>>>): number =>
  featureNames.reduce((sum, name) => sum + (features[name] ?? 0) * (by[name] ?? 0), 0)

/** The likeliest first. */
export function weighed(pool: readonly PoolSuspect[]): readonly Weighed[] {
  const scores = pool.map(({ features }) => scoreOf(features, weights))
  const most = Math.max(0, ...scores)
  const shares = scores.map((one) => Math.exp(one - most))
  const whole = shares.reduce((sum, one) => sum + one, 0)
  return pool
    .map((one, index) => ({ ...one, probability: (shares[index] ?? 0) / whole }))
    .toSorted((a, b) => b.probability - a.probability)
}
