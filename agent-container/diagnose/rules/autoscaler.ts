import { cite, few } from '../snapshot/cite.ts'
import { anyWorkload, autoscalers } from '../snapshot/kinds.ts'
import type { Autoscaler } from '../snapshot/shapes-around.ts'
import { eventsOf, label, present, refOf, type Seen, seek, whether } from '../snapshot/snapshot.ts'
import { subjectOf } from '../snapshot/subject.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, inspect, rolledOut } from './remedies.ts'

/** An autoscaler that cannot do its work: no target, nothing requested, no metrics. */
export const autoscaler: Analyzer = (scene) => {
  const { snapshot, subject, diagnose } = scene
  const own = present(snapshot, autoscalers, subject.namespace, subject.name)
  if (subject.kind !== 'HorizontalPodAutoscaler' || own === undefined) return []
  const full = own.data.status.conditions.find(
    ({ type, status, reason }) => type === 'ScalingLimited' && status === 'True' && reason === 'TooManyReplicas',
  )
  const weak = of(scene.symptoms, 'trouble')
  if (full !== undefined && weak.length > 0)
    return [
      atMaximum(
        own,
        full.message ?? '',
        weak.map(({ key }) => key),
      ),
    ]
  return of(scene.symptoms, 'autoscaler').flatMap((symptom): readonly Hypothesis[] => {
    const { kind = '', name = '' } = own.data.spec.scaleTargetRef
    const target = { kind, namespace: subject.namespace, name }
    const message =
      own.data.status.conditions.find(({ type, status }) => status === 'False' && symptom.key.endsWith(type))
        ?.message ?? ''
    const events = eventsOf(snapshot, refOf(own)).filter(({ type }) => type === 'Warning')
    const said = [
      ...cite(own, message),
      ...events.slice(-2).flatMap((event) => cite(event, event.message)),
      ...symptom.evidence,
    ]
    const text = [message, ...events.map((event) => event.message)].join(' ')
    const common = {
      explains: [symptom.key],
      weight: 88,
      confidence: 'high' as const,
      mechanism: `The autoscaler cannot compute what it should do: ${message}`.slice(0, 590),
    }
    if (
      whether(snapshot, kind, subject.namespace, name).is === 'absent' ||
      (/the server could not find the requested resource.*scale|"[\w-]+" not found/.test(message) &&
        symptom.key.endsWith('AbleToScale'))
    )
      return [
        {
          ...common,
          class: 'AutoscalerTargetMissing',
          culprit: culpritOf(own),
          summary: `${label(own)} scales ${kind} ${name}, which does not exist.`,
          evidence: few([...said, ...cite(own, `name: ${name}`)], 6),
          reasons: ['The target was looked for and not found.'],
          falsification: 'A target that exists would be listed.',
          remedies: [
            change(own, own, {
              title: 'Name a target that exists',
              command: `kubectl -n ${own.namespace} edit hpa/${own.name}`,
              risk: 'It begins to scale.',
              verify: `kubectl -n ${own.namespace} get hpa ${own.name}`,
            }),
          ],
        },
      ]
    const missing = /missing request for (\w+)(?: in container (\S+))?/.exec(text)
    const workload = seek(snapshot, target) === undefined ? undefined : subjectOf(snapshot, target)
    const bare = (workload?.spec?.containers ?? []).filter(
      ({ resources }) =>
        resources.requests[missing?.[1] ?? 'cpu'] === undefined &&
        resources.limits[missing?.[1] ?? 'cpu'] === undefined,
    )
    if (missing !== null && workload !== undefined)
      return [
        {
          ...common,
          class: 'AutoscalerMissingRequests',
          culprit: culpritOf(workload),
          summary: `${label(workload)} requests no ${missing[1]} in container ${bare.map((one) => one.name).join(', ') || missing[2]}, so that ${label(own)} cannot compute its use.`,
          evidence: few(
            [
              ...said,
              ...cite(workload.seen, /resources:|containers:/),
              ...cite(workload.seen, `name: ${workload.name}`),
            ],
            7,
          ),
          reasons: [
            'The autoscaler names the missing request.',
            `The template was read: ${bare.length} containers have none.`,
          ],
          falsification:
            bare.length > 0
              ? 'A metrics API that is down would fail for all pods, with another message.'
              : 'The template has requests now: then older pods lack them.',
          remedies: [
            change(workload.seen, workload, {
              title: `Request ${missing[1]} for every container`,
              command: `kubectl -n ${workload.namespace} set resources ${workload.kind.toLowerCase()}/${workload.name} --requests=${missing[1]}=<amount>`,
              verify: rolledOut(workload),
            }),
          ],
        },
      ]
    if (!/metrics|unable to (get|fetch)/i.test(text)) return []
    const api = seek(snapshot, { kind: 'APIService', namespace: '', name: 'v1beta1.metrics.k8s.io' })
    const server = seek(snapshot, { kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server' })
    const root =
      server === undefined
        ? undefined
        : diagnose(server).find(({ rejected, confidence }) => rejected === undefined && confidence !== 'low')
    const { readyReplicas = 0, replicas = 0 } =
      (server === undefined ? undefined : anyWorkload.of(server)?.data.status) ?? {}
    // A server that runs well, and an API that says why it is away: the registration is what is wrong.
    const well = root === undefined && api !== undefined && replicas > 0 && readyReplicas >= replicas
    const at =
      well && api !== undefined
        ? culpritOf(api)
        : (root?.culprit ??
          (server === undefined ? (api === undefined ? culpritOf(own) : culpritOf(api)) : culpritOf(server)))
    return [
      {
        ...common,
        class: root?.class ?? 'MetricsUnavailable',
        culprit: at,
        summary:
          `The metrics API does not answer, so that ${label(own)} is blind${root === undefined ? '' : `: ${root.summary}`}`.slice(
            0,
            590,
          ),
        evidence: few(
          [
            ...said,
            ...cite(api, /^\s*message: .*(not|no |refused|timeout|fail|missing)/),
            ...cite(api, /type: Available|status: "?False|reason: /),
            ...cite(server, /replicas: |unavailableReplicas: /),
            ...(root?.evidence ?? []),
          ],
          8,
        ),
        confidence: api === undefined && server === undefined ? 'medium' : 'high',
        reasons: [
          'The autoscaler quotes the failing metrics API.',
          server === undefined ? 'No metrics-server was found in kube-system.' : `${label(server)} was read.`,
        ],
        falsification: 'Missing requests would be named as such; here the API itself fails.',
        remedies: root?.remedies ?? [inspect('See the API', 'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml')],
      },
    ]
  })
}

function atMaximum(own: Seen<Autoscaler>, said: string, explains: readonly string[]): Hypothesis {
  const { maxReplicas } = own.data.spec
  return {
    class: 'AutoscalerAtMaximum',
    culprit: culpritOf(own),
    summary: `${label(own)} wants more replicas than its maximum of ${maxReplicas ?? 'some'} allows.`,
    mechanism: `It has reached maxReplicas ${maxReplicas ?? ''} and its target is still exceeded: ${said}`.slice(
      0,
      590,
    ),
    evidence: few([...cite(own, said), ...cite(own, 'maxReplicas'), ...cite(own, 'averageUtilization')], 5),
    confidence: 'high',
    reasons: ['The autoscaler says that it is limited by its maximum.'],
    falsification: 'With room to scale, it would have added replicas.',
    explains,
    remedies: [
      change(own, own, {
        title: 'Raise maxReplicas, when the nodes have room for more',
        command: `kubectl -n ${own.namespace} edit hpa/${own.name}`,
        risk: 'More replicas take more room and call their dependencies more often.',
        verify: `kubectl -n ${own.namespace} get hpa ${own.name}`,
      }),
    ],
    weight: 70,
  }
}
