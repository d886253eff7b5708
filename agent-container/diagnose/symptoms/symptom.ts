import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Container, ContainerStatus, Pod, Terminated } from '../snapshot/shapes.ts'
import type { Seen } from '../snapshot/snapshot.ts'

/** In which way something is seen to be broken now. Rules explain symptoms; a symptom is never a cause. */
export type SymptomKind =
  | 'image'
  | 'config'
  | 'start'
  | 'oom'
  | 'crash'
  | 'ends'
  | 'init-waits'
  | 'not-ready'
  | 'unschedulable'
  | 'creating'
  | 'evicted'
  | 'rejected'
  | 'terminating'
  | 'node'
  | 'create'
  | 'no-pods'
  | 'job'
  | 'claim'
  | 'service'
  | 'autoscaler'
  | 'disruption'
  | 'condition'
  | 'trouble'

export type Symptom = {
  /** Equal for what is one trouble seen on several pods. */
  readonly key: string
  readonly kind: SymptomKind
  readonly text: string
  readonly evidence: readonly Citation[]
  /** The pods that show it, the most telling one first. */
  readonly pods: readonly Seen<Pod>[]
  readonly container?: ContainerTrouble
  readonly since?: string
  /** A detector of the watch sees it, and nothing here says more of it. */
  readonly detected?: boolean
}

export type ContainerTrouble = {
  readonly name: string
  readonly init: boolean
  /** As the pod itself has it, which may be of an older revision than the template. */
  readonly spec: Container | undefined
  readonly status: ContainerStatus
  /** The run that ended last, when one did. */
  readonly last: Terminated | undefined
}
