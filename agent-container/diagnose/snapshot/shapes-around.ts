import { z } from 'zod'
import {
  Condition,
  Expression,
  flag,
  LabelSelector,
  list,
  maybe,
  number,
  PodSpec,
  port,
  strings,
  text,
} from './shapes.ts'

const Template = z.object({
  metadata: z.object({ labels: strings, annotations: strings }).prefault({}),
  spec: PodSpec.prefault({}),
})

/** Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, and custom kinds that hold a pod template the same way. */
export const Workload = z.object({
  spec: z
    .object({
      replicas: number,
      selector: maybe(LabelSelector),
      template: maybe(Template),
      /** CronJobs keep theirs one level deeper. */
      jobTemplate: maybe(z.object({ spec: z.object({ template: maybe(Template) }) })),
      schedule: text,
      suspend: flag,
      concurrencyPolicy: text,
      paused: flag,
      progressDeadlineSeconds: number,
      strategy: maybe(
        z.object({ type: text, rollingUpdate: maybe(z.object({ maxUnavailable: port, maxSurge: port })) }),
      ),
      backoffLimit: number,
      activeDeadlineSeconds: number,
      serviceName: text,
      podManagementPolicy: text,
      volumeClaimTemplates: list(z.object({ metadata: z.object({ name: z.string() }) })),
    })
    .prefault({}),
  status: z
    .object({
      replicas: number,
      readyReplicas: number,
      availableReplicas: number,
      updatedReplicas: number,
      unavailableReplicas: number,
      desiredNumberScheduled: number,
      numberReady: number,
      active: z
        .union([z.number(), z.array(z.unknown()).transform((items) => items.length)])
        .optional()
        .catch(undefined),
      succeeded: number,
      failed: number,
      startTime: text,
      lastScheduleTime: text,
      conditions: list(Condition),
    })
    .prefault({}),
})
export type Workload = z.infer<typeof Workload>

/** How StatefulSets and DaemonSets keep their earlier templates: read as the workload that it was. */
export const Revision = z
  .object({ data: z.object({ spec: z.object({ template: z.unknown() }) }) })
  .transform(({ data }) => Workload.parse({ spec: data.spec }))

export const Taint = z.object({ key: z.string(), value: text, effect: text, timeAdded: text })
export type Taint = z.infer<typeof Taint>
export const Node = z.object({
  spec: z.object({ taints: list(Taint), unschedulable: flag, podCIDR: text }).prefault({}),
  status: z
    .object({
      conditions: list(Condition),
      allocatable: strings,
      capacity: strings,
      nodeInfo: maybe(z.object({ architecture: text })),
    })
    .prefault({}),
})
export type Node = z.infer<typeof Node>

export const Service = z.object({
  spec: z
    .object({
      type: text,
      clusterIP: text,
      externalName: text,
      selector: strings,
      ports: list(z.object({ name: text, port: z.number(), targetPort: port, nodePort: number, protocol: text })),
      internalTrafficPolicy: text,
      externalTrafficPolicy: text,
    })
    .prefault({}),
})
export type Service = z.infer<typeof Service>

export const EndpointSlice = z.object({
  endpoints: list(
    z.object({
      addresses: list(z.string()),
      conditions: z.object({ ready: flag }).catch({}).prefault({}),
      nodeName: text,
      targetRef: maybe(z.object({ kind: text, name: text })),
    }),
  ),
  ports: list(z.object({ name: text, port: number })),
})

export const Claim = z.object({
  spec: z
    .object({
      storageClassName: text,
      volumeName: text,
      accessModes: list(z.string()),
      resources: z.object({ requests: strings }).catch({ requests: {} }).prefault({}),
    })
    .prefault({}),
  status: z.object({ phase: text, conditions: list(Condition), capacity: strings }).prefault({}),
})
export type Claim = z.infer<typeof Claim>

export const Volume = z.object({
  spec: z
    .object({
      nodeAffinity: maybe(
        z.object({
          required: maybe(z.object({ nodeSelectorTerms: list(z.object({ matchExpressions: list(Expression) })) })),
        }),
      ),
    })
    .prefault({}),
})

const policyPorts = list(z.object({ port, endPort: number, protocol: text }))
const Peer = z.object({
  podSelector: maybe(LabelSelector),
  namespaceSelector: maybe(LabelSelector),
  ipBlock: maybe(z.object({ cidr: z.string(), except: list(z.string()) })),
})
export type Peer = z.infer<typeof Peer>
export const NetworkPolicy = z.object({
  spec: z
    .object({
      podSelector: LabelSelector.prefault({}),
      policyTypes: list(z.string()),
      ingress: list(z.object({ from: list(Peer), ports: policyPorts })),
      egress: list(z.object({ to: list(Peer), ports: policyPorts })),
    })
    .prefault({}),
})
export type NetworkPolicy = z.infer<typeof NetworkPolicy>

export const Quota = z.object({
  spec: z.object({ hard: strings }).prefault({}),
  status: z.object({ hard: strings, used: strings }).prefault({}),
})
export const Autoscaler = z.object({
  spec: z
    .object({
      scaleTargetRef: z.object({ kind: text, name: text, apiVersion: text }).prefault({}),
      minReplicas: number,
      maxReplicas: number,
    })
    .prefault({}),
  status: z.object({ conditions: list(Condition), currentReplicas: number, desiredReplicas: number }).prefault({}),
})
export type Autoscaler = z.infer<typeof Autoscaler>
export const DisruptionBudget = z.object({
  spec: z.object({ minAvailable: port, maxUnavailable: port, selector: maybe(LabelSelector) }).prefault({}),
  status: z
    .object({ disruptionsAllowed: number, currentHealthy: number, desiredHealthy: number, expectedPods: number })
    .prefault({}),
})
export type DisruptionBudget = z.infer<typeof DisruptionBudget>
const Backend = maybe(
  z.object({ service: maybe(z.object({ name: z.string(), port: maybe(z.object({ number, name: text })) })) }),
)
export const Ingress = z.object({
  spec: z
    .object({
      ingressClassName: text,
      defaultBackend: Backend,
      rules: list(
        z.object({
          host: text,
          http: maybe(z.object({ paths: list(z.object({ path: text, backend: Backend })) })),
        }),
      ),
      tls: list(z.object({ secretName: text })),
    })
    .prefault({}),
})
export type Ingress = z.infer<typeof Ingress>
export const ServiceAccount = z.object({ imagePullSecrets: list(z.object({ name: z.string() })) })
export const ConfigMap = z.object({ data: strings })
export const Conditioned = z.object({
  status: z.object({ phase: text, conditions: list(Condition) }).prefault({}),
})

/** Both shapes of events: the old one counts, the new one has eventTime and a series, with null stamps of the old. */
export const Event = z.object({
  type: text,
  reason: text,
  message: text,
  note: text,
  count: number,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  series: maybe(z.object({ count: number, lastObservedTime: text })),
  reportingComponent: text,
  source: maybe(z.object({ component: text, host: text })),
  involvedObject: maybe(z.object({ kind: text, namespace: text, name: text, uid: text, fieldPath: text })),
  regarding: maybe(z.object({ kind: text, namespace: text, name: text, uid: text, fieldPath: text })),
})
