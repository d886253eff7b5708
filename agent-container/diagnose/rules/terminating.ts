import { type ApiService, apiServices, deadApis } from '../snapshot/aggregated.ts'
import { cite, few } from '../snapshot/cite.ts'
import { anyConditioned, nodes } from '../snapshot/kinds.ts'
import { label, present, type Seen } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, inspect } from './remedies.ts'

/** Objects that should be gone and are not: a finalizer that nobody handles, a node that does not answer. */
export const terminating: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const pods = of(scene.symptoms, 'terminating').flatMap((symptom) =>
    symptom.pods.slice(0, 1).map((pod): readonly [Symptom, Seen] => [symptom, pod]),
  )
  const own = subject.seen
  const self =
    own?.object.metadata.deletionTimestamp !== undefined && scene.symptoms[0] !== undefined
      ? [[scene.symptoms[0], own] as const]
      : []
  return [...pods, ...self].flatMap(([symptom, held]): readonly Hypothesis[] => {
    const finalizers = held.object.metadata.finalizers ?? []
    const node = present(snapshot, nodes, '', symptom.pods[0]?.data.spec.nodeName ?? '')
    const lost = node?.data.status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True') === true
    if (lost) return []
    const stuck = (anyConditioned.of(held)?.data.status.conditions ?? []).filter(
      ({ status, type }) => status === 'True' && /Remaining|Failure/.test(type),
    )
    if (finalizers.length === 0 && stuck.length === 0) return []
    const dead = deadApis(held).flatMap((name) => present(snapshot, apiServices, '', name) ?? [])
    if (dead.length > 0) return dead.map((api) => unserved(held, api, symptom))
    return [
      {
        class: 'FinalizerDeadlock',
        culprit: culpritOf(held),
        summary:
          `${label(held)} cannot go: ${finalizers.length > 0 ? `its finalizer ${finalizers.join(', ')} is handled by nobody` : (stuck[0]?.message ?? 'something in it remains')}.`.slice(
            0,
            590,
          ),
        mechanism: `It was deleted at ${held.object.metadata.deletionTimestamp}; the API keeps it until its finalizers are taken away by their controllers.`,
        evidence: few(
          [
            ...cite(held, 'deletionTimestamp:'),
            ...finalizers.flatMap((one) => cite(held, one)),
            ...stuck.flatMap(({ message }) => (message === undefined ? [] : cite(held, message))),
          ],
          6,
        ),
        confidence: 'high',
        reasons: [
          'It has been marked for deletion for long.',
          ...finalizers.map((one) => `It carries the finalizer ${one}.`),
        ],
        falsification: 'A node that does not answer would keep a pod as well; its node is ready.',
        explains: [symptom.key],
        remedies: [
          inspect(
            'See what should handle the finalizer',
            `kubectl -n ${held.namespace} describe ${held.kind.toLowerCase()}/${held.name}`,
          ),
          change(held, held, {
            title: 'Bring its controller back; take the finalizer away only when what it guards is known to be gone',
            command: `kubectl -n ${held.namespace} patch ${held.kind.toLowerCase()}/${held.name} --type=merge -p '{"metadata":{"finalizers":null}}'`,
            risk: 'What the finalizer guards is left behind for good.',
            rollback: 'None: it is gone then.',
            verify: `kubectl -n ${held.namespace} get ${held.kind.toLowerCase()}`,
          }),
        ],
        weight: 80,
      },
    ]
  })
}

/** A namespace goes only when every API was asked what is left in it: one that does not answer holds it. */
function unserved(held: Seen, api: Seen<ApiService>, symptom: Symptom): Hypothesis {
  const { service } = api.data.spec
  const said = api.data.status.conditions.find(({ status }) => status !== 'True')
  const at = service === undefined ? '' : `, which Service ${service.namespace}/${service.name} should serve,`
  return {
    class: 'ApiServiceUnavailable',
    culprit: culpritOf(api),
    summary:
      `${label(held)} cannot go because the API ${api.name}${at} does not answer${said?.message === undefined ? '' : `: ${said.message}`}.`.slice(
        0,
        590,
      ),
    mechanism:
      'Before a namespace goes, every API of the cluster is asked what is left in it; one of them cannot be asked.',
    evidence: few(
      [
        ...cite(held, api.name.replace(/^[^.]+\./, '')),
        ...(said?.message === undefined ? [] : cite(api, said.message)),
        ...cite(api, /type: Available/),
        ...cite(held, 'deletionTimestamp:'),
      ],
      6,
    ),
    confidence: 'high',
    reasons: [
      'The namespace names the API that it waits for.',
      `${label(api)} was read, and says that it is not available.`,
    ],
    falsification: 'With the API answering, the namespace would name what is left in it instead.',
    explains: [symptom.key],
    remedies: [
      inspect('See why it is not served', `kubectl get apiservice ${api.name} -o yaml`),
      change(api, api, {
        title: 'Bring its server back, or remove the registration when nobody uses it any more',
        command: `kubectl delete apiservice ${api.name}`,
        risk: 'What still asks this API gets "not found".',
        rollback: 'Apply its manifest again.',
        verify: `kubectl get namespace ${held.name}`,
      }),
    ],
    weight: 90,
  }
}
