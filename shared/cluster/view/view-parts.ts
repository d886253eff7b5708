import { z } from 'zod'

/** The API writes null where Go has an empty pointer, so everything optional may be null too. */
export const whole = z.number().nullish()
export const text = z.string().nullish()
export const Labels = z.record(z.string(), z.string()).nullish()

export const Metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  creationTimestamp: text,
  deletionTimestamp: text,
  generation: whole,
  labels: Labels,
  ownerReferences: z
    .array(
      z.object({
        apiVersion: z.string(),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().nullish(),
      }),
    )
    .nullish(),
})
export type Metadata = z.infer<typeof Metadata>

export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
  observedGeneration: whole,
})
export type Condition = z.infer<typeof Condition>
export const conditions = z.array(Condition).nullish()
