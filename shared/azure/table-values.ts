import type { Edm } from '@azure/data-tables'
import type { Value } from '../runtime/table.ts'

/** 64 KiB of UTF-16: the service's limit for one string. */
const MAX_STRING_LENGTH = 32 * 1024
const MAX_INT32 = 2 ** 31 - 1

type StoredValue = string | boolean | Edm<'Int32'> | Edm<'Int64'> | Edm<'Double'>

/** The service has three kinds of numbers and guesses from the digits; a time in milliseconds does not fit its guess. */
export function stored(name: string, value: Value): StoredValue {
  if (typeof value === 'string' && value.length > MAX_STRING_LENGTH)
    throw new Error(`field ${name} has ${value.length} characters, ${MAX_STRING_LENGTH} is the most: keep it in a blob`)
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) throw new Error(`field ${name} is ${value}, which no table keeps`)
  if (isInt32(value)) return { type: 'Int32', value }
  return Number.isSafeInteger(value) ? { type: 'Int64', value: String(value) } : { type: 'Double', value }
}

/** `undefined` for kinds that we never write. */
export function fieldValue(read: unknown): Value | undefined {
  if (typeof read === 'bigint') return Number(read)
  return typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean' ? read : undefined
}

/** As it stands in a filter. */
export function literal(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (typeof value === 'boolean' || isInt32(value) || !Number.isSafeInteger(value)) return String(value)
  return `${value}L`
}

export function rowKeyRange(from: string | undefined, to: string | undefined): readonly string[] {
  return [
    ...(from === undefined ? [] : [`RowKey ge ${literal(from)}`]),
    ...(to === undefined ? [] : [`RowKey le ${literal(to)}`]),
  ]
}

const isInt32 = (value: number) => Number.isInteger(value) && Math.abs(value) <= MAX_INT32
