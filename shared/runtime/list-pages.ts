import type { Fields, Row, Table } from './table.ts'

/** Far below what storage gives at once, so that a page comes in a few answers. */
const A_PAGE = 5_000

type Range = {
  /** Absent: of all partitions, one after another. */
  readonly partition?: string
  readonly fromKey?: string
  readonly toKey?: string
  readonly filter?: Fields
  readonly below?: Readonly<Record<string, string>>
}

/** All rows of a range in the order of partitions and keys, page by page, until at least `most` of them were read. */
export async function* listPages(
  table: Pick<Table, 'list'>,
  { partition, ...range }: Range,
  most: number,
): AsyncGenerator<readonly Row[], void> {
  const own = partition === undefined ? {} : { partition }
  let place: Parameters<Table['list']>[0] = { ...range, ...own, limit: A_PAGE }
  let last: Row | undefined
  for (let read = 0; read < most; ) {
    const page = await table.list(place)
    // A page begins with the last row of the one before it, unless that has gone meanwhile.
    const fresh = page.filter((row) => row.key !== last?.key || row.partition !== last.partition)
    yield fresh
    read += fresh.length
    if (page.length === A_PAGE) {
      last = page.at(-1)
      if (last !== undefined) place = { ...range, partition: last.partition, fromKey: last.key, limit: A_PAGE }
    } else if (partition === undefined && last !== undefined) {
      place = { ...range, afterPartition: last.partition, limit: A_PAGE }
      last = undefined
    } else return
  }
}
