import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type ListQuery } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { mebibytes, millicores } from '../objects/quantity.ts'

const usage = z.looseObject({ cpu: z.string().catch('0'), memory: z.string().catch('0') })
const Metrics = z.looseObject({
  timestamp: z.string().catch(''),
  window: z.string().catch(''),
  usage: usage.optional(),
  containers: z.array(z.looseObject({ name: z.string(), usage })).optional(),
})
export const usageShape = { cpuMillicores: z.int(), memoryMiB: z.int() }
export type Usage = { readonly cpuMillicores: number; readonly memoryMiB: number }

export const usageOf = ({ cpu, memory }: { readonly cpu?: unknown; readonly memory?: unknown }): Usage => ({
  cpuMillicores: millicores(cpu),
  memoryMiB: mebibytes(memory),
})
export const sum = (all: readonly Usage[]): Usage => ({
  cpuMillicores: all.reduce((total, one) => total + one.cpuMillicores, 0),
  memoryMiB: all.reduce((total, one) => total + one.memoryMiB, 0),
})

export type Measured = {
  readonly name: string
  readonly namespace: string
  readonly measuredAt: string
  readonly used: Usage
  readonly containers: readonly ({ readonly name: string } & Usage)[]
}

/** What the metrics API says; GiveUp in plain words where there is none, since no number is not zero. */
export async function measured(
  cluster: string,
  api: ClusterApi,
  kind: 'PodMetrics' | 'NodeMetrics',
  query: Omit<ListQuery, 'limit'>,
  signal: AbortSignal,
): Promise<{ readonly all: readonly Measured[]; readonly cut: boolean }> {
  try {
    const at = { apiVersion: 'metrics.k8s.io/v1beta1', kind }
    const page = await api.list(at, { ...query, limit: 500 }, signal)
    return { all: page.items.map(toMeasured), cut: page.continueToken !== undefined }
  } catch (error) {
    if (error instanceof ClusterApiError && (error.status === 404 || error.status === 503)) {
      throw new GiveUp(
        `Cluster "${cluster}" serves no metrics (metrics.k8s.io, the metrics server): usage is unknown, which is not zero.`,
      )
    }
    throw error
  }
}

function toMeasured(object: KubeObject): Measured {
  const { timestamp, usage: whole, containers = [] } = Metrics.parse(object)
  const each = containers.map(({ name, usage: used }) => ({ name, ...usageOf(used) }))
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    measuredAt: timestamp,
    used: whole === undefined ? sum(each) : usageOf(whole),
    containers: each,
  }
}
