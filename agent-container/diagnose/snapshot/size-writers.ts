import { z } from 'zod'
import { list } from './shapes.ts'
import { reader, type Seen } from './snapshot.ts'

/** https://github.com/kubernetes/autoscaler, vertical-pod-autoscaler/docs/api.md of v1.4: what is absent is on. */
const Sizing = z.looseObject({
  spec: z.looseObject({
    updatePolicy: z.looseObject({ updateMode: z.string().optional() }).optional(),
    resourcePolicy: z
      .looseObject({
        containerPolicies: list(
          z.looseObject({
            containerName: z.string().optional(),
            mode: z.string().optional(),
            controlledResources: z.array(z.string()).optional(),
            controlledValues: z.string().optional(),
          }),
        ),
      })
      .optional(),
  }),
})
const sizings = reader('VerticalPodAutoscaler', Sizing)

/** An autoscaler of sizes that is off recommends, and writes into no pod. */
export const onlyAdvises = (seen: Seen): boolean =>
  seen.kind === sizings.kind && sizings.of(seen)?.data.spec.updatePolicy?.updateMode === 'Off'

/** Whether an object is an autoscaler of sizes that writes this field of a pod, as in `containers[web].resources.requests.cpu`. */
export function writesSize(seen: Seen, path: string): boolean {
  if (seen.kind !== sizings.kind || onlyAdvises(seen)) return false
  const policies = sizings.of(seen)?.data.spec.resourcePolicy?.containerPolicies ?? []
  const container = /\[([^\]]+)\]/.exec(path)?.[1]
  const policy =
    policies.find(({ containerName }) => containerName === container) ??
    policies.find(({ containerName }) => containerName === '*')
  if (policy === undefined) return true
  if (policy.mode === 'Off' || (policy.controlledValues === 'RequestsOnly' && path.includes('limits'))) return false
  const resource = /\.(cpu|memory)$/.exec(path)?.[1]
  return resource === undefined || policy.controlledResources?.includes(resource) !== false
}
