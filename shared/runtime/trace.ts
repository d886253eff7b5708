import type { Random } from './ids.ts'

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace, parent span, flags. */
const shape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/

/** A new trace, which messages carry from the fault to the notice. */
export const newTraceparent = (random: Random): string => `00-${hex(random, 16)}-${hex(random, 8)}-01`

const hex = (random: Random, bytes: number): string =>
  Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256))).toString('hex')

export type TraceParent = { readonly text: string; readonly traceId: string; readonly spanId: string }

/** What a message says of its trace, before anybody has checked the message. */
export function traceOf(message: unknown): TraceParent | undefined {
  if (typeof message !== 'object' || message === null || !('traceparent' in message)) return undefined
  const text = String(message.traceparent)
  const [, traceId, spanId] = shape.exec(text) ?? []
  return traceId === undefined || spanId === undefined ? undefined : { text, traceId, spanId }
}
