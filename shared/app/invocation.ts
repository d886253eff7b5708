import { errorText, GiveUp } from '../runtime/errors.ts'
import { createLog, type Log } from '../runtime/log.ts'
import { traceOf } from '../runtime/trace.ts'

/** What the product uses of the Functions library's InvocationContext. */
export type Invocation = {
  readonly invocationId: string
  readonly functionName: string
  readonly triggerMetadata?: Readonly<Record<string, unknown>>
  readonly debug: (line: string) => void
  readonly info: (line: string) => void
  readonly warn: (line: string) => void
  readonly error: (line: string) => void
}

/** Names that the host takes from a message's own fields when it has them, in any case. */
const forgeable = [
  'id',
  'dequeuecount',
  'insertiontime',
  'expirationtime',
  'nextvisibletime',
  'popreceipt',
  'queuetrigger',
]

/**
 * The queue's own name for a message and how often it was delivered, unless the message brings fields of these names: the
 * host shows those in their place, so whoever may add to the queue could name another's dead letter.
 */
export function deliveryOf({ triggerMetadata = {}, invocationId }: Invocation, message: unknown) {
  const fields = typeof message === 'object' && message !== null ? Object.keys(message) : []
  if (fields.some((name) => forgeable.includes(name.toLowerCase()))) return { id: invocationId, dequeueCount: 1 }
  const { id, dequeueCount } = triggerMetadata
  return { id: String(id ?? invocationId), dequeueCount: Number(dequeueCount ?? 1) }
}

/** Lines go to the invocation's own log, each as one JSON object. */
export function logOf(invocation: Invocation, level: string, message?: unknown): Log {
  const trace = traceOf(message)
  return createLog(level, (word, line) => invocation[word](line), {
    function: invocation.functionName,
    ...(trace === undefined ? {} : { trace: trace.traceId }),
  })
}

/**
 * The one edge of every queue function. GiveUp is told once and ends the message: trying again would not help.
 * RetryLater and everything unforeseen go back to the queue, whose fifth failure ends in the dead letters.
 */
export async function atEdge(log: Log, act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof GiveUp)) throw error
    log.error({ kind: 'GiveUp' }, errorText(error))
  }
}
