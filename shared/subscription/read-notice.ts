import { z } from 'zod'
import { FaultNotice, MAX_CONTEXT_CHARACTERS } from '../faults/fault.ts'
import { lenientNotice, withoutFields } from './lenient-notice.ts'

const Addressed = z.looseObject({ subscriptionId: z.string() })
const SubscriptionError = Addressed.extend({ error: z.string().default('') })

export type Notice =
  | { readonly kind: 'fault'; readonly subscriptionId: string | undefined; readonly fault: FaultNotice }
  | { readonly kind: 'subscription-error'; readonly subscriptionId: string; readonly error: string }
  | {
      readonly kind: 'bad'
      readonly subscriptionId: string | undefined
      readonly reason: string
      readonly body: unknown
    }
  | { readonly kind: 'other' }

/** What a log notification says. Its level means nothing: known servers send every fault as a warning. */
export function readNotice(params: unknown, receivedAt: string): Notice {
  // By hand: a schema would cost each fault one more copy.
  if (typeof params !== 'object' || params === null || !('logger' in params)) return { kind: 'other' }
  const { logger } = params
  const data = 'data' in params ? params.data : undefined
  const meant = () => lenientNotice(data, receivedAt)
  if (logger === 'kubernetes/subscription_error') {
    const parsed = SubscriptionError.safeParse(typeof data === 'string' ? meant() : data)
    return parsed.success ? { kind: 'subscription-error', ...parsed.data } : { kind: 'other' }
  }
  if (logger !== 'kubernetes/faults') return { kind: 'other' }
  const fault = FaultNotice.safeParse(data)
  if (fault.success) return { kind: 'fault', subscriptionId: fault.data.subscriptionId, fault: cut(fault.data) }
  // Only now: a good fault pays nothing for what others get wrong.
  const lenient = meant()
  const second = FaultNotice.safeParse(lenient)
  const wrong = second.success ? [] : second.error.issues.map(({ path }) => path[0] ?? '')
  const third = second.success || lenient === undefined ? second : FaultNotice.safeParse(withoutFields(lenient, wrong))
  if (third.success) return { kind: 'fault', subscriptionId: third.data.subscriptionId, fault: cut(third.data) }
  const addressed = Addressed.safeParse(lenient)
  const subscriptionId = addressed.success ? addressed.data.subscriptionId : undefined
  return { kind: 'bad', subscriptionId, reason: problems(third.error), body: data }
}

const cut = (fault: FaultNotice): FaultNotice =>
  fault.context.length <= MAX_CONTEXT_CHARACTERS
    ? fault
    : { ...fault, context: `${fault.context.slice(0, MAX_CONTEXT_CHARACTERS - 1)}…` }

function problems(error: z.ZodError): string {
  const lines = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  return `no fault: ${lines.join('; ')}`.slice(0, 500)
}
