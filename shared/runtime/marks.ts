import { derivedId } from './ids.ts'
import type { Value } from './table.ts'

/**
 * Twelve digits each: a row's field holds 32 K characters, and a message that comes again does so within five tries of
 * some minutes, in which no row is written by more others than these.
 */
const MOST_MARKS = 400
const DIGITS = 12

const shortOf = (mark: string): string => derivedId(DIGITS, mark)

/** Whether this write, or one of the same name, is in the row already. */
export const isMarked = (marks: Value | undefined, mark: string): boolean =>
  typeof marks === 'string' && marks.split(' ').includes(shortOf(mark))

/** The row's marks with this one, the oldest dropped. */
export const withMark = (marks: Value | undefined, mark: string): string =>
  [...(typeof marks === 'string' && marks !== '' ? marks.split(' ') : []), shortOf(mark)].slice(-MOST_MARKS).join(' ')
