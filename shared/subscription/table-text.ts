/** Columns by their heading, in capitals: `{NAMESPACE: 'shop', NAME: 'web', STATUS: 'Running'}`. */
export type TableRow = Readonly<Record<string, string>>

/** `undefined` when the text is no table as kubectl prints them. Columns stand where their headings stand. */
export function tableRows(text: string): readonly TableRow[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const head = lines.findIndex((line) => /(^|\s)NAME(\s|$)/.test(line) && line === line.toUpperCase())
  const heading = lines[head]
  // A sentence may stand above the table, nothing else.
  if (heading === undefined || head > 1) return undefined
  // Headings of two words have one blank between them; columns stand at least two apart.
  const columns = [...heading.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    name: match[0].replace(/ /g, '-'),
    from: match.index,
  }))
  return lines
    .slice(head + 1)
    .map((line) =>
      Object.fromEntries(
        columns.map(({ name, from }, at) => [name, line.slice(from, columns[at + 1]?.from ?? line.length).trim()]),
      ),
    )
}
