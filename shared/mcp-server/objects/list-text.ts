import { stringify } from 'yaml'
import type { ListAnswer } from './list-answer.ts'

/** As many objects as a reader takes in; programs take them from the structured content. */
const MAX_YAML_BYTES = 60_000

/** The answer of a list tool for people and models, the same as its structured content: what was looked at, what is there, and what is missing. */
export function listText(answer: ListAnswer): string {
  const { scope, cluster, shown, total, complete, notes = [] } = answer
  const where = scope.namespace === '' ? '' : `, namespace ${scope.namespace}`
  const filters = [scope.labelSelector, scope.fieldSelector].filter((text) => text !== undefined).join(' and ')
  const count = shown === total || (complete && total === undefined) ? `${shown}` : `${shown} of ${total ?? 'more'}`
  const head = `# ${scope.kind} (${scope.apiVersion}) in cluster ${cluster}${where || allOf(answer)}${filters ? `, where ${filters}` : ''}: ${count}`
  const lines = [head, ...notes.map((note) => `! ${note}`)]
  if (shown === 0 && complete) return [...lines, '', 'None.'].join('\n')
  lines.push('', answer.rows === undefined ? objects(answer) : tableText(answer.columns ?? [], answer.rows))
  if (answer.shortened > 0) lines.push(`${answer.shortened} have long values cut; resources_get shows one whole.`)
  if (answer.continue !== undefined)
    lines.push(
      '',
      'There are more. Call again with this, or name a namespace, a selector or order_by.',
      `continue: ${answer.continue}`,
    )
  return lines.join('\n')
}

const allOf = ({ columns = [], items = [] }: ListAnswer): string =>
  columns.includes('NAMESPACE') || items.some(({ metadata }) => metadata.namespace !== undefined)
    ? ', all namespaces'
    : ''

function objects({ items = [] }: ListAnswer): string {
  const text = items.map((item) => stringify(item, { lineWidth: 0 })).join('---\n')
  if (Buffer.byteLength(text) <= MAX_YAML_BYTES) return text
  const names = items.map(
    ({ metadata }) => `${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`,
  )
  return `Whole they are in the structured content only; ask with a smaller limit to have them here.\n${names.join('\n')}`
}

/** Columns under their titles. */
export function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows]
  // One very long name must not widen every row.
  const widths = columns.map((_, at) =>
    all.reduce((most, row) => Math.max(most, Math.min(60, row[at]?.length ?? 0)), 0),
  )
  return all
    .map((row) =>
      row
        .map((cell, at) => (cell || '-').padEnd(at === row.length - 1 ? 0 : (widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
