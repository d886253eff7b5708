import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi, ListPage } from '../../kubernetes/cluster-api.ts'
import type { Redact } from '../safety/redaction.ts'
import type { Target } from '../targets/target.ts'
import { inColumnOrder } from './column-order.ts'
import { eventFields } from './event-fields.ts'
import type { ListAnswer } from './list-answer.ts'
import { keyOf, type ListCall, PAGE, remaining, type Scoped, scopeOf } from './list-question.ts'
import { columnsBeside, columnsOf, isEvent, tableFor } from './own-columns.ts'

/** What is read to be put in order: beyond it the answer says that it is not of all. */
const MAX_SORTED = 5_000
type Row = { readonly object: KubeObject; readonly cells: readonly string[] }

/** As rows of a table: the server's own columns, and ours where more is known. Several pages of the API in one answer. */
export async function listRows(target: Target, api: ClusterApi, asked: Scoped, call: ListCall): Promise<ListAnswer> {
  const { signal, cursors } = call
  const { kind } = asked.found
  const newestFirst = isEvent(kind)
  const sorted = newestFirst || asked.order_by !== undefined
  const { scope, of, query } = scopeOf(target, { ...asked, fieldSelector: withType(asked) })
  const cursor = asked.continue === undefined ? { of } : cursors.read(asked.continue, of)
  const most = sorted ? MAX_SORTED : asked.limit
  const rows: Row[] = []
  let columns: readonly string[] = []
  let next = sorted ? undefined : cursor.page
  let page: ListPage
  /** Where the page began that the last row is of. */
  let began = next
  do {
    began = next
    page = await api.list(
      kind,
      { ...query, limit: PAGE, table: tableFor(kind), ...(next === undefined ? {} : { continueToken: next }) },
      signal,
    )
    const drawn = rowsOf(page, asked, call)
    if (columns.length === 0) columns = drawn.columns
    const first = rows.length === 0 && !sorted ? cursor.after : undefined
    const fresh = new Set(remaining(page.items, first).map(keyOf))
    rows.push(...drawn.rows.filter(({ object }) => fresh.has(keyOf(object))))
    next = page.continueToken
  } while (next !== undefined && rows.length < most)

  const notes: string[] = []
  if (sorted && next !== undefined)
    notes.push(`In order are the first ${rows.length} of the API only: name a namespace or a selector.`)
  const ordered = sorted ? inOrder(rows, columns, asked, call) : rows
  const from =
    sorted && cursor.after !== undefined ? ordered.findIndex(({ object }) => keyOf(object) === cursor.after) + 1 : 0
  const shown = within(ordered.slice(from), columns, asked, call)
  const left = ordered.length - from - shown.length
  const beyond = next === undefined ? 0 : page.remaining
  const selected = asked.labelSelector !== undefined || asked.fieldSelector !== undefined
  const whole = left === 0 && next === undefined
  const last = ordered[from + shown.length - 1]
  const goesOn = left > 0 || (next !== undefined && !sorted)
  const total = beyond === undefined || (selected && next !== undefined) ? undefined : ordered.length + beyond
  return {
    cluster: target.name,
    scope,
    columns: [...columns],
    rows: shown,
    shown: shown.length,
    ...(total === undefined || asked.continue !== undefined ? {} : { total }),
    complete: whole,
    ...(goesOn
      ? {
          continue: cursors.write(
            left > 0 && last !== undefined
              ? { of, ...(began === undefined || sorted ? {} : { page: began }), after: keyOf(last.object) }
              : { of, ...(next === undefined ? {} : { page: next }) },
          ),
        }
      : {}),
    shortened: 0,
    ...(notes.length === 0 ? {} : { notes }),
  }
}

const withType = ({ type, fieldSelector }: Scoped): string | undefined =>
  type === undefined ? fieldSelector : [fieldSelector, `type=${type}`].filter((one) => one).join(',')

function rowsOf(
  page: ListPage,
  asked: Scoped,
  { now }: ListCall,
): { readonly columns: readonly string[]; readonly rows: readonly Row[] } {
  const { kind } = asked.found
  const at = now()
  const spread = asked.namespace === undefined && page.items.some(({ metadata }) => metadata.namespace !== undefined)
  const beside = columnsBeside(kind)
  const own = columnsOf(kind)
  const place = spread ? ['NAMESPACE'] : []
  // An event's own name says nothing.
  const name = isEvent(kind) ? [] : ['NAME']
  const titles = page.table?.columns ?? [...name, ...own.map(([title]) => title)]
  const rows = page.items.map((object, index) => {
    const cells = page.table?.rows[index] ?? [
      ...name.map(() => object.metadata.name),
      ...own.map(([, cell]) => cell(object, at)),
    ]
    return {
      object,
      cells: [
        ...place.map(() => object.metadata.namespace ?? ''),
        ...cells,
        ...beside.map(([, cell]) => cell(object, at)),
      ],
    }
  })
  return { columns: [...place, ...titles, ...beside.map(([title]) => title)], rows }
}

function inOrder(rows: readonly Row[], columns: readonly string[], asked: Scoped, { now }: ListCall): readonly Row[] {
  if (asked.order_by === undefined) {
    const since = asked.since_seconds === undefined ? 0 : now().getTime() - asked.since_seconds * 1000
    const dated = rows.map((row) => ({ ...row, at: eventFields(row.object).at })).filter(({ at }) => at >= since)
    return dated.toSorted((a, b) => b.at - a.at || (keyOf(a.object) < keyOf(b.object) ? -1 : 1))
  }
  return inColumnOrder(rows, columns, asked.order_by)
}

/** Rows that fit together. By their shape all texts are redacted as they leave; by what a column means they are here. */
function within(
  rows: readonly Row[],
  columns: readonly string[],
  { limit, maxBytes, found: { kind } }: Scoped,
  { redact, now }: ListCall,
): string[][] {
  const secret = columns.flatMap((title, at) => (secretTitle.test(title) ? [at] : []))
  const own = columnsOf(kind)
  const shown: string[][] = []
  let bytes = FRAME_BYTES
  for (const { object, cells } of rows.slice(0, limit)) {
    const clean = [...cells]
    // An event's message is cut, and half a secret is not known for one.
    if (isEvent(kind)) {
      const safe = redact.object(object)
      clean.splice(cells.length - own.length, own.length, ...own.map(([, cell]) => cell(safe, now())))
    }
    for (const at of secret) clean[at] = byMeaning(redact, columns[at] ?? '', cells[at] ?? '')
    bytes += clean.reduce((sum, cell) => sum + Buffer.byteLength(cell) + 3, 4)
    if (shown.length > 0 && bytes > maxBytes) break
    shown.push(clean)
  }
  return shown
}
/** Heading, and the cursor. */
const FRAME_BYTES = 600
/** Columns of custom kinds are whatever their author chose. */
const secretTitle = /pass|secret|token|key|cred|auth|cert/i
const Shown = z.looseObject({ row: z.record(z.string(), z.unknown()) })
function byMeaning(redact: Redact, title: string, value: string): string {
  const name = title.toLowerCase().replace(/\W+/g, '_')
  const object = { apiVersion: 'v1', kind: 'Row', metadata: { name: 'row' }, row: { [name]: value } }
  return String(Shown.safeParse(redact.object(object)).data?.row[name] ?? '')
}
