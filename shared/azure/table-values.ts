import type { Edm } from '@azure/data-tables'
import { Refused } from '../runtime/errors.ts'
import type { Value } from '../runtime/table.ts'

/** 64 KiB of UTF-16: the service's limit for one string. */
const MAX_STRING_LENGTH = 32 * 1024

/**
 * The service has three kinds of numbers, guesses among them by the digits, and compares only like with like. A double
 * is what a JavaScript number is: every number comes back as it was, and every filter finds it.
 */
export function stored(name: string, value: Value): string | boolean | Edm<'Double'> {
  if (typeof value === 'string' && value.length > MAX_STRING_LENGTH)
    throw new Refused(
      `field ${name} has ${value.length} characters, ${MAX_STRING_LENGTH} is the most: keep it in a blob`,
    )
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) throw new Refused(`field ${name} is ${value}, which no table keeps`)
  return { type: 'Double', value }
}

/** `undefined` for kinds that we never write. */
export function fieldValue(read: unknown): Value | undefined {
  if (typeof read === 'bigint') return Number(read)
  return typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean' ? read : undefined
}

/** As it stands in a filter, where a number without a point would be an integer and equal to no double. */
export function literal(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  const text = String(value)
  return typeof value === 'number' && /^-?\d+$/.test(text) ? `${text}.0` : text
}

export function rowKeyRange(from: string | undefined, to: string | undefined): readonly string[] {
  return [
    ...(from === undefined ? [] : [`RowKey ge ${literal(from)}`]),
    ...(to === undefined ? [] : [`RowKey le ${literal(to)}`]),
  ]
}
