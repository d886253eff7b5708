/** What HTTP functions answer: the Functions library's HttpResponseInit, as far as we use it. */
export type Answer = {
  readonly status?: number
  readonly body?: string | Uint8Array
  readonly jsonBody?: unknown
  readonly headers?: Record<string, string>
}
