import { fieldRules } from '../shared/kubernetes/kubeconfig-fields.ts'
import { allTools } from '../shared/mcp-server/server/tools.ts'

/** The page with the table of all tools between its marks, from the tools themselves. */
export function withToolTable(page: string): string {
  const rows = allTools.map(({ name, toolset, listed, definition: { inputSchema, description = '' } }) => {
    const required = inputSchema.required ?? []
    const given = Object.keys(inputSchema.properties ?? {}).filter((key) => key !== 'cluster' && key !== 'context')
    const shown = given.map((key) => (required.includes(key) ? `**${key}**` : key)).join(', ')
    const cluster = 'cluster' in (inputSchema.properties ?? {}) ? 'yes' : ''
    return `| \`${name}\`${listed === false ? ' ·' : ''} | ${toolset} | ${cluster} | ${shown} | ${description.replaceAll('|', '\\|').replace(/\s+/g, ' ')} |`
  })
  const table = [
    '| tool | set | `cluster` | further arguments (**required**) | |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
  return page.replace(
    /(<!-- tools -->\n)[\s\S]*?(<!-- \/tools -->)/,
    (_, before, after) => `${before}${table}\n${after}`,
  )
}

/** The page with the table of all fields of a kubeconfig, from the rules that the tests walk. */
export function withFieldTable(page: string): string {
  const rows = fieldRules.map(({ place, field, does, words }) => `| ${place} | \`${field}\` | ${does} | ${words} |`)
  const table = ['| of | field | is | |', '|---|---|---|---|', ...rows].join('\n')
  return page.replace(
    /(<!-- kubeconfig -->\n)[\s\S]*?(<!-- \/kubeconfig -->)/,
    (_, before, after) => `${before}${table}\n${after}`,
  )
}
