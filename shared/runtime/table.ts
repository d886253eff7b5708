/** What the product needs of Azure Table Storage. Values are the types that survive the service unchanged. */
export type Value = string | number | boolean
export type Fields = Readonly<Record<string, Value>>
/** `etag` changes with every write. */
export type Row = { readonly partition: string; readonly key: string; readonly etag: string; readonly fields: Fields }

/**
 * "Somebody else" may be the library's own repetition of a write that was applied while its answer was lost. The port
 * tells its own writes by their marks; but between the two, another may have written on top. So whoever acts only on a
 * write of its own reads once more before it believes a refusal: is the row as I wanted it, with my fence, my owner, my
 * mark? Then go on.
 */
export type Table = {
  /** Any of these throws `Refused` for a row that storage does not take as it is; whatever else is thrown may pass. */
  readonly get: (partition: string, key: string) => Promise<Row | undefined>
  /** One conditional write; `undefined` when the row is there already. */
  readonly insert: (partition: string, key: string, fields: Fields) => Promise<Row | undefined>
  /** Replaces all fields if the etag still holds; `undefined` when somebody else wrote or removed the row. */
  readonly replace: (row: Row, fields: Fields) => Promise<Row | undefined>
  /** Replaces up to 100 rows of one partition, all or none; `undefined` when any etag is stale. */
  readonly replaceAll: (writes: readonly { row: Row; fields: Fields }[]) => Promise<readonly Row[] | undefined>
  /** Removes if the etag still holds; true when removed, or gone already. */
  readonly remove: (row: Row) => Promise<boolean>
  /**
   * Rows ordered by partition, then key. `filter` fields must be equal, those of `below` are texts that come before the
   * given one; a row without the field has neither. `fromKey` is inclusive, and
   * `afterPartition` leaves out that partition and those before it. At most `limit` (1 to 10,000) rows: callers that
   * need all take them by `listPages`.
   */
  readonly list: (query: {
    readonly partition?: string
    readonly afterPartition?: string
    readonly fromKey?: string
    readonly toKey?: string
    readonly filter?: Fields
    readonly below?: Readonly<Record<string, string>>
    readonly limit: number
  }) => Promise<readonly Row[]>
}
