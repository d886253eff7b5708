/** One figure. `floor` and `peer` (the SDK's own client) are of the same run; `ratio` is to the floor. */
export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly floor?: number
  readonly peer?: number
  readonly ratio?: number
  /** How far runs lay apart, as a part of the ratio, or of the value where there is no floor. */
  readonly spread?: number
  /** In words. */
  readonly goal?: string
  readonly ok?: boolean
}

export type Goal = {
  readonly atMost?: number
  readonly atLeast?: number
  readonly atMostOfFloor?: number
  readonly atLeastOfFloor?: number
}
type Figures = {
  readonly value: number
  readonly floor?: number | undefined
  readonly peer?: number | undefined
  readonly spread?: number
}

/** A goal of several parts is reached when all of them are: a limit, and so many times the floor of the same machine. */
export function row(name: string, unit: string, { value, floor, peer, spread }: Figures, goal?: Goal): Row {
  const ratio = floor === undefined ? undefined : value / floor
  const base = {
    name,
    value: short(value),
    unit,
    ...(floor === undefined ? {} : { floor: short(floor) }),
    ...(peer === undefined ? {} : { peer: short(peer) }),
    ...(ratio === undefined ? {} : { ratio: short(ratio) }),
    ...(spread === undefined ? {} : { spread: short(spread) }),
  }
  if (goal === undefined) return base
  const { atMost, atLeast, atMostOfFloor, atLeastOfFloor } = goal
  const parts = [
    ...(atMost === undefined ? [] : [{ text: `≤ ${atMost}`, ok: value <= atMost }]),
    ...(atLeast === undefined ? [] : [{ text: `≥ ${atLeast}`, ok: value >= atLeast }]),
    ...(atMostOfFloor === undefined || ratio === undefined
      ? []
      : [{ text: `≤ ${atMostOfFloor} × floor`, ok: ratio <= atMostOfFloor }]),
    ...(atLeastOfFloor === undefined || ratio === undefined
      ? []
      : [{ text: `≥ ${atLeastOfFloor} × floor`, ok: ratio >= atLeastOfFloor }]),
  ]
  return {
    ...base,
    goal: parts.map(({ text }) => text).join(' and '),
    ok: parts.length > 0 && parts.every((one) => one.ok),
  }
}
/** Three digits that mean something. */
const short = (value: number): number => Number(value.toPrecision(value >= 1_000 ? 5 : 3))

export function rowsTable(rows: readonly Row[]): string {
  const shown = (value: number | undefined) => (value === undefined ? '' : String(value))
  const lines = rows.map(({ name, value, unit, floor, peer, ratio, goal = '', ok }) => [
    name,
    `${value} ${unit}`,
    shown(floor),
    ratio === undefined ? '' : `× ${ratio}`,
    shown(peer),
    goal,
    ok === undefined ? '' : ok ? 'reached' : 'MISSED',
  ])
  const all = [['', 'ours', 'floor', 'ratio', 'stock SDK', 'goal', ''], ...lines]
  const widths = all[0]?.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0))) ?? []
  return all
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
