import { z } from 'zod'

export const Item = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  row: z.record(z.string(), z.string()).optional(),
})
export type Item = z.infer<typeof Item>
/** Every list tool answers this. */
export const listOutput = {
  cluster: z.string(),
  /** What was looked at: what lies outside was not. */
  scope: z.object({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string().describe('Empty: all namespaces'),
    labelSelector: z.string().optional(),
    fieldSelector: z.string().optional(),
  }),
  items: z.array(Item),
  complete: z.boolean().describe('False: there are more objects; call again with continue'),
  continue: z.string().optional(),
  shortened: z.int().describe('So many items have long values cut, each marked'),
}
const ListAnswer = z.object(listOutput)
export type ListAnswer = z.infer<typeof ListAnswer>
