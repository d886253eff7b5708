/** What a server said with a status that means no, in its own JSON-RPC words where it has some. */
export type Rpc = { readonly code: number; readonly message: string }

/** An HTTP answer that says no: `status` 0 when none came at all. The message is one sentence for people. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly status: number
  /** So long the server asks to be left alone. */
  readonly retryAfterMs: number
  readonly rpc: Rpc | undefined
  /** The connection was cut before anything came back: once more on a new one may be all it needs. */
  readonly unheard: boolean
  /** Nothing came within its time. */
  readonly late: boolean

  constructor(
    message: string,
    status: number,
    more: {
      readonly retryAfterMs?: number
      readonly rpc?: Rpc | undefined
      readonly unheard?: boolean
      readonly late?: boolean
      readonly cause?: unknown
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.status = status
    this.retryAfterMs = more.retryAfterMs ?? 0
    this.rpc = more.rpc
    this.unheard = more.unheard === true
    this.late = more.late === true
  }
}
