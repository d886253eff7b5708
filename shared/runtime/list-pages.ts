import type { Row, Table } from './table.ts'

/** Far below what storage gives at once, so that a page comes in a few answers. */
const A_PAGE = 5_000

type Range = { readonly partition: string; readonly fromKey?: string; readonly toKey?: string }

/** All rows of a range in the order of their keys, page by page, until at least `most` of them were read. */
export async function* listPages(
  table: Pick<Table, 'list'>,
  { partition, fromKey, toKey }: Range,
  most: number,
): AsyncGenerator<readonly Row[], void> {
  const end = toKey === undefined ? {} : { toKey }
  let last: string | undefined
  for (let read = 0; read < most; ) {
    const from = last ?? fromKey
    const page = await table.list({
      partition,
      limit: A_PAGE,
      ...end,
      ...(from === undefined ? {} : { fromKey: from }),
    })
    // A page begins with the last row of the one before it, unless that has gone meanwhile.
    const fresh = page.filter(({ key }) => key !== last)
    yield fresh
    read += fresh.length
    if (page.length < A_PAGE) return
    last = page.at(-1)?.key
  }
}
