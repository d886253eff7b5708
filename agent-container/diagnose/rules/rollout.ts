import { cite, few } from '../snapshot/cite.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, rolledOut, undo } from './remedies.ts'

const share = (value: number | string | undefined, of: number): number =>
  typeof value === 'string' && value.endsWith('%') ? Math.floor((Number.parseInt(value, 10) * of) / 100) : Number(value)

/** A strategy that takes every old pod away before the new ones work: then one bad template is an outage. */
export const rollout: Analyzer = (scene) => {
  const { subject } = scene
  const { spec, status } = subject.workload?.data ?? {}
  const desired = spec?.replicas ?? 1
  const symptoms = of(scene.symptoms, 'init-waits', 'not-ready', 'crash', 'creating', 'unschedulable')
  if (subject.kind !== 'Deployment' || spec === undefined || symptoms.length === 0) return []
  if (desired < 1 || (status?.readyReplicas ?? 0) > 0 || subject.revisions.length < 2) return []
  const { type, rollingUpdate } = spec.strategy ?? {}
  const all = type !== 'Recreate' && share(rollingUpdate?.maxUnavailable, desired) >= desired
  if (!all || symptoms.every(({ pods }) => pods.length < desired)) return []
  const [first] = symptoms
  const found: Hypothesis = {
    class: 'RolloutUnavailable',
    culprit: culpritOf(subject),
    summary: `The rollout of ${label(subject)} may take all pods away at once (maxUnavailable ${rollingUpdate?.maxUnavailable}), and the new ones do not come up: ${first?.text ?? ''}.`,
    mechanism: 'The old pods were removed without waiting for a new one to be ready, so that none is left to serve.',
    evidence: few(
      [
        ...cite(subject.seen, 'maxUnavailable:'),
        ...(first?.evidence ?? []),
        ...cite(subject.revisions[0], 'replicas:'),
      ],
      6,
    ),
    confidence: 'medium',
    reasons: [
      `Strategy and replicas (${desired}) were read, and no pod is ready.`,
      'Why the new pods do not come up was not found beyond what they show.',
    ],
    falsification: 'With an old pod still ready the strategy would not have taken them all.',
    explains: symptoms.map(({ key }) => key),
    remedies: [
      ...undo(subject, 'the rollout'),
      change(subject.seen, subject, {
        title: 'Let the rollout keep old pods until new ones are ready',
        command: `kubectl -n ${subject.namespace} patch deployment/${subject.name} -p '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}}}'`,
        verify: rolledOut(subject),
      }),
    ],
    prevention: 'Never allow maxUnavailable to cover all replicas.',
    // What stops the new pods explains more, where it is known.
    weight: 36,
  }
  return [found]
}
