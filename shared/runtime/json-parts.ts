import type { Fields } from './table.ts'

/** A table property holds 32 K UTF-16 characters (64 KiB), an entity 1 MiB: sixteen parts leave room for other columns. */
const PART = 30_000
const MOST_PARTS = 16
/** A part is a letter shorter where it would end within a pair. */
const MAX_JSON_CHARACTERS = (PART - 1) * MOST_PARTS

/** JSON as columns `parts`, `json0`, `json1`, … of one row; longer than fits is an error. */
export function toParts(value: unknown): Fields {
  const json = JSON.stringify(value)
  if (json.length > MAX_JSON_CHARACTERS) {
    throw new Error(`${json.length} characters of JSON do not fit a row (${MAX_JSON_CHARACTERS} do)`)
  }
  const fields: Record<string, string | number> = { parts: 0 }
  let parts = 0
  for (let from = 0; from < json.length; parts++) {
    // A column is sent as UTF-8, which has nothing for half of a pair: the character would come back as two question marks.
    const full = from + PART
    const to = /[\ud800-\udbff]/.test(json[full - 1] ?? '') ? full - 1 : full
    fields[`json${parts}`] = json.slice(from, to)
    from = to
  }
  return { ...fields, parts }
}

/** Throws when the columns hold no JSON. */
export function fromParts(fields: Fields): unknown {
  const parts = Math.min(Number(fields.parts ?? 0), MOST_PARTS)
  let json = ''
  for (let part = 0; part < parts; part++) json += String(fields[`json${part}`] ?? '')
  return JSON.parse(json)
}
