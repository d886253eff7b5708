/** A list's cursor is long, signed and looks like a secret: the model is given a short name for it. */
export type Paging = {
  /** The text with each cursor under its short name. */
  readonly named: (text: string, cursor: unknown) => string
  /** The arguments with the cursor in place of its name. */
  readonly resolved: (given: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

export function openPaging(): Paging {
  const cursors = new Map<string, string>()
  return {
    named(text, cursor) {
      if (typeof cursor !== 'string' || cursor === '') return text
      const known = [...cursors].find(([, one]) => one === cursor)?.[0]
      const name = known ?? `page-${cursors.size + 2}`
      cursors.set(name, cursor)
      return text.replaceAll(cursor, name)
    },
    resolved: (given) => {
      const cursor = typeof given.continue === 'string' ? cursors.get(given.continue) : undefined
      return cursor === undefined ? { ...given } : { ...given, continue: cursor }
    },
  }
}
