import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { errorText } from '../runtime/errors.ts'
import type { TraceParent } from '../runtime/trace.ts'

/** An instance may be frozen as soon as its function ends: spans leave before, but nobody waits long for them. */
const FLUSH_MS = 2_000

export type Tracer = {
  /** A span around `act`, in the trace of the message that led to it. */
  readonly span: <T>(
    name: string,
    parent: TraceParent | undefined,
    attributes: Attributes,
    act: () => Promise<T>,
  ) => Promise<T>
}

export function createTracer(exporter: SpanExporter): Tracer {
  const processor = new BatchSpanProcessor(exporter, { exportTimeoutMillis: FLUSH_MS })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'nightcrier' }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('nightcrier')
  return {
    span: async (name, parent, attributes, act) => {
      const context =
        parent === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId: parent.traceId,
              spanId: parent.spanId,
              traceFlags: TraceFlags.SAMPLED,
              isRemote: true,
            })
      // Not a consumer: the host counts each run of a function as a request already.
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes }, context)
      try {
        return await act()
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error).slice(0, 500) })
        throw error
      } finally {
        span.end()
        // Telemetry that cannot be sent must not fail what it tells of.
        await processor.forceFlush().catch(() => {})
      }
    },
  }
}
