import { GiveUp } from '../../runtime/errors.ts'
import { ageSeconds } from './age-text.ts'
import { quantity } from './quantity.ts'

/** Rows in the order of one column: the most, or youngest, first; with a minus before the title the other way round. */
export function inColumnOrder<R extends { readonly cells: readonly string[] }>(
  rows: readonly R[],
  columns: readonly string[],
  order: string,
): readonly R[] {
  const title = order.replace(/^-/, '').toUpperCase()
  const at = columns.indexOf(title)
  if (at < 0)
    throw new GiveUp(`order_by: there is no column ${title.replace(/[^\w -]/g, '')}. There are: ${columns.join(', ')}.`)
  const sign = order.startsWith('-') ? 1 : -1
  const values = rows.map((row) => ({ row, value: sortable(row.cells[at] ?? '', title) }))
  return values
    .toSorted((a, b) => {
      if (typeof a.value === 'number' && typeof b.value === 'number') return sign * (a.value - b.value)
      // What has no number comes last, whatever the direction.
      if (typeof a.value === 'number') return -1
      if (typeof b.value === 'number') return 1
      return -sign * a.value.localeCompare(b.value)
    })
    .map(({ row }) => row)
}

/** `42 (3m ago)` by its 42, `3d4h` by its seconds (the youngest has the most), `512Mi` by its bytes. */
function sortable(cell: string, title: string): number | string {
  const age = ageSeconds(cell)
  if (age !== undefined) return title === 'AGE' || title === 'LAST SEEN' ? -age : age
  const [, first] = /^(-?\d+(?:\.\d+)?)(?:\s|$|\/)/.exec(cell) ?? []
  if (first !== undefined) return Number(first)
  const amount = quantity(cell)
  return amount === 0 ? cell : amount
}
