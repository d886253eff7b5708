import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

type App = { readonly host: Record<string, unknown>; readonly dependencies: readonly string[]; readonly tracer: string }

/**
 * Who tells Application Insights what, so that nothing is told twice and nothing by nobody: the host its runs and, as
 * nobody else does, our log; the worker its spans alone.
 */
function mistakes({ host, dependencies, tracer }: App): readonly string[] {
  const logging = host.logging as Record<string, { samplingSettings?: { excludedTypes?: string } } | undefined>
  const unsampled = logging.applicationInsights?.samplingSettings?.excludedTypes?.split(';') ?? []
  const workerTakesOver = dependencies.some((name) =>
    /functions-opentelemetry|monitor-opentelemetry$|api-logs/.test(name),
  )
  return [
    ...('telemetryMode' in host ? ["the host's log and sampling go by rules that alerts do not know"] : []),
    ...(workerTakesOver ? ['the worker tells requests or logs, which the host tells too'] : []),
    ...(/SpanKind\.(CONSUMER|SERVER)/.test(tracer) ? ['a run is a request of the host and of the worker'] : []),
    ...['Request', 'Trace', 'Exception']
      .filter((type) => !unsampled.includes(type))
      .map((type) => `${type} is sampled, and alerts count it`),
  ]
}

const app: App = {
  host: JSON.parse(read('host.json')),
  dependencies: Object.keys(JSON.parse(read('package.json')).devDependencies),
  tracer: read('shared/telemetry/tracer.ts'),
}

test('host and worker tell Application Insights each its part', () => {
  expect(mistakes(app)).toEqual([])
  expect(app.dependencies).toContain('@azure/monitor-opentelemetry-exporter')
})

test.each<readonly [string, Partial<App>, RegExp]>([
  ["the host's OpenTelemetry mode", { host: { ...app.host, telemetryMode: 'OpenTelemetry' } }, /log and sampling/],
  [
    "the worker's instrumentation of functions",
    { dependencies: ['@azure/functions-opentelemetry-instrumentation'] },
    /host tells too/,
  ],
  ['the whole distribution', { dependencies: ['@azure/monitor-opentelemetry'] }, /host tells too/],
  ['spans that count as requests', { tracer: 'SpanKind.CONSUMER' }, /request of the host and of the worker/],
  ['sampled logs', { host: { ...app.host, logging: { applicationInsights: {} } } }, /Trace is sampled/],
])('%s would be seen', (_, planted, says) => {
  expect(mistakes({ ...app, ...planted }).join()).toMatch(says)
})
