import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { atOnce } from '../../runtime/at-once.ts'
import { errorText } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'

const Containers = z.array(z.looseObject({ name: z.string() })).catch([])
const State = z.looseObject({
  name: z.string(),
  ready: z.boolean().catch(false),
  restartCount: z.number().catch(0),
  state: z.looseObject({ waiting: z.unknown().optional() }).catch({}),
  lastState: z.looseObject({ terminated: z.unknown().optional() }).catch({}),
})
const States = z.array(State).nullish().catch([])
const Pod = z.looseObject({
  spec: z.looseObject({ containers: Containers, initContainers: Containers }),
  status: z.looseObject({ containerStatuses: States, initContainerStatuses: States }).catch({}),
})
/** Of one cluster at once: its API server has others to serve. */
const AT_ONCE = 5

export type ContainerLog = {
  readonly namespace: string
  readonly pod: string
  readonly container: string
} & ({ readonly text: string; readonly truncated: boolean } | { readonly error: string })

/** Those that have written something, where trouble is likely first; how many have never run is told beside them. */
export function containersOf(pods: readonly KubeObject[], only: string | undefined) {
  const all = pods.flatMap((pod) => {
    const { spec, status } = Pod.safeParse(pod).data ?? {}
    const states = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
    const { name, namespace = '' } = pod.metadata
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
      .filter((one) => only === undefined || one.name === only)
      .map((one) => {
        const at = states.find((state) => state.name === one.name)
        return { where: { namespace, pod: name, container: one.name }, order: orderOf(at), ran: hasRun(at, states) }
      })
  })
  const chosen = all.filter(({ ran }) => ran).toSorted((a, b) => a.order - b.order)
  return { containers: chosen.map(({ where }) => where), neverRan: all.length - chosen.length }
}

type Seen = z.infer<typeof State> | undefined
/** A pod without any status has been written by hand, or by a test: nothing says that it has not run. */
const hasRun = (at: Seen, states: readonly unknown[]): boolean =>
  at === undefined
    ? states.length === 0
    : at.restartCount > 0 || at.lastState.terminated !== undefined || at.state.waiting === undefined
const orderOf = (at: Seen): number =>
  at === undefined ? 2 : at.ready ? (at.restartCount > 0 ? 1 : 3) : at.restartCount > 0 ? 0 : 1

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
  await atOnce(AT_ONCE, containers, async (one) => {
    try {
      logs.push({ ...one, ...(await api.log({ ...one, ...how }, signal)) })
    } catch (error) {
      logs.push({ ...one, error: redact.text(errorText(error)).slice(0, 200) })
    }
  })
  return logs
}
