import { z } from 'zod'

/**
 * What the rules read of Kubernetes objects. Everything is optional and a field of an unexpected type counts as absent:
 * an odd object must not hide the others.
 */
export const text = z.string().optional().catch(undefined)
export const number = z.number().optional().catch(undefined)
export const flag = z.boolean().optional().catch(undefined)
export const list = <T>(item: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .nullish()
    .catch(undefined)
    .transform((items): readonly T[] => (items ?? []).flatMap((one) => parsed(item, one)))
export const strings = z
  .record(z.string(), z.coerce.string())
  .nullish()
  .catch(undefined)
  .transform((map) => map ?? {})
export const maybe = <T>(item: z.ZodType<T>) => item.optional().catch(undefined)
const intOrString = z.union([z.number(), z.string()])
export type Port = z.infer<typeof intOrString>
export const port = intOrString.optional().catch(undefined)

function parsed<T>(schema: z.ZodType<T>, value: unknown): T[] {
  const result = schema.safeParse(value)
  return result.success ? [result.data] : []
}

export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  lastTransitionTime: text,
})
export type Condition = z.infer<typeof Condition>

const Probe = z.object({
  httpGet: maybe(z.object({ path: text, port: intOrString, scheme: text })),
  tcpSocket: maybe(z.object({ port: intOrString })),
  grpc: maybe(z.object({ port: intOrString })),
  exec: maybe(z.object({ command: list(z.string()) })),
  initialDelaySeconds: number,
  periodSeconds: number,
  timeoutSeconds: number,
  failureThreshold: number,
})
export type Probe = z.infer<typeof Probe>

const keyRef = maybe(z.object({ name: z.string(), key: z.string(), optional: flag }))
const EnvVar = z.object({
  name: z.string(),
  value: text,
  valueFrom: maybe(z.object({ configMapKeyRef: keyRef, secretKeyRef: keyRef })),
})
const nameRef = maybe(z.object({ name: z.string(), optional: flag }))

export const Container = z.object({
  name: z.string(),
  image: text,
  command: list(z.string()),
  args: list(z.string()),
  env: list(EnvVar),
  envFrom: list(z.object({ prefix: text, configMapRef: nameRef, secretRef: nameRef })),
  ports: list(z.object({ name: text, containerPort: z.number(), hostPort: number, protocol: text })),
  resources: z.object({ requests: strings, limits: strings }).catch({ requests: {}, limits: {} }).prefault({}),
  livenessProbe: maybe(Probe),
  readinessProbe: maybe(Probe),
  startupProbe: maybe(Probe),
  volumeMounts: list(z.object({ name: z.string(), mountPath: z.string(), subPath: text, readOnly: flag })),
  imagePullPolicy: text,
  restartPolicy: text,
  lifecycle: maybe(z.object({ postStart: maybe(z.object({ exec: maybe(z.object({ command: list(z.string()) })) })) })),
  securityContext: maybe(
    z.object({ runAsNonRoot: flag, runAsUser: number, readOnlyRootFilesystem: flag, privileged: flag }),
  ),
})
export type Container = z.infer<typeof Container>

const Items = list(z.object({ key: z.string(), path: z.string() }))
const Volume = z.object({
  name: z.string(),
  configMap: maybe(z.object({ name: z.string(), optional: flag, items: Items })),
  secret: maybe(z.object({ secretName: z.string(), optional: flag, items: Items })),
  persistentVolumeClaim: maybe(z.object({ claimName: z.string() })),
  hostPath: maybe(z.object({ path: z.string(), type: text })),
  emptyDir: maybe(z.object({ sizeLimit: text, medium: text })),
  projected: maybe(
    z.object({
      sources: list(
        z.object({
          configMap: nameRef,
          secret: nameRef,
          serviceAccountToken: maybe(z.object({ audience: text, path: text })),
        }),
      ),
    }),
  ),
})
export type Volume = z.infer<typeof Volume>

export const Expression = z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })
export type Expression = z.infer<typeof Expression>
export const LabelSelector = z.object({ matchLabels: strings, matchExpressions: list(Expression) })
export type LabelSelector = z.infer<typeof LabelSelector>

const PodAffinityTerm = z.object({ labelSelector: maybe(LabelSelector), topologyKey: text })
const podAffinity = maybe(z.object({ requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm) }))
export const Toleration = z.object({ key: text, operator: text, value: text, effect: text })
export type Toleration = z.infer<typeof Toleration>

export const PodSpec = z.object({
  containers: list(Container),
  initContainers: list(Container),
  volumes: list(Volume),
  nodeName: text,
  nodeSelector: strings,
  affinity: maybe(
    z.object({
      nodeAffinity: maybe(
        z.object({
          requiredDuringSchedulingIgnoredDuringExecution: maybe(
            z.object({ nodeSelectorTerms: list(z.object({ matchExpressions: list(Expression) })) }),
          ),
        }),
      ),
      podAffinity,
      podAntiAffinity: podAffinity,
    }),
  ),
  tolerations: list(Toleration),
  topologySpreadConstraints: list(
    z.object({ topologyKey: text, whenUnsatisfiable: text, maxSkew: number, labelSelector: maybe(LabelSelector) }),
  ),
  serviceAccountName: text,
  enableServiceLinks: flag,
  imagePullSecrets: list(z.object({ name: z.string() })),
  priorityClassName: text,
  runtimeClassName: text,
  restartPolicy: text,
  hostNetwork: flag,
  dnsPolicy: text,
  dnsConfig: maybe(z.object({ nameservers: list(z.string()) })),
  securityContext: maybe(z.object({ runAsNonRoot: flag, runAsUser: number, fsGroup: number })),
})
export type PodSpec = z.infer<typeof PodSpec>

const Waiting = z.object({ reason: text, message: text })
const Terminated = z.object({
  exitCode: z.number(),
  reason: text,
  message: text,
  startedAt: text,
  finishedAt: text,
})
export type Terminated = z.infer<typeof Terminated>
const State = z
  .object({ waiting: maybe(Waiting), running: maybe(z.object({ startedAt: text })), terminated: maybe(Terminated) })
  .catch({})
  .prefault({})
export const ContainerStatus = z.object({
  name: z.string(),
  image: text,
  ready: z.boolean().catch(false),
  restartCount: z.number().catch(0),
  state: State,
  lastState: State,
})
export type ContainerStatus = z.infer<typeof ContainerStatus>

export const Pod = z.object({
  spec: PodSpec.catch(PodSpec.parse({})).prefault({}),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      conditions: list(Condition),
      containerStatuses: list(ContainerStatus),
      initContainerStatuses: list(ContainerStatus),
      podIP: text,
      startTime: text,
    })
    .prefault({}),
})
export type Pod = z.infer<typeof Pod>
