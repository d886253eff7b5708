import type { Cleared, Door } from '../runtime/door.ts'
import type { Redactor } from './redact.ts'

/** Deeper is somebody's trick: the redactor cuts it, too. */
const MAX_DEPTH = 64
/** Ranges of what is never seen, turns a line around, or ends one for some readers only; tags and variations as well. */
const unseen = [
  ...['ad', '61c', '115f-1160', '17b4-17b5', '180b-180f', '200b', '200e-200f', '2028-202e', '2060-206f'],
  ...['3164', 'feff', 'ffa0', 'fff0-fffb', 'e0000-e0fff'],
].map((range) => range.replace(/[\da-f]+/g, (code) => `\\u{${code}}`))
/** Line ends and tabs stay. */
const steering = new RegExp(`[^\\P{Cc}\\n\\r\\t]|${unseen.map((range) => `[${range}]`).join('|')}`, 'gu')
/** An escape sequence goes with what it says; its first character alone would leave the rest as words. */
const sequence = new RegExp(`[${String.fromCharCode(27)}\\u009b]\\[?[\\d;?]{0,20}[A-Za-z]`, 'g')

/** Redacts every string of a value, of unknown fields and their names as well, and takes out what steers. */
export function foreignDoor(redactor: Pick<Redactor, 'value' | 'text'>): Door {
  const named = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return withoutSteering(value)
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
    if (Array.isArray(value)) return value.map((each) => named(each, depth + 1))
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [redactor.text(withoutSteering(key)), named(each, depth + 1)]),
    )
  }
  return { clear: <T>(foreign: T) => redactor.value(named(foreign, 0)) as Cleared<T> }
}

/** A return to the line's beginning would write over it: what follows is a line of its own. */
const withoutSteering = (text: string): string => (plainly.test(text) ? text : steered(text))
const plainly = /^[\x20-\x7e\n\t]*$/
const steered = (text: string): string =>
  text
    .replace(sequence, '')
    .replace(/\r(?!\n)/g, '\n')
    .replace(steering, '')
