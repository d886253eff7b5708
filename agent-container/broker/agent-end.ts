import { z } from 'zod'

/** The agent's last word. */
export const AgentEnd = z.object({
  result: z.enum(['done', 'quota', 'timeout', 'failed']),
  why: z.string().max(500).default(''),
  /** What a foreign runner says that it did, and what that took: its own words, beside the broker's count. */
  commands: z.array(z.string().max(500)).max(200).optional(),
  reported: z
    .looseObject({
      turns: z.number().optional(),
      inputTokens: z.number().optional(),
      outputTokens: z.number().optional(),
      costUsd: z.number().optional(),
    })
    .optional(),
  log: z
    .string()
    .max(64 * 1024)
    .optional(),
})
export type AgentEnd = z.infer<typeof AgentEnd>
