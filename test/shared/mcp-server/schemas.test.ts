import { expect, test } from 'vitest'
import { allTools } from '../../../shared/mcp-server/server/tools.ts'

/**
 * What clients document, or refuse in practice, as data: `forbidden` keywords at any depth of an input schema.
 * Gemini: https://ai.google.dev/gemini-api/docs/function-calling (subset of OpenAPI 3.0); OpenAI:
 * https://platform.openai.com/docs/guides/function-calling; Anthropic: https://docs.anthropic.com/en/docs/build-with-claude/tool-use
 */
const limits = [
  {
    client: 'Gemini',
    forbidden: ['propertyNames', 'patternProperties', 'const', 'not', '$schema', '$ref', 'if', 'then'],
  },
  { client: 'OpenAI', forbidden: ['$schema', 'patternProperties', 'dependentRequired'] },
  { client: 'Anthropic', forbidden: ['$schema'] },
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

test.each(limits)('$client takes every input schema', ({ forbidden }) => {
  for (const { name, definition } of allTools)
    walk(definition.inputSchema, name, (schema, at) => {
      for (const keyword of forbidden) expect(Object.keys(schema), at).not.toContain(keyword)
      expect(Array.isArray(schema.type), `${at} has several types`).toBe(false)
      expect(schema.anyOf ?? schema.oneOf ?? schema.allOf, at).toBeUndefined()
      if (schema.type === 'array') expect(isSchema(schema.items), `${at} has no items`).toBe(true)
      if (schema.enum !== undefined) expect(schema.type, at).toBe('string')
    })
})

test('names are short enough with the prefix that clients put before them, and each root is an object', () => {
  for (const { name, definition } of allTools) {
    expect(`mcp__nightcrier-mcp__${name}`.length).toBeLessThanOrEqual(64)
    expect(definition.inputSchema.type).toBe('object')
  }
})
