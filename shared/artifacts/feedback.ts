import { z } from 'zod'

export const Answer = z.enum(['right', 'partly', 'wrong'])
export type Answer = z.infer<typeof Answer>

/** What somebody says of a report. */
export const NewFeedback = z.strictObject({
  answer: Answer,
  /** What it really was: any words, or `Kind/namespace/name Class` to make a label of it. */
  cause: z.string().trim().max(500).default(''),
  comment: z.string().trim().max(2_000).default(''),
  by: z.string().trim().max(100).default(''),
})
export type NewFeedback = z.infer<typeof NewFeedback>

/** `feedback.json` in an incident's folder: what people say of its report, oldest first. */
export const Feedback = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  entries: z.array(NewFeedback.extend({ id: z.string(), at: z.iso.datetime() })).max(100),
})
export type Feedback = z.infer<typeof Feedback>
