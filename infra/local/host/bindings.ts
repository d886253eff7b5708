import { z } from 'zod'

const TimerTrigger = z.looseObject({
  type: z.literal('timerTrigger'),
  schedule: z.string(),
  runOnStartup: z.boolean().optional(),
  useMonitor: z.boolean().optional(),
})
const QueueTrigger = z.looseObject({ type: z.literal('queueTrigger'), queueName: z.string(), connection: z.string() })
const HttpTrigger = z.looseObject({
  type: z.literal('httpTrigger'),
  methods: z.array(z.string()).optional(),
  route: z.string().optional(),
  authLevel: z.enum(['anonymous', 'function', 'admin']).default('function'),
})
const Trigger = z.discriminatedUnion('type', [TimerTrigger, QueueTrigger, HttpTrigger])
export type Trigger = z.infer<typeof Trigger>
export type TimerTrigger = z.infer<typeof TimerTrigger>
export type QueueTrigger = z.infer<typeof QueueTrigger>
export type HttpTrigger = z.infer<typeof HttpTrigger>

/** What `@azure/functions` hands over for each function; the trigger is the binding whose type says so. */
export const FunctionMetadata = z.looseObject({
  name: z.string().min(1),
  bindings: z.record(z.string(), z.looseObject({ type: z.string() })),
})
export type FunctionMetadata = z.infer<typeof FunctionMetadata>

export const kinds = { timerTrigger: 'timer', queueTrigger: 'queue', httpTrigger: 'http' } as const

/** `%NAME%` anywhere in a binding stands for a setting. */
function expand(value: unknown, settings: NodeJS.ProcessEnv): unknown {
  if (typeof value !== 'string') return value
  return value.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const found = settings[name]
    if (found === undefined || found === '') throw new Error(`setting ${name} is not set`)
    return found
  })
}

/** A function's trigger with its settings filled in, and the name under which its data is handed to the library. */
export function triggerOf(
  { name, bindings }: FunctionMetadata,
  settings: NodeJS.ProcessEnv,
): { readonly binding: string; readonly trigger: Trigger } {
  try {
    const entries = Object.entries(bindings)
    const extra = entries.find(([, { type }]) => !type.endsWith('Trigger') && type !== 'http')
    if (extra !== undefined) throw new Error(`this host has no binding of type ${extra[1].type}`)
    const [binding, raw] = entries.find(([, { type }]) => type.endsWith('Trigger')) ?? []
    if (binding === undefined || raw === undefined) throw new Error('it has no trigger')
    const filled = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, expand(value, settings)]))
    const parsed = Trigger.safeParse(filled)
    if (!parsed.success) throw new Error(`its trigger ${raw.type} is wrong: ${z.prettifyError(parsed.error)}`)
    return { binding, trigger: parsed.data }
  } catch (error) {
    throw new Error(`Function ${name} cannot be started`, { cause: error })
  }
}

/** `AzureWebJobs.<function>.Disabled`. */
export const isDisabled = (name: string, settings: NodeJS.ProcessEnv): boolean =>
  ['true', '1'].includes((settings[`AzureWebJobs.${name}.Disabled`] ?? '').toLowerCase())
