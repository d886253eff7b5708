/** What wakes one function up. */
export type Listener = {
  /** No new invocation begins after this. */
  readonly stop: () => void
  /** Runs the function now, as its administrator may; only timers can. */
  readonly trigger?: () => void
}
