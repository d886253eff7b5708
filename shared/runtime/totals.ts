import { type ContendDeps, contend, STALE } from './contend.ts'
import type { Row, Table } from './table.ts'

/** Rows of table `control`: numbers that only grow, by the key of what they are about. */
export const TOTALS = 'totals'

export type Totals = { readonly add: (key: string, amounts: Readonly<Record<string, number>>) => Promise<void> }

/** Each addition is one conditional write, so that many at once lose none. */
export const totals = (
  deps: ContendDeps & { readonly control: Pick<Table, 'get' | 'insert' | 'replace'> },
): Totals => ({
  add: (key, amounts) =>
    contend(deps, `Totals of ${key}`, async () => {
      const row = await deps.control.get(TOTALS, key)
      const fields = { ...(row === undefined ? {} : totalsIn(row)) }
      for (const [name, amount] of Object.entries(amounts)) fields[name] = (fields[name] ?? 0) + amount
      const written =
        row === undefined ? await deps.control.insert(TOTALS, key, fields) : await deps.control.replace(row, fields)
      return written === undefined ? STALE : undefined
    }),
})

export const totalsIn = ({ fields }: Pick<Row, 'fields'>): Record<string, number> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
