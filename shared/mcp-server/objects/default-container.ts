import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { whatThereIs } from './get-object.ts'

const pod = { apiVersion: 'v1', kind: 'Pod' }

const Names = z.array(z.looseObject({ name: z.string() })).nullish()
const Pod = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }),
  spec: z.object({
    containers: z.array(z.looseObject({ name: z.string() })),
    initContainers: Names,
    ephemeralContainers: Names,
  }),
})
export type ChosenContainer = {
  readonly container: string
  /** All that the pod has besides, those of its start marked. */
  readonly others: readonly string[]
  /** Why it is not the one that was meant, if so. */
  readonly note?: string
}

/** kubectl's rule: the annotated default, else the first. GiveUp for a container that the pod does not have. */
export async function chosenContainer(
  api: ClusterApi,
  name: string,
  namespace: string,
  requested: string | undefined,
  signal: AbortSignal,
): Promise<ChosenContainer> {
  const object = await api.get(pod, name, namespace, signal)
  if (object === undefined)
    throw new GiveUp(`There is no Pod "${name}" in namespace "${namespace}". ${whatThereIs(pod)}`)
  const { metadata, spec } = Pod.parse(object)
  const main = spec.containers.map((one) => one.name)
  const starting = (spec.initContainers ?? []).map((one) => one.name)
  const added = (spec.ephemeralContainers ?? []).map((one) => one.name)
  const all = [...main, ...starting, ...added]
  if (requested !== undefined && !all.includes(requested))
    throw new GiveUp(`Pod "${name}" in namespace "${namespace}" has no such container. It has: ${all.join(', ')}.`)
  const preferred = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  const container = requested ?? main.find((one) => one === preferred) ?? main[0] ?? ''
  const others = all.filter((one) => one !== container).map((one) => (starting.includes(one) ? `${one} (init)` : one))
  const astray = requested === undefined && preferred !== undefined && !main.includes(preferred)
  return {
    container,
    others,
    ...(astray ? { note: `its annotation names a default container that it does not have, so this is the first` } : {}),
  }
}

export const defaultContainer = async (api: ClusterApi, name: string, namespace: string, signal: AbortSignal) =>
  (await chosenContainer(api, name, namespace, undefined, signal)).container
