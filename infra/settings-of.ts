import { z } from 'zod'

export type Setting = {
  readonly name: string
  readonly takes: string
  readonly fallback: string
  readonly meaning: string
}

/** Only what the pages tell; the rest of a JSON schema is nobody's business here. */
const Shown = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
})

/** The settings as a reader sees them, in the order of the schema. */
export function settingsOf(schema: z.ZodType): readonly Setting[] {
  const { properties } = z
    .looseObject({ properties: z.record(z.string(), Shown) })
    .parse(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }))
  return Object.entries(properties).map(([name, shown]) => ({
    name,
    takes: takes(shown),
    fallback: shown.default === undefined ? '' : String(shown.default),
    meaning: shown.description ?? '',
  }))
}

function takes({ type, format, minimum, maximum, enum: words }: z.infer<typeof Shown>): string {
  if (words !== undefined) return words.join(', ')
  if (type === 'boolean') return 'true, false'
  if (type === 'number' || type === 'integer')
    return minimum === undefined ? `up to ${maximum}` : `${minimum} to ${maximum}`
  return format === 'uri' ? 'a URL' : 'text'
}
