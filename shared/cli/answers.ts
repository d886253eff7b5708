import { z } from 'zod'

/** What the app answers, as far as it is shown here: an app of another version may say more. */
const Ref = z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().default('') })
export const ShownIncident = z.looseObject({
  incidentId: z.string(),
  status: z.string(),
  severity: z.string(),
  cluster: z.string(),
  environment: z.string().default(''),
  namespace: z.string().default(''),
  owner: Ref,
  faultType: z.string(),
  harm: z.string().optional(),
  context: z.string().default(''),
  occurrences: z.number(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  outcome: z.string().optional(),
  rootCause: z.string().optional(),
  reason: z.string().optional(),
  failureReason: z.string().optional(),
  reportedAt: z.string().optional(),
  steps: z.array(z.looseObject({ at: z.string(), state: z.string(), note: z.string() })).default([]),
  muted: z.looseObject({ until: z.string(), reason: z.string() }).optional(),
  acknowledged: z.looseObject({ at: z.string(), by: z.string(), note: z.string() }).optional(),
  notices: z.record(z.string(), z.looseObject({ state: z.string(), at: z.string() })).default({}),
})
export type ShownIncident = z.infer<typeof ShownIncident>

export const IncidentPage = z.looseObject({
  incidents: z.array(ShownIncident),
  cursor: z.string().optional(),
  cut: z.boolean().optional(),
})
export const ShownMute = z.looseObject({
  id: z.string(),
  words: z.string(),
  until: z.string(),
  reason: z.string(),
  source: z.string(),
  by: z.string().default(''),
})
export const ShownMutes = z.looseObject({ mutes: z.array(ShownMute) })
export const Clusters = z.looseObject({
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      last_event: z.string().optional(),
      error: z.string().optional(),
      retry_in: z.string().optional(),
      source: z.string().optional(),
      note: z.string().optional(),
      detection_delay_seconds: z.number().optional(),
      event_count: z.number().default(0),
      triage_enabled: z.boolean().default(false),
      triage_problem: z.string().optional(),
      permissions: z.looseObject({ warnings: z.array(z.string()).default([]) }).optional(),
    }),
  ),
  summary: z.looseObject({ total: z.number(), active: z.number(), unhealthy: z.number(), triage_enabled: z.number() }),
  config_errors: z.array(z.string()).default([]),
})
export type Clusters = z.infer<typeof Clusters>
