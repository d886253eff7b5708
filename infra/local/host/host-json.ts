import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** .NET's time span as host.json writes it: `hh:mm:ss`, `d.hh:mm:ss`. In milliseconds. */
const timeSpan = z
  .string()
  .regex(/^(\d+\.)?\d{2}:\d{2}:\d{2}$/, 'must be hh:mm:ss')
  .transform((text) => {
    const [clock, days] = text.includes('.') ? text.split('.').reverse() : [text, '0']
    const [hours = 0, minutes = 0, seconds = 0] = (clock ?? '').split(':').map(Number)
    return ((Number(days) * 24 + hours) * 3600 + minutes * 60 + seconds) * 1000
  })

/** Defaults are the real host's (azure-sdk-for-net QueuesOptions; Flex Consumption's 30 minutes). */
const HostJson = z.looseObject({
  functionTimeout: timeSpan.prefault('00:30:00'),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .looseObject({
          batchSize: z.number().int().min(1).max(32).default(16),
          newBatchThreshold: z.number().int().min(0).optional(),
          maxPollingInterval: timeSpan.prefault('00:01:00'),
          visibilityTimeout: timeSpan.prefault('00:00:00'),
          maxDequeueCount: z.number().int().min(1).default(5),
          messageEncoding: z.enum(['base64', 'none']).default('base64'),
        })
        .prefault({}),
    })
    .prefault({}),
})

export type QueueOptions = z.infer<typeof HostJson>['extensions']['queues'] & { readonly newBatchThreshold: number }
export type HostSettings = {
  readonly functionTimeoutMs: number
  readonly routePrefix: string
  readonly queues: QueueOptions
}

/** host.json of a built app. */
export function readHostJson(app: string): HostSettings {
  const path = join(app, 'host.json')
  const parsed = HostJson.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path} is wrong:\n${z.prettifyError(parsed.error)}`)
  const { http, queues } = parsed.data.extensions
  const newBatchThreshold = queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2)
  return {
    functionTimeoutMs: parsed.data.functionTimeout,
    routePrefix: http.routePrefix,
    queues: { ...queues, newBatchThreshold },
  }
}
