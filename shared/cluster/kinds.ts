import type { KubeObject } from '../faults/kube-object.ts'
import { type Context, contextOf } from './context.ts'
import { apiService } from './kinds/api-service.ts'
import { certificate } from './kinds/certificate.ts'
import { cronJob } from './kinds/cron-job.ts'
import { custom } from './kinds/custom.ts'
import { daemonSet } from './kinds/daemon-set.ts'
import { deployment } from './kinds/deployment.ts'
import { event } from './kinds/event.ts'
import { horizontalPodAutoscaler } from './kinds/horizontal-pod-autoscaler.ts'
import { ingress } from './kinds/ingress.ts'
import { ingressClass } from './kinds/ingress-class.ts'
import { job } from './kinds/job.ts'
import { namespace } from './kinds/namespace.ts'
import { node } from './kinds/node.ts'
import { persistentVolume } from './kinds/persistent-volume.ts'
import { persistentVolumeClaim } from './kinds/persistent-volume-claim.ts'
import { pod } from './kinds/pod.ts'
import { podDisruptionBudget } from './kinds/pod-disruption-budget.ts'
import { replicaSet } from './kinds/replica-set.ts'
import { service } from './kinds/service.ts'
import { statefulSet } from './kinds/stateful-set.ts'
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './kinds/webhook-configuration.ts'
import type { Around, Health, KindModel } from './model.ts'
import { type Kind, none, type Sign } from './sign.ts'
import { type View, type ViewOf, viewOf } from './view/view.ts'

const all: readonly Kind[] = [
  pod,
  node,
  namespace,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  job,
  cronJob,
  persistentVolumeClaim,
  persistentVolume,
  horizontalPodAutoscaler,
  podDisruptionBudget,
  service,
  ingress,
  ingressClass,
  validatingWebhookConfiguration,
  mutatingWebhookConfiguration,
  apiService,
  certificate,
  event,
  custom,
]
const byKind: ReadonlyMap<string, Kind> = new Map(all.map((one) => [one.kind, one]))

/** All that is wrong with an object and needs somebody; empty when nothing is. */
export const signsOf = (view: View, context: Context): readonly Sign[] =>
  byKind.get(view.kind)?.signs(view, context) ?? none

/** Events, and the kinds whose health leans on other objects: what an answer about one object may need to know. */
const around = all.filter(({ kind }) => kind !== 'Custom').map(({ kind }) => kind)
const contexts = new WeakMap<Around, Context>()

/** The same surroundings as signs are read in; made once for each. */
function contextAround(nearby: Around): Context {
  const known = contexts.get(nearby)
  if (known !== undefined) return known
  const complete = new Set<string>()
  const views = around.flatMap((kind) => {
    const listed = nearby.list(kind, '')
    if (listed.is !== 'there') return []
    complete.add(kind)
    return listed.value.flatMap((object) => viewOf(object) ?? [])
  })
  const made = contextOf(views, nearby.now, complete)
  contexts.set(nearby, made)
  return made
}

const health = (object: KubeObject, nearby: Around): Health => {
  const view = viewOf(object)
  const nothing = { reason: 'Unknown', message: 'Nothing is known of the health of this kind', field: '' }
  if (view === undefined) return { state: 'Unknown', ...nothing }
  const context = contextAround(nearby)
  const signs = signsOf(view, context)
  const [first] = signs
  if (first !== undefined) {
    const failing = (sign: Sign): Health => ({
      state: 'Failing',
      reason: sign.reason,
      message: sign.message,
      field: sign.field,
      ...(sign.since === undefined ? {} : { since: sign.since }),
      ...(sign.container === undefined ? {} : { container: sign.container }),
    })
    return { ...failing(first), also: signs.slice(1).map(failing) }
  }
  const busy = byKind.get(view.kind)?.progress(view, context)
  if (busy !== undefined) return { state: 'Progressing', reason: 'Progressing', message: busy, field: 'status' }
  if (view.kind === 'Custom' && saysNothing(view)) return { state: 'Unknown', ...nothing }
  return { state: 'Healthy', reason: 'Healthy', message: 'Nothing is wrong with it', field: 'status' }
}

/** `Missing`, of Argo CD: nobody has put it there yet. */
const saysNothing = ({ status }: ViewOf<'Custom'>): boolean =>
  !status?.conditions?.length && status?.phase == null && /^(Unknown|Missing)?$/.test(status?.health?.status ?? '')

/** The kinds that have a file of their own and open faults, Events among them. */
export const watchedKinds: readonly { readonly apiVersion: string; readonly kind: string }[] = all.flatMap(
  ({ apiVersion, kind, isWatched }) => (apiVersion === undefined || !isWatched ? [] : [{ apiVersion, kind }]),
)

/** The kinds that have a file of their own, for whoever asks how an object is, or draws a table of them. */
export const kindModels: readonly KindModel[] = all
  .filter(({ kind }) => kind !== 'Custom' && kind !== 'Event')
  .map(({ group, kind, columns }) => ({
    group,
    kind,
    health,
    columns: columns.map(({ name, value }) => ({
      name,
      value: (object: KubeObject, now: Date) => {
        const view = viewOf(object)
        return view === undefined ? '' : value(view, now)
      },
    })),
  }))

/** How an object of any kind is: its own file where there is one, else its conditions in their usual form. */
export const healthOf = health
