import { z } from 'zod'

export const Item = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
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
  columns: z.array(z.string()).optional().describe('Of rows; with detail: rows'),
  rows: z.array(z.array(z.string())).optional(),
  items: z.array(Item).optional().describe('With detail: whole'),
  shown: z.int(),
  total: z.int().optional().describe('So many there are in this scope, where that is known'),
  complete: z.boolean().describe('True: with this answer, and those before it, all of the scope is shown'),
  continue: z.string().optional(),
  shortened: z.int().describe('So many items have long values cut, each marked'),
  notes: z.array(z.string()).optional(),
}
const ListAnswer = z.object(listOutput)
export type ListAnswer = z.infer<typeof ListAnswer>
