import { z } from 'zod'
import { inColumnOrder } from './column-order.ts'
import { tableText } from './list-text.ts'

const List = z.looseObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  total: z.number().optional(),
  complete: z.boolean(),
})
const Noted = z.looseObject({
  notes: z.array(z.string()).catch([]),
  shown: z.number().optional(),
  total: z.number().optional(),
  complete: z.boolean().optional(),
})

/**
 * The lists of several clusters as one table. In order of a column, and then at most so many rows of all together:
 * whoever asks for the ten that restart most means ten, and not ten of each. `undefined` when some answer is no list.
 */
export function mergedLists(
  found: readonly { readonly cluster: string; readonly answer: unknown }[],
  order: string | undefined,
  limit: number | undefined,
): { readonly answers: ReadonlyMap<string, Readonly<Record<string, unknown>>>; readonly text: string } | undefined {
  const lists = found.flatMap(({ cluster, answer }) => {
    const list = List.safeParse(answer)
    return list.success ? [{ cluster, list: list.data }] : []
  })
  if (lists.length === 0 || lists.length < found.length) return undefined
  const columns = [...new Set(lists.flatMap(({ list }) => (list.rows.length === 0 ? [] : list.columns)))]
  const all = lists.flatMap(({ cluster, list }) =>
    list.rows.map((row) => ({
      cluster,
      row,
      cells: columns.map((title) => row[list.columns.indexOf(title)] ?? ''),
    })),
  )
  const sorted = order === undefined || all.length === 0 ? all : inColumnOrder(all, columns, order)
  const kept =
    order === undefined ? sorted : sorted.slice(0, Math.min(limit ?? sorted.length, certain(sorted, lists, limit)))
  const answers = new Map(
    lists.map(({ cluster, list }) => {
      const rows = kept.filter((one) => one.cluster === cluster).map(({ row }) => row)
      return [
        cluster,
        { ...list, rows, shown: rows.length, complete: list.complete && rows.length === list.rows.length },
      ]
    }),
  )
  const text =
    kept.length === 0
      ? all.length === 0
        ? 'None.'
        : 'None can be put in order for sure: ask for less.'
      : tableText(
          ['CLUSTER', ...columns],
          kept.map(({ cluster, cells }) => [cluster, ...cells]),
        )
  return { answers, text }
}

/**
 * How far an order over several lists is known: a list that ends before its limit has more, which would stand somewhere
 * behind its last row.
 */
function certain(
  sorted: readonly { readonly cluster: string }[],
  lists: readonly { readonly cluster: string; readonly list: z.infer<typeof List> }[],
  limit: number | undefined,
): number {
  const ends = lists
    .filter(({ list }) => !list.complete && list.rows.length < (limit ?? Number.POSITIVE_INFINITY))
    .map(({ cluster }) => sorted.findLastIndex((one) => one.cluster === cluster) + 1)
  return Math.min(sorted.length, ...ends)
}

/** What one cluster's list says of itself beside its rows. */
export function notesOf(answer: unknown): readonly string[] {
  const { notes, shown, total, complete } = Noted.safeParse(answer).data ?? { notes: [] }
  const part = complete === false && shown !== undefined ? [`${shown} of ${total ?? 'more'} shown`] : []
  return [...notes, ...part]
}
