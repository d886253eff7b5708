import type { TokenCredential } from '@azure/identity'
import { AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'

/** Spans to Application Insights, by identity: the connection string names the place and opens nothing. */
export const azureSpans = (connectionString: string, credential: TokenCredential): SpanExporter =>
  // Kept on disk they would be lost with the instance anyway.
  new AzureMonitorTraceExporter({ connectionString, credential, disableOfflineStorage: true })
