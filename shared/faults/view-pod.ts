import { z } from 'zod'
import { Condition, Metadata, whole } from './view-parts.ts'

const Terminated = z.object({
  exitCode: whole,
  signal: whole,
  reason: z.string().nullish(),
  message: z.string().nullish(),
  finishedAt: z.string().nullish(),
})
export type Terminated = z.infer<typeof Terminated>
const State = z
  .object({
    waiting: z.object({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
    running: z.object({ startedAt: z.string().nullish() }).nullish(),
    terminated: Terminated.nullish(),
  })
  .nullish()

const ContainerStatus = z.object({
  name: z.string(),
  image: z.string().nullish(),
  ready: z.boolean().nullish(),
  restartCount: whole,
  state: State,
  lastState: State,
})
export type ContainerStatus = z.infer<typeof ContainerStatus>

const Container = z.object({ name: z.string(), image: z.string().nullish(), restartPolicy: z.string().nullish() })

export const PodView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Pod'),
  metadata: Metadata,
  spec: z
    .object({
      nodeName: z.string().nullish(),
      restartPolicy: z.string().nullish(),
      containers: z.array(Container).nullish(),
      initContainers: z.array(Container).nullish(),
      volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() })).nullish(),
    })
    .nullish(),
  status: z
    .object({
      phase: z.string().nullish(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      startTime: z.string().nullish(),
      conditions: z.array(Condition).nullish(),
      containerStatuses: z.array(ContainerStatus).nullish(),
      initContainerStatuses: z.array(ContainerStatus).nullish(),
    })
    .nullish(),
})
export type PodView = z.infer<typeof PodView>
