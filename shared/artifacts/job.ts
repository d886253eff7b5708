import { z } from 'zod'
import { Incident } from '../incident/incident.ts'
import { ClusterPermissions } from './permissions.ts'
import { Culprit } from './verdict.ts'

const OtherIncident = z.strictObject({
  incidentId: z.string().max(300),
  /** Its fault and owner: `CrashLoop of Deployment shop/web`. */
  about: z.string().max(600),
  firstSeen: z.iso.datetime(),
  /** What its report names, once it has one that is sure or likely. */
  cause: Culprit.extend({ class: z.string().max(60) }).optional(),
})
export type OtherIncident = z.infer<typeof OtherIncident>

/** `job.json` in a group's files: all that a broker is told. The kubeconfig lies beside it in the file `kubeconfig`. */
export const AgentJob = z.strictObject({
  version: z.literal(1),
  incident: Incident,
  permissions: ClusterPermissions.optional(),
  allowSecretsAccess: z.boolean(),
  deadline: z.iso.datetime(),
  /** Where the bundle goes (create-only link) and which message is sent when it is there (add-only link to the queue). */
  upload: z.strictObject({ bundle: z.url(), results: z.url() }),
  /** Known to broker and agent only; dies with the deadline. */
  token: z.string().min(20),
  model: z
    .strictObject({
      provider: z.enum(['anthropic', 'azure', 'openai-compatible', 'google']),
      model: z.string().min(1),
      baseUrl: z.url().optional(),
      /** Name of the file beside this one that holds the key. */
      keyFile: z.string(),
      /** Dollars for a million tokens, where the operator says so. */
      price: z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() }).optional(),
      /** How long it may think before it answers; absent: as its vendor has it. */
      effort: z.enum(['low', 'medium', 'high']).optional(),
      /** Marks for the vendor what comes again in each turn; vendors that cache by themselves need none. */
      caching: z.boolean().optional(),
    })
    .optional(),
  /** Other incidents of the cluster that are open: this one may be the same. */
  others: z.array(OtherIncident).max(12).optional(),
  runner: z.enum(['builtin', 'claude', 'codex', 'gemini', 'goose']),
  limits: z.strictObject({
    apiCalls: z.number().int().positive(),
    turns: z.number().int().positive(),
    tokens: z.number().int().positive(),
    costUsd: z.number().positive(),
  }),
  extraPrompt: z.string().max(8_000),
})
export type AgentJob = z.infer<typeof AgentJob>
