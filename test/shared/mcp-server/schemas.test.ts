import { expect, test } from 'vitest'
import type { Tool } from '../../../shared/mcp-server/server/define-tool.ts'
import { listedTools } from '../../../shared/mcp-server/server/listed-tools.ts'
import { selectTools } from '../../../shared/mcp-server/server/select-tools.ts'
import { allTools, isServed } from '../../../shared/mcp-server/server/tools.ts'

/** What clients document, or refuse in practice, as data. */
type Limit = {
  readonly client: string
  readonly source: string
  /** Keywords that no schema may have, at any depth. */
  readonly refused: readonly string[]
  /** Every object names its properties and takes no others. */
  readonly closed?: boolean
  /** An object without any properties is refused; of the root their libraries leave it out. */
  readonly noEmptyObject?: boolean
  /** As its prefix and the name stand together. */
  readonly longest: (name: string) => number
  readonly mostTools?: number
}
const combining = ['anyOf', 'oneOf', 'allOf', 'not', '$ref', '$defs', 'if', 'then', 'else']
const limits: readonly Limit[] = [
  {
    client: 'OpenAI, strict',
    source: 'platform.openai.com/docs/guides/structured-outputs; openai/openai-node#1988; dotnet/extensions#6196',
    refused: ['default', 'minLength', 'maxLength', 'minimum', 'maximum', 'pattern', 'format', 'patternProperties'],
    closed: true,
    longest: (name) => 64 - name.length,
    mostTools: 128,
  },
  {
    client: 'OpenAI',
    source: 'platform.openai.com/docs/guides/function-calling',
    refused: ['$schema', 'patternProperties', 'dependentRequired'],
    longest: (name) => 64 - name.length,
    mostTools: 128,
  },
  {
    client: 'Gemini',
    source: 'ai.google.dev/gemini-api/docs/function-calling; n8n-io/n8n#15553; MarkusPfundstein/mcp-obsidian#21',
    refused: [...combining, '$schema', 'propertyNames', 'patternProperties', 'const', 'exclusiveMinimum'],
    noEmptyObject: true,
    longest: (name) => 63 - `nightcrier-mcp__${name}`.length,
  },
  {
    client: 'Anthropic',
    source: 'docs.anthropic.com/en/docs/build-with-claude/tool-use; anthropics/claude-code (mcp__server__tool)',
    refused: ['$schema', ...combining],
    longest: (name) => 64 - `mcp__nightcrier-mcp__${name}`.length,
  },
  {
    client: 'VS Code',
    source: 'microsoft/vscode#248810, #243602; code.visualstudio.com/docs/copilot/chat/mcp-servers (128 tools)',
    refused: ['$schema'],
    longest: (name) => 64 - `mcp_nightcrier-mcp_${name}`.length,
    mostTools: 128,
  },
  {
    client: 'Cursor',
    source: 'ComposioHQ/composio#2788; awslabs/mcp#1283; docs.cursor.com/context/mcp (40 tools)',
    refused: ['$schema'],
    longest: (name) => 60 - `nightcrier-mcp:${name}`.length,
    mostTools: 40,
  },
]
type Schema = { readonly [key: string]: unknown }
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function walk(schema: Schema, at: string, see: (one: Schema, at: string) => void): void {
  see(schema, at)
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && isSchema(value))
      for (const [name, inner] of Object.entries(value)) {
        expect(isSchema(inner), `${at}.${name} is no object`).toBe(true)
        if (isSchema(inner)) walk(inner, `${at}.${name}`, see)
      }
    else if (key === 'items' && isSchema(value)) walk(value, `${at}[]`, see)
  }
}
const all = [{ kind: 'rancher' }, { kind: 'nsk' }] as const
const served = (choice: Parameters<typeof selectTools>[1], sources: Parameters<typeof isServed>[1] = []) =>
  selectTools(allTools, choice).filter((tool) => isServed(tool, sources))
const sets: readonly [string, readonly Tool[], Parameters<typeof listedTools>[1]][] = [
  ['the read-only list', served({}), {}],
  ['every tool', served({ readWrite: true }, all), { readWrite: true, listAll: true }],
]

test.each(limits.flatMap((limit) => sets.map((set) => [limit.client, set[0], limit, set] as const)))(
  '%s takes %s',
  (_, __, limit, [, tools, choice]) => {
    const definitions = listedTools(tools, choice)
    if (choice.listAll !== true) expect(definitions.length).toBeLessThanOrEqual(limit.mostTools ?? 1_000)
    for (const { name, inputSchema } of definitions) {
      expect(limit.longest(name), `${name} with its prefix`).toBeGreaterThanOrEqual(0)
      expect(inputSchema.type, name).toBe('object')
      walk(inputSchema, name, (schema, at) => {
        for (const keyword of limit.refused) expect(Object.keys(schema), at).not.toContain(keyword)
        expect(typeof schema.type, `${at} has one type`).toBe('string')
        if (schema.type === 'array') expect(isSchema(schema.items), `${at} has items`).toBe(true)
        if (schema.enum !== undefined) expect(schema.type, at).toBe('string')
        if (schema.type !== 'object') return
        if (limit.closed) expect(schema.additionalProperties, at).toBe(false)
        if (limit.noEmptyObject && (at !== name || choice.listAll !== true))
          expect(Object.keys(Object(schema.properties)).length, `${at} has properties`).toBeGreaterThan(0)
      })
    }
  },
)

test('the read-only list takes no more of a model’s room than 20,000 characters without output schemas', () => {
  const sizes = listedTools(served({}), {}).map(({ outputSchema: _, ...shown }) => JSON.stringify(shown).length + 1)
  expect(sizes.reduce((sum, size) => sum + size, 2)).toBeLessThanOrEqual(20_000)
})

test('a name that only repeats another is listed when it is asked for', () => {
  const names = (choice: Parameters<typeof selectTools>[1]) =>
    listedTools(served(choice), choice).map(({ name }) => name)
  expect(names({})).not.toContain('pods_get')
  expect(names({ listAll: true })).toContain('pods_get')
  expect(names({ allowTools: ['pods_get'] })).toEqual(['pods_get'])
})
