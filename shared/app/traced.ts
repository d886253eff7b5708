import { traceOf } from '../runtime/trace.ts'
import type { Tracer } from '../telemetry/tracer.ts'
import type { Platform } from './platform.ts'

let tracer: Promise<Tracer> | undefined

/** Around one act on one message; without Application Insights nothing is loaded and nothing happens. */
export async function traced<T>(
  { settings, credential }: Pick<Platform, 'settings' | 'credential'>,
  name: string,
  message: unknown,
  act: () => Promise<T>,
): Promise<T> {
  const connection = settings.APPLICATIONINSIGHTS_CONNECTION_STRING
  if (connection === '') return act()
  tracer ??= open(connection, credential)
  const { span } = await tracer
  return span(name, traceOf(message), attributesOf(message), act)
}

async function open(connection: string, credential: Platform['credential']): Promise<Tracer> {
  const [{ createTracer }, { azureSpans }] = await Promise.all([
    import('../telemetry/tracer.ts'),
    import('../azure/spans.ts'),
  ])
  return createTracer(azureSpans(connection, credential))
}

/** What somebody looks for. */
function attributesOf(message: unknown): Record<string, string> {
  if (typeof message !== 'object' || message === null) return {}
  return Object.fromEntries(
    Object.entries(message).filter(
      (entry): entry is [string, string] =>
        ['type', 'incidentId', 'cluster', 'ended'].includes(entry[0]) && typeof entry[1] === 'string',
    ),
  )
}
