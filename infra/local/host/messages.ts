import { z } from 'zod'

// What the host's parent and its worker processes say to each other over IPC. Our own, hence strict.

export const TimerStatus = z.strictObject({ Last: z.string(), Next: z.string(), LastUpdated: z.string() })
export type TimerStatus = z.infer<typeof TimerStatus>

/** How this host differs from its defaults; all times in milliseconds. */
export const WorkerLimits = z.strictObject({
  /** Longest pause between two looks at an empty queue. */
  maxPollMs: z.number().positive(),
  /** For how long a received message is hidden from others; renewed at half of it while the function runs. */
  visibilityMs: z.number().positive(),
  /** How long a failed message stays hidden before its next try; absent: host.json's `visibilityTimeout`. */
  retryDelayMs: z.number().nonnegative().optional(),
  /** How long running invocations may take to finish after the listeners have stopped. */
  drainMs: z.number().nonnegative(),
})
export type WorkerLimits = z.infer<typeof WorkerLimits>

const RunOrder = z.strictObject({
  type: z.literal('run'),
  functions: z.array(z.string()),
  port: z.number().int(),
  /** The address that HTTP listens on. */
  host: z.string(),
  functionKey: z.string(),
  limits: WorkerLimits,
  timers: z.record(z.string(), TimerStatus),
})
export type RunOrder = z.infer<typeof RunOrder>

export const ToWorker = z.discriminatedUnion('type', [
  RunOrder,
  z.strictObject({ type: z.literal('trigger'), function: z.string() }),
  /** Ends the worker as the real host does, by its terminate hooks; `late`: what still runs has run past its time. */
  z.strictObject({ type: z.literal('end'), late: z.boolean() }),
])
export type ToWorker = z.infer<typeof ToWorker>

export const LoadedFunction = z.strictObject({
  name: z.string(),
  kind: z.enum(['timer', 'queue', 'http']),
  disabled: z.boolean(),
})
export type LoadedFunction = z.infer<typeof LoadedFunction>

export const FromWorker = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('loaded'), functions: z.array(LoadedFunction) }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
  z.strictObject({ type: z.literal('listening'), port: z.number().int() }),
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('started'), function: z.string(), invocationId: z.string() }),
  z.strictObject({ type: z.literal('ended'), function: z.string(), invocationId: z.string(), ok: z.boolean() }),
  z.strictObject({ type: z.literal('timer'), function: z.string(), status: TimerStatus }),
])
export type FromWorker = z.infer<typeof FromWorker>
