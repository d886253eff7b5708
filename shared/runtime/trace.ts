import { randomBytes } from 'node:crypto'

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace, parent span, flags. */
const shape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/

/** A new trace, which messages carry from the fault to the notice. */
export const newTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`

export type TraceParent = { readonly text: string; readonly traceId: string; readonly spanId: string }

/** What a message says of its trace, before anybody has checked the message. */
export function traceOf(message: unknown): TraceParent | undefined {
  if (typeof message !== 'object' || message === null || !('traceparent' in message)) return undefined
  const text = String(message.traceparent)
  const [, traceId, spanId] = shape.exec(text) ?? []
  return traceId === undefined || spanId === undefined ? undefined : { text, traceId, spanId }
}
