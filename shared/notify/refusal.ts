/**
 * Whose fault it is that a place did not take a notice. `message`: this one only, the others flow on. `place`: its
 * address, key or rights, for certain. `away`: it does not work now. `pace`: it asks for time, nobody's fault.
 */
export type Whose = 'message' | 'place' | 'away' | 'pace'

/** The place said, or it is known otherwise, that it does not have the notice. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly whose: Whose
  /** When it is to be tried again, where the place said so. */
  readonly retryAfterSeconds: number | undefined
  /** The place's own word for it, where it has one. */
  readonly code: string | undefined

  constructor(
    whose: Whose,
    message: string,
    { retryAfterSeconds, code, cause }: { retryAfterSeconds?: number | undefined; code?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause })
    this.whose = whose
    this.retryAfterSeconds = retryAfterSeconds
    this.code = code
  }
}

/** No answer came that decides it: the place may have the notice, or not. */
export class Unsure extends Error {
  override readonly name = 'Unsure'
}
