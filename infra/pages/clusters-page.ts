import { z } from 'zod'
import { ClustersFile } from '../../shared/config/clusters-file.ts'
import { meanings } from './clusters-meanings.ts'

type Node = {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly format?: string
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly items?: Node
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
}
type Key = { readonly path: string; readonly takes: string; readonly fallback: string; readonly required: boolean }

const variants = (node: Node): readonly Node[] => [...(node.anyOf ?? []), ...(node.oneOf ?? [])]

function takes(node: Node): string {
  const several = variants(node)
  if (several.length > 0) return [...new Set(several.map(takes))].join(' or ')
  if (node.const !== undefined) return String(node.const)
  if (node.enum !== undefined) return node.enum.map((word) => (word === '' ? 'nothing' : word)).join(', ')
  if (node.type === 'array') return `list of ${node.items === undefined ? 'anything' : takes(node.items)}`
  if (node.type === 'boolean') return 'true, false'
  if (node.type === 'integer') return `${node.minimum ?? 0} to ${node.maximum ?? ''}`
  if (node.type === 'object') return 'keys below'
  return node.format === 'uri' ? 'a URL' : node.format === 'date-time' ? 'a time' : 'text'
}

function keysOf(node: Node, path: string): readonly Key[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]): Key[] => {
    const at = path === '' ? name : `${path}.${name}`
    const plain = ['string', 'number', 'boolean'].includes(typeof child.default) && child.default !== ''
    const fallback = plain ? String(child.default) : ''
    return [
      { path: at, takes: takes(child), fallback, required: node.required?.includes(name) === true },
      ...keysOf(child, at),
    ]
  })
  const within = [
    ...variants(node).flatMap((one) => keysOf(one, path)),
    ...(node.items ? keysOf(node.items, `${path}[]`) : []),
  ]
  const seen = new Set<string>()
  return [...own, ...within].filter((key) => !seen.has(key.path) && seen.add(key.path))
}

/** Every key of clusters.yaml, in the order of the schema. */
export const clustersKeys = (): readonly Key[] =>
  keysOf(z.toJSONSchema(ClustersFile, { io: 'input', unrepresentable: 'any' }) as Node, '')

/** `docs/clusters.md`. Throws for a key that nobody has explained, and for an explanation of none. */
export function clustersPage(): string {
  const keys = clustersKeys()
  const unknown = Object.keys(meanings).filter((path) => !keys.some((key) => key.path === path))
  const silent = keys.filter(({ path }) => meanings[path] === undefined).map(({ path }) => path)
  if (unknown.length + silent.length > 0)
    throw new Error(
      `infra/pages/clusters-meanings.ts: add ${silent.join(', ') || 'nothing'}, remove ${unknown.join(', ') || 'nothing'}`,
    )
  const parts = [...new Set(keys.map(({ path }) => path.split(/[.[]/)[0] ?? ''))]
  const table = parts.map((part) => {
    const rows = keys
      .filter(({ path }) => path.split(/[.[]/)[0] === part)
      .map(
        ({ path, takes: what, fallback, required }) =>
          `| \`${path}\` | ${what}${required ? ' **(required)**' : ''} | ${fallback === '' ? '' : `\`${fallback}\``} | ${meanings[path]} |`,
      )
    return `## ${part}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# clusters.yaml, every key

In Azure it is blob \`config/clusters.yaml\`, elsewhere a file. Changes are taken up without a restart; a wrong file never
stops the watch. \`npx nightcrier check-config FILE\` names everything that is wrong at once, with its path. \`[]\` stands for
each entry of a list. This page is written by \`npm run generate\` from the schema (\`shared/config/clusters-file.ts\`).

\`\`\`yaml
clusters:
  - name: prod-us-east-1
    environment: production
    labels: { region: us-east, tier: production }
    mcp:
      endpoint: https://mcp.prod-us-east.example/mcp
      api_key: keyvault:mcp-prod-us-east-1
    triage:
      kubeconfig: keyvault:kubeconfig-prod-us-east-1
      severity_threshold: warning
\`\`\`

${table.join('\n')}`
}
