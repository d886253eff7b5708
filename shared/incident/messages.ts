import { z } from 'zod'
import { EndCause } from './incident.ts'

/** W3C trace context, so that one trace leads from the fault to the notice. */
const traceparent = z.string().max(55).optional()

/** Keys that one look may name, two for a fault: with these a message is three quarters of what a queue takes. */
export const MOST_OBSERVED = 2_000

/** Queue `faults`: 1..n faults in one message (one bad fault fails alone), or a call to look for waiting incidents. */
export const TriageMessage = z.discriminatedUnion('type', [
  z.strictObject({
    version: z.literal(1),
    type: z.literal('faults'),
    faults: z.array(z.unknown()).min(1).max(200),
    traceparent,
  }),
  z.strictObject({ version: z.literal(1), type: z.literal('wake'), traceparent }),
  /**
   * All faults that one complete look at a cluster found (`keys` are `identityOf(fault).key`): an open incident of it
   * whose key is missing has been absent since `observedAt`.
   */
  z.strictObject({
    version: z.literal(1),
    type: z.literal('observed'),
    cluster: z.string(),
    observedAt: z.iso.datetime(),
    keys: z.array(z.string().max(100)).max(MOST_OBSERVED),
    traceparent,
  }),
])
export type TriageMessage = z.infer<typeof TriageMessage>

/** Queue `results`: an agent has ended, well or not; what it left lies in the bundle blob, if anything does. */
export const ResultMessage = z.strictObject({
  version: z.literal(1),
  incidentId: z.string().min(1).max(200),
  fence: z.number().int().nonnegative(),
  ended: z.enum(['completed', 'failed', 'timeout', 'lost', 'not-started']),
  reason: z.string().max(1000).optional(),
  cause: EndCause.optional(),
  traceparent,
})
/** How the reason begins of what ended for `no-kubeconfig`: words for people, who are to see whose trouble it is. */
export const NO_KUBECONFIG = 'No kubeconfig: '
export type ResultMessage = z.infer<typeof ResultMessage>
