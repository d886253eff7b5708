import { z } from 'zod'
import { conditions, Metadata, text, whole } from './view-parts.ts'

const Terminated = z.object({
  exitCode: whole,
  signal: whole,
  reason: text,
  message: text,
  startedAt: text,
  finishedAt: text,
})
export type Terminated = z.infer<typeof Terminated>
const State = z
  .object({
    waiting: z.object({ reason: text, message: text }).nullish(),
    running: z.object({ startedAt: text }).nullish(),
    terminated: Terminated.nullish(),
  })
  .nullish()

const ContainerStatus = z.object({
  name: z.string(),
  image: text,
  ready: z.boolean().nullish(),
  started: z.boolean().nullish(),
  restartCount: whole,
  state: State,
  lastState: State,
})
export type ContainerStatus = z.infer<typeof ContainerStatus>

/** How long a probe gives a container: what it runs is not kept, which is most of it. */
const Probe = z.object({ initialDelaySeconds: whole, periodSeconds: whole, failureThreshold: whole }).nullish()
export type Probe = z.infer<typeof Probe>

/** As scripts put it that wait for something else to come up: `until nslookup db; do sleep 2; done`. */
const waiting = /\b(until|while)\b[\s\S]*\bsleep\b|\bwait[-_]?for\b|\bwait-on\b|\bdockerize\b[\s\S]*-wait\b/i
const words = z.array(z.string()).nullish()
const Container = z
  .object({
    name: z.string(),
    image: text,
    restartPolicy: text,
    readinessProbe: Probe,
    startupProbe: Probe,
    livenessProbe: Probe,
    command: words,
    args: words,
    /** Set where a view is made from a view. */
    waits: z.boolean().optional(),
  })
  .transform(({ command, args, waits, ...container }) => ({
    ...container,
    ...(waits === true || waiting.test([...(command ?? []), ...(args ?? [])].join(' ')) ? { waits: true } : {}),
  }))

export const PodView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Pod'),
  metadata: Metadata,
  spec: z
    .object({
      nodeName: text,
      restartPolicy: text,
      priority: whole,
      readinessGates: z.array(z.object({ conditionType: z.string() })).nullish(),
      containers: z.array(Container).nullish(),
      initContainers: z.array(Container).nullish(),
      volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() })).nullish(),
    })
    .nullish(),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      nominatedNodeName: text,
      conditions,
      containerStatuses: z.array(ContainerStatus).nullish(),
      initContainerStatuses: z.array(ContainerStatus).nullish(),
    })
    .nullish(),
})
export type PodView = z.infer<typeof PodView>
