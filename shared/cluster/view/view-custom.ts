import { z } from 'zod'
import { Condition, conditions, Metadata, text, whole } from './view-parts.ts'

/** Groups end in this where Kubernetes itself, or its own sub-projects' core, defines them. */
const builtin = /^(apps|batch|autoscaling|policy|events\.k8s\.io|(\w+\.)*k8s\.io)$/
/** Of these the kinds are custom although their group ends in k8s.io. */
const extension = /^(gateway\.networking|kueue\.x-k8s|snapshot\.storage|.*\.x-k8s)\.?/
export const isCustomGroup = (apiVersion: string): boolean => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  return group.includes('.') && (extension.test(group) || !builtin.test(group))
}

/** Argo lists only what is so, without saying that it is. */
const Said = Condition.extend({ status: z.string().default('True') })

/**
 * What custom resources of any kind say of themselves. Read loosely: a part that has another form than is usual says
 * nothing, and takes nothing else with it.
 */
export const CustomView = z.object({
  apiVersion: z.string(),
  kind: z.string().min(1).max(100),
  metadata: Metadata,
  spec: z
    .object({
      suspend: z.boolean().nullish().catch(undefined),
      suspended: z.boolean().nullish().catch(undefined),
      paused: z.boolean().nullish().catch(undefined),
      /** Others of its kind that come first, as in Flux. */
      dependsOn: z
        .array(z.object({ name: z.string(), namespace: text }))
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
  status: z
    .object({
      observedGeneration: whole.catch(undefined),
      phase: text.catch(undefined),
      message: text.catch(undefined),
      conditions: z
        .array(Said.or(z.unknown().transform(() => undefined)))
        .nullish()
        .catch(undefined)
        .transform((all) => all?.filter((one): one is Condition => one !== undefined)),
      /** Routes of the Gateway API say it for each parent. */
      parents: z
        .array(
          z.object({
            parentRef: z.object({ kind: text, name: z.string(), namespace: text, sectionName: text }),
            conditions,
          }),
        )
        .nullish()
        .catch(undefined),
      health: z.object({ status: text, message: text, lastTransitionTime: text }).nullish().catch(undefined),
      /** Argo CD: whether it is as its source says, and how the last try to make it so ended. */
      sync: z.object({ status: text }).nullish().catch(undefined),
      operationState: z.object({ phase: text, message: text, finishedAt: text }).nullish().catch(undefined),
      /** Whether it is something that runs once and has ended. */
      completionTime: text.catch(undefined),
      completionTimestamp: text.catch(undefined),
      finishedAt: text.catch(undefined),
    })
    .nullish()
    .catch(undefined),
})
