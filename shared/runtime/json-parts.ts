import type { Fields } from './table.ts'

/** A table property holds 32 K UTF-16 characters (64 KiB), an entity 1 MiB: sixteen parts leave room for other columns. */
const PART = 30_000
const MOST_PARTS = 16
const MAX_JSON_CHARACTERS = PART * MOST_PARTS

/** JSON as columns `parts`, `json0`, `json1`, … of one row; longer than fits is an error. */
export function toParts(value: unknown): Fields {
  const json = JSON.stringify(value)
  if (json.length > MAX_JSON_CHARACTERS) {
    throw new Error(`${json.length} characters of JSON do not fit a row (${MAX_JSON_CHARACTERS} do)`)
  }
  const parts = Math.ceil(json.length / PART)
  const fields: Record<string, string | number> = { parts }
  for (let part = 0; part < parts; part++) fields[`json${part}`] = json.slice(part * PART, (part + 1) * PART)
  return fields
}

/** Throws when the columns hold no JSON. */
export function fromParts(fields: Fields): unknown {
  const parts = Math.min(Number(fields.parts ?? 0), MOST_PARTS)
  let json = ''
  for (let part = 0; part < parts; part++) json += String(fields[`json${part}`] ?? '')
  return JSON.parse(json)
}
