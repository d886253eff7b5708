import { z } from 'zod'

export const Severity = z.enum(['info', 'warning', 'critical'])
export type Severity = z.infer<typeof Severity>
const rank: Record<Severity, number> = { info: 0, warning: 1, critical: 2 }
export const atLeast = (severity: Severity, threshold: Severity): boolean => rank[severity] >= rank[threshold]

const name = z.string().max(253)
/** A Kubernetes object as others name it. `namespace` is absent for cluster-scoped kinds; `uid` may be unknown. */
export const ObjectRef = z.looseObject({
  apiVersion: z.string().max(200).default('v1'),
  kind: z.string().min(1).max(100),
  namespace: name.optional(),
  name: name.min(1),
  uid: z.string().max(100).optional(),
})
export type ObjectRef = z.infer<typeof ObjectRef>

export const MAX_HARM = 200
export const MAX_MARK = 300

/**
 * A fault as an MCP server sends it in a `kubernetes/faults` notification. Their schema, so unknown fields are kept.
 * `owner`, `node`, `container`, `image`, `harm`, `mark` and `resolved` come only from servers that know them, such as ours.
 */
export const FaultNotice = z.looseObject({
  subscriptionId: z.string().max(200).optional(),
  cluster: z.string().max(300).optional(),
  faultId: z.string().min(1).max(200),
  faultType: z.string().min(1).max(100),
  severity: Severity,
  resource: ObjectRef,
  context: z.string().default(''),
  timestamp: z.iso.datetime({ offset: true }),
  owner: ObjectRef.optional(),
  node: name.optional(),
  container: name.optional(),
  image: z.string().max(1000).optional(),
  /** What is unavailable, in words; then `severity` says how bad that is, and not which kind of fault it is. */
  harm: z.string().max(MAX_HARM).optional(),
  /** What tells this trouble from another of its type. */
  mark: z.string().max(MAX_MARK).optional(),
  resolved: z.boolean().optional(),
})
export type FaultNotice = z.infer<typeof FaultNotice>

/** A fault inside the product: the notice, and what we know of where it came from. `cluster` is our name for it. */
export const Fault = FaultNotice.extend({
  cluster: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/),
  labels: z.record(z.string(), z.string()).default({}),
  receivedAt: z.iso.datetime(),
  source: z.enum(['notification', 'reconcile']),
})
export type Fault = z.infer<typeof Fault>

/** Longer contexts are cut: the agent reads the cluster itself, and a queue message has 48 KiB. */
export const MAX_CONTEXT_CHARACTERS = 4_000
