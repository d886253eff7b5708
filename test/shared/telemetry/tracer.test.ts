import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { logOf } from '../../../shared/app/invocation.ts'
import { TriageMessage } from '../../../shared/incident/messages.ts'
import { systemRandom } from '../../../shared/runtime/ids.ts'
import { newTraceparent, traceOf } from '../../../shared/runtime/trace.ts'
import { createTracer } from '../../../shared/telemetry/tracer.ts'

/** Shutting the exporter down would empty it, and flushing keeps what came. */
function collected() {
  const exporter = new InMemorySpanExporter()
  return { tracer: createTracer(exporter), spans: exporter.getFinishedSpans.bind(exporter) }
}

test('acts on the messages of one fault are spans of one trace, and have left when the act is over', async () => {
  const { tracer, spans } = collected()
  const traceparent = newTraceparent(systemRandom)
  const parent = traceOf({ traceparent })
  for (const name of ['triage', 'report', 'notify'])
    await tracer.span(name, parent, { incidentId: 'i' }, async () => name)
  expect(spans().map(({ name }) => name)).toEqual(['triage', 'report', 'notify'])
  expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([parent!.traceId]))
  for (const span of spans()) {
    expect(span.parentSpanContext?.spanId).toBe(parent!.spanId)
    expect(span.resource.attributes['service.name']).toBe('nightcrier')
  }
})

test('an act that fails says so in its span, and fails as before', async () => {
  const { tracer, spans } = collected()
  const failing = tracer.span('triage', undefined, {}, async () => {
    throw new Error('no room')
  })
  await expect(failing).rejects.toThrow('no room')
  expect(spans()[0]!.status).toMatchObject({ code: 2, message: expect.stringContaining('no room') })
})

test('telemetry that cannot be sent fails nothing', async () => {
  const broken: SpanExporter = {
    export: () => {
      throw new Error('away')
    },
    shutdown: async () => {},
  }
  expect(await createTracer(broken).span('triage', undefined, {}, async () => 'done')).toBe('done')
})

test('a new trace is what messages may carry, and anything else is no trace', () => {
  const traceparent = newTraceparent(systemRandom)
  expect(TriageMessage.parse({ version: 1, type: 'wake', traceparent })).toMatchObject({ traceparent })
  expect(traceOf({ traceparent: '00-x' })).toBeUndefined()
  expect(traceOf('text')).toBeUndefined()
})

test('log lines of a message name its trace', () => {
  const lines: string[] = []
  const take = (line: string) => void lines.push(line)
  const invocation = { invocationId: 'a', functionName: 'triage', debug: take, info: take, warn: take, error: take }
  const traceparent = newTraceparent(systemRandom)
  logOf(invocation, 'info', { traceparent }).info({ incidentId: 'i' }, 'said')
  expect(JSON.parse(lines[0]!)).toMatchObject({
    function: 'triage',
    trace: traceOf({ traceparent })!.traceId,
    msg: 'said',
  })
})
