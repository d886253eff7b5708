import { z } from 'zod'
import type { ServerTable } from './cluster-api.ts'

/** A server that knows no tables for a kind (an aggregated one) answers the plain list behind the comma. */
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

const Table = z.looseObject({
  kind: z.literal('Table'),
  columnDefinitions: z
    .array(z.looseObject({ name: z.string(), priority: z.number().catch(0) }))
    .nullish()
    .transform((columns) => columns ?? []),
  rows: z
    .array(z.looseObject({ cells: z.array(z.unknown()).nullish(), object: z.unknown() }))
    .nullish()
    .transform((rows) => rows ?? []),
})
/** What kubectl shows only with -o wide, and everybody asks for. */
const wide = new Set(['NODE'])

/** Its rows with the objects behind them; `undefined` when the answer is no table. Columns are called as kubectl prints them. */
export function serverTable(
  answer: unknown,
): { readonly table: ServerTable; readonly objects: readonly unknown[] } | undefined {
  const parsed = Table.safeParse(answer)
  if (!parsed.success) return undefined
  const { columnDefinitions, rows } = parsed.data
  const all = columnDefinitions.map(({ name, priority }, at) => ({ name: name.toUpperCase(), priority, at }))
  const shown = all.filter(({ name, priority }) => priority === 0 || wide.has(name))
  const nameAt = all.find(({ name }) => name === 'NAME')?.at
  return {
    table: {
      columns: shown.map(({ name }) => name),
      rows: rows.map(({ cells, object }) =>
        shown.map(({ name, at }) => cellText(cells?.[at] ?? (name === 'NAME' ? nameOf(object) : undefined))),
      ),
    },
    objects: rows.map(({ cells, object }) => named(object, nameAt === undefined ? undefined : cells?.[nameAt])),
  }
}

/** Some aggregated servers give a row without cells. */
const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) })
const nameOf = (object: unknown): string | undefined => Named.safeParse(object).data?.metadata.name

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

/** With metadata only its apiVersion and kind are those of the wrapping. */
function named(object: unknown, name: unknown): unknown {
  if (typeof object !== 'object' || object === null) return { metadata: { name: String(name ?? '') } }
  const { apiVersion, kind, ...rest } = { apiVersion: undefined, kind: undefined, ...object }
  return kind === 'PartialObjectMetadata'
    ? rest
    : { ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}), ...rest }
}
