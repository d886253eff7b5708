import type { Judged } from './judge.ts'
import type { SetRules } from './sets.ts'

const columns = ['heard', 'right', 'top 3', 'mechanism', 'false', 'controls', 'reads', 'seconds'] as const
const NAME = 28
const CELL = 11
const line = (name: string, cells: readonly string[]): string =>
  [name.padEnd(NAME), ...cells.map((cell) => cell.padStart(CELL))].join('').trimEnd()

type Measure = {
  readonly faulty: number
  readonly heard: number
  readonly right: number
  readonly firstThree: number
  readonly mechanism: number
  readonly falseCertain: number
  readonly controls: number
  readonly causesOnControls: number
  readonly woken: number
  readonly reads: number
  readonly seconds: number
}

export function measureOf(rows: readonly Judged[]): Measure {
  const faulty = rows.filter(({ control }) => !control)
  const controls = rows.filter(({ control }) => control)
  const count = (among: readonly Judged[], is: (row: Judged) => boolean) => among.filter(is).length
  return {
    faulty: faulty.length,
    heard: count(faulty, ({ heard }) => heard),
    right: count(faulty, ({ right }) => right),
    firstThree: count(faulty, ({ firstThree }) => firstThree),
    mechanism: count(faulty, ({ mechanism }) => mechanism),
    falseCertain: count(rows, ({ falseCertain }) => falseCertain),
    controls: controls.length,
    causesOnControls: count(controls, ({ blamed }) => blamed),
    woken: count(controls, ({ woken }) => woken),
    reads: Math.max(0, ...rows.map(({ reads }) => reads)),
    seconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
  }
}

function cellsOf(rows: readonly Judged[]): readonly string[] {
  const measure = measureOf(rows)
  const share = (count: number) =>
    measure.faulty === 0 ? '-' : `${count}/${measure.faulty} ${String(percent(count, measure.faulty)).padStart(3)}%`
  return [
    share(measure.heard),
    share(measure.right),
    share(measure.firstThree),
    share(measure.mechanism),
    String(measure.falseCertain),
    measure.controls === 0 ? '-' : `${measure.causesOnControls}+${measure.woken}/${measure.controls}`,
    String(measure.reads),
    measure.seconds.toFixed(1),
  ]
}
const percent = (part: number, whole: number): number => Math.round((part / whole) * 100)

const LEGEND = `heard: by the watch itself · right: the object · top 3: the object is among the first three named or suspected · mechanism: object
and what must be said · false: called certain and wrong, or "nothing is wrong" of a fault · controls: with a cause + woken, of all · reads, seconds: the most`

/** All sets, and within each set the families of mechanisms. */
export function measureTable(rows: readonly Judged[]): string {
  const sets = [...new Set(rows.map(({ set }) => set))]
  const families = (set: readonly Judged[]) => [...new Set(set.map(({ family }) => family))].toSorted()
  return [
    line('', columns),
    ...sets.flatMap((set) => {
      const inSet = rows.filter((row) => row.set === set)
      const each = families(inSet)
      const below = each.length < 2 ? [] : each
      return [
        line(set, cellsOf(inSet)),
        ...below.map((family) => line(`  ${family}`, cellsOf(inSet.filter((row) => row.family === family)))),
      ]
    }),
    LEGEND,
  ].join('\n')
}

/** What a set falls short of, one sentence each. */
export function shortfalls(set: string, { least, most }: SetRules, rows: readonly Judged[]): readonly string[] {
  const measure = measureOf(rows)
  const shares = Object.entries(least).flatMap(([key, share]) => {
    if (share === undefined) return []
    const reached = measure.faulty === 0 ? 1 : measure[key as keyof typeof least] / measure.faulty
    // A share is written with three digits: the last of them must not decide.
    return reached + 0.0005 >= share
      ? []
      : [`${set}: ${key} is ${reached.toFixed(3)}, and at least ${share} was reached`]
  })
  const counts = Object.entries(most).flatMap(([key, limit]) => {
    const reached = measure[key as keyof typeof most]
    return limit === undefined || reached <= limit ? [] : [`${set}: ${key} is ${reached}, and at most ${limit} is held`]
  })
  return [...shares, ...counts]
}
