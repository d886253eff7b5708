import type { Fault, Severity } from '../faults/fault.ts'
import { ASKED } from '../incident/asked.ts'
import { derivedId } from '../runtime/ids.ts'
import { own } from '../runtime/own.ts'

/** What somebody asks about: one object of one cluster, with a word on why when they give one. */
export type Ask = {
  readonly cluster: string
  readonly kind: string
  /** '' for what belongs to the whole cluster. */
  readonly namespace: string
  readonly name: string
  /** Without it, that of the kind where it is one of Kubernetes' own. */
  readonly apiVersion?: string
  readonly severity?: Severity
  readonly note?: string
}

const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  PodDisruptionBudget: 'policy/v1',
  StorageClass: 'storage.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
}
/** A note is one sentence or two; the incident has room for no more beside what the cluster says. */
const MAX_NOTE = 1_000

/** Asking twice about one object is one fault: its id comes from the object, never from the moment. */
export function faultForAsk(ask: Ask, now: Date): Fault {
  const { cluster, kind, namespace, name, apiVersion = own(groups, kind) ?? 'v1' } = ask
  const resource = { apiVersion, kind, name, ...(namespace === '' ? {} : { namespace }) }
  const note = ask.note === undefined ? '' : `: ${ask.note.slice(0, MAX_NOTE)}`
  return {
    cluster,
    faultId: `asked-${derivedId(24, cluster, kind, namespace, name)}`,
    faultType: ASKED,
    severity: ask.severity ?? 'warning',
    resource,
    owner: resource,
    context: `Somebody asks what is wrong with ${kind} ${namespace === '' ? '' : `${namespace}/`}${name}${note}`,
    timestamp: now.toISOString(),
    labels: {},
    receivedAt: now.toISOString(),
    source: 'notification',
  }
}
