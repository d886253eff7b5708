import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { errorText } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'

const Containers = z.array(z.looseObject({ name: z.string() })).catch([])
const Pod = z.looseObject({ spec: z.looseObject({ containers: Containers, initContainers: Containers }) })
/** Of one cluster at once: its API server has others to serve. */
const AT_ONCE = 5

export type ContainerLog = {
  readonly namespace: string
  readonly pod: string
  readonly container: string
} & ({ readonly text: string; readonly truncated: boolean } | { readonly error: string })

export const containersOf = (pods: readonly KubeObject[], only: string | undefined) =>
  pods.flatMap((pod) => {
    const spec = Pod.safeParse(pod).data?.spec
    const names = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name)
    const { name, namespace = '' } = pod.metadata
    return names
      .filter((container) => only === undefined || container === only)
      .map((container) => ({ namespace, pod: name, container }))
  })

/** Reads the logs of many containers, a few at once; one that cannot be read says so. */
export async function readLogs(
  api: ClusterApi,
  containers: readonly { readonly namespace: string; readonly pod: string; readonly container: string }[],
  how: {
    readonly previous: boolean
    readonly tailLines: number
    readonly sinceSeconds?: number
    readonly limitBytes: number
  },
  { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>,
): Promise<readonly ContainerLog[]> {
  const logs: ContainerLog[] = []
  const waiting = [...containers]
  async function worker() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        logs.push({ ...next, ...(await api.log({ ...next, ...how }, signal)) })
      } catch (error) {
        logs.push({ ...next, error: redact.text(errorText(error)).slice(0, 200) })
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return logs
}
