import { type Feature, type Features, featureNames } from '../../agent-container/diagnose/evidence/features.ts'

export type Row = { readonly features: Features; readonly right: boolean }
export type Example = {
  readonly scenario: string
  readonly set: string
  /** The mechanism family: what is left out together. */
  readonly family: string
  /** With all rules, or without those that know the mechanism. */
  readonly mode: 'known' | 'unknown'
  readonly weight: number
  readonly rows: readonly Row[]
}
export type Weights = Readonly<Record<Feature, number>>

/** Enough for the loss to stand still with some hundreds of examples. */
const ROUNDS = 400
const STEP = 0.1
/** Keeps a reason that occurs in few examples near nothing. */
const RIDGE = 0.002
const MOMENTUM = 0.9
const SPREAD = 0.999

const dense = (features: Features): readonly number[] => featureNames.map((name) => features[name] ?? 0)
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

/** Weights under which the right one of each incident leads most surely: softmax over its suspects, ridge, Adam. */
export function fitted(examples: readonly Example[]): Weights {
  const usable = examples
    .filter(({ rows }) => rows.length > 1 && rows.some(({ right }) => right))
    .map(({ rows, weight }) => ({ weight, rows: rows.map(({ features, right }) => ({ x: dense(features), right })) }))
  const whole = sum(usable.map(({ weight }) => weight))
  let weights: readonly number[] = featureNames.map(() => 0)
  let mean: readonly number[] = weights
  let spread: readonly number[] = weights
  for (let round = 1; round <= ROUNDS; round++) {
    const slope = weights.map((one) => one * RIDGE)
    for (const { rows, weight } of usable) {
      const shares = softmax(rows.map(({ x }) => sum(x.map((value, i) => value * (weights[i] ?? 0)))))
      const good = sum(shares.filter((_, i) => rows[i]?.right))
      for (const [at, { x, right }] of rows.entries()) {
        const share = shares[at] ?? 0
        const pull = ((share - (right ? share / good : 0)) * weight) / whole
        for (const [i, value] of x.entries()) if (value !== 0) slope[i] = (slope[i] ?? 0) + pull * value
      }
    }
    mean = mean.map((one, i) => MOMENTUM * one + (1 - MOMENTUM) * (slope[i] ?? 0))
    spread = spread.map((one, i) => SPREAD * one + (1 - SPREAD) * (slope[i] ?? 0) ** 2)
    const [m, v] = [1 - MOMENTUM ** round, 1 - SPREAD ** round]
    weights = weights.map((one, i) => one - (STEP * ((mean[i] ?? 0) / m)) / (Math.sqrt((spread[i] ?? 0) / v) + 1e-8))
  }
  return Object.fromEntries(featureNames.map((name, i) => [name, round3(weights[i] ?? 0)])) as Weights
}
const round3 = (value: number): number => Math.round(value * 1000) / 1000

function softmax(scores: readonly number[]): readonly number[] {
  const most = Math.max(...scores)
  const raised = scores.map((one) => Math.exp(one - most))
  const whole = sum(raised)
  return raised.map((one) => one / whole)
}

/** The suspects of one incident under some weights, the likeliest first. */
export function order(rows: readonly Row[], weights: Weights): readonly (Row & { readonly share: number })[] {
  const shares = softmax(
    rows.map(({ features }) => sum(featureNames.map((name) => (features[name] ?? 0) * weights[name]))),
  )
  return rows.map((row, i) => ({ ...row, share: shares[i] ?? 0 })).toSorted((a, b) => b.share - a.share)
}
