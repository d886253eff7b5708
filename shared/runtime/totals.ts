import { type ContendDeps, contend, STALE } from './contend.ts'
import { randomId } from './ids.ts'
import { isMarked, withMark } from './marks.ts'
import type { Row, Table } from './table.ts'

/** Rows of table `control`: numbers that only grow, by the key of what they are about. */
export const TOTALS = 'totals'

export type Totals = {
  /** What is added again under the same mark counts once. */
  readonly add: (key: string, amounts: Readonly<Record<string, number>>, mark?: string) => Promise<void>
}

/**
 * Each addition is one conditional write, so that many at once lose none; and it leaves its mark, so that one whose
 * answer was lost is known again and none counts twice.
 */
export const totals = (
  deps: ContendDeps & { readonly control: Pick<Table, 'get' | 'insert' | 'replace'> },
): Totals => ({
  add: (key, amounts, mark = randomId()) =>
    contend(deps, `Totals of ${key}`, async () => {
      const row = await deps.control.get(TOTALS, key)
      if (isMarked(row?.fields.marks, mark)) return
      const fields: Record<string, number> = { ...(row === undefined ? {} : totalsIn(row)) }
      for (const [name, amount] of Object.entries(amounts)) fields[name] = (fields[name] ?? 0) + amount
      const marked = { ...fields, marks: withMark(row?.fields.marks, mark) }
      const written =
        row === undefined ? await deps.control.insert(TOTALS, key, marked) : await deps.control.replace(row, marked)
      return written === undefined ? STALE : undefined
    }),
})

export const totalsIn = ({ fields }: Pick<Row, 'fields'>): Record<string, number> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
