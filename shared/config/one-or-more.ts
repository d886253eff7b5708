import { z } from 'zod'

/** A name or pattern (`prod-*`), or a list of them. */
export const listOrOne = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1).max(253)).min(1).max(200),
)
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "22:00", in quotes')
export const timezone = z.string().refine(isTimezone, { error: 'must be a time zone such as Europe/Berlin, or UTC' })

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
