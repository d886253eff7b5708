/**
 * A form of secret that is known by sight, in any text. Only the last group that took part is hidden, or the whole match
 * when there is none. Each pattern reads on from where it began in bounded steps, so that time grows with length only.
 */
export type Shape = {
  readonly kind: string
  /** One of these must occur, or the pattern is not tried. In lower case. */
  readonly hints: readonly string[]
  readonly pattern: RegExp
  /** Within what would be hidden: only the groups of these are. */
  readonly parts?: RegExp
  readonly when?: (value: string, match: RegExpExecArray) => boolean
}
