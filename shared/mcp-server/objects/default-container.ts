import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { whatThereIs } from './get-object.ts'

const pod = { apiVersion: 'v1', kind: 'Pod' }

const Pod = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }),
  spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
})

/** kubectl's rule: the only one, else the annotated default, else the first. */
export async function defaultContainer(
  api: ClusterApi,
  name: string,
  namespace: string,
  signal: AbortSignal,
): Promise<string> {
  const object = await api.get(pod, name, namespace, signal)
  if (object === undefined)
    throw new GiveUp(`There is no Pod "${name}" in namespace "${namespace}". ${whatThereIs(pod)}`)
  const { metadata, spec } = Pod.parse(object)
  const names = spec.containers.map((container) => container.name)
  const preferred = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  return names.find((one) => one === preferred) ?? names[0] ?? ''
}
