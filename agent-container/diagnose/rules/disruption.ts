import { cite, few } from '../snapshot/cite.ts'
import { disruptionBudgets, nodes, pods } from '../snapshot/kinds.ts'
import { selects } from '../snapshot/selectors.ts'
import { isReady } from '../snapshot/services.ts'
import type { DisruptionBudget } from '../snapshot/shapes-around.ts'
import { all, label, present, type Seen } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change } from './remedies.ts'

/** A budget that never lets a pod go: a node cannot be drained, an upgrade hangs. */
export const disruption: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const blocked = snapshot.events.filter(({ message }) =>
    /violate the pod's disruption budget|Cannot evict pod/i.test(message),
  )
  const cordoned =
    present(snapshot, nodes, '', subject.name)?.data.spec.unschedulable === true && subject.kind === 'Node'
  const symptoms =
    subject.kind === 'PodDisruptionBudget'
      ? of(scene.symptoms, 'disruption')
      : blocked.length > 0 || cordoned
        ? of(scene.symptoms, 'trouble', 'node')
        : []
  return symptoms.flatMap((symptom) =>
    all(snapshot, disruptionBudgets)
      .filter((budget) =>
        subject.kind === 'PodDisruptionBudget'
          ? budget.name === subject.name && budget.namespace === subject.namespace
          : concerns(budget),
      )
      .flatMap((budget): readonly Hypothesis[] => {
        const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget.data.status
        if (disruptionsAllowed !== 0) return []
        // Pods that are not healthy are what is broken, and the budget does its duty.
        if ((currentHealthy ?? 0) < (expectedPods ?? 0)) return behindBudget(scene, budget, symptom.key)
        if ((currentHealthy ?? 0) < (desiredHealthy ?? 0)) return []
        const last = blocked.at(-1)
        const { minAvailable, maxUnavailable } = budget.data.spec
        return [
          {
            class: 'DisruptionBudgetBlocks',
            culprit: culpritOf(budget),
            summary: `${label(budget)} (${minAvailable === undefined ? `maxUnavailable ${maxUnavailable}` : `minAvailable ${minAvailable}`}) lets none of ${expectedPods ?? 'its'} pods go, so that their nodes cannot be drained.`,
            mechanism:
              `All ${currentHealthy ?? ''} healthy pods are needed to keep the budget; every eviction is refused${last === undefined ? '' : `: ${last.message}`}.`.slice(
                0,
                590,
              ),
            evidence: few(
              [
                ...cite(budget, 'disruptionsAllowed: 0'),
                ...cite(budget, /minAvailable:|maxUnavailable:/),
                ...cite(budget, 'desiredHealthy'),
                ...cite(last, last?.message ?? ''),
                ...symptom.evidence,
              ],
              7,
            ),
            confidence: last === undefined && subject.kind !== 'PodDisruptionBudget' && !cordoned ? 'medium' : 'high',
            reasons: [
              'It allows no disruption although all its pods are healthy.',
              ...(last === undefined ? [] : ['A refused eviction names it.']),
            ],
            falsification: 'Were pods unhealthy, the budget would rightly wait for them; all are healthy.',
            explains: [symptom.key],
            remedies: [
              change(budget, budget, {
                title: 'Allow one disruption, or run one replica more',
                command: `kubectl -n ${budget.namespace} edit pdb/${budget.name}`,
                risk: 'One pod at a time may go.',
                verify: `kubectl -n ${budget.namespace} get pdb ${budget.name}`,
              }),
            ],
            weight: 85,
          },
        ]
      }),
  )
  /** On a node that is being emptied: the budgets of the pods that are still there. */
  function concerns({ namespace, data }: Seen<DisruptionBudget>): boolean {
    const { selector } = data.spec
    if (selector === undefined) return false
    if (subject.kind !== 'Node') return subject.namespace === namespace && selects(selector, subject.labels)
    return all(snapshot, pods, namespace).some(
      (pod) => pod.data.spec.nodeName === subject.name && selects(selector, pod.object.metadata.labels ?? {}),
    )
  }
}

/** Why the pods that a budget counts are not healthy. */
function behindBudget(
  { snapshot, diagnose }: Scene,
  budget: Seen<DisruptionBudget>,
  key: string,
): readonly Hypothesis[] {
  const { selector } = budget.data.spec
  if (selector === undefined) return []
  const tops = all(snapshot, pods, budget.namespace)
    .filter((pod) => selects(selector, pod.object.metadata.labels ?? {}) && !isReady(pod))
    .map((pod) => topOf(snapshot, pod))
  return [...new Map(tops.map((top) => [label(top), top])).values()]
    .flatMap((top) => diagnose(top))
    .map((root) => ({
      ...root,
      explains: [key],
      evidence: few([...cite(budget, 'currentHealthy'), ...cite(budget, 'expectedPods'), ...root.evidence], 8),
      reasons: [`${label(budget)} waits for pods that are not healthy.`, ...root.reasons],
      chain: [
        ...(root.chain ?? [{ ...root.culprit, mechanism: root.summary.slice(0, 590) }]),
        { ...culpritOf(budget), mechanism: 'lets no pod go while others are not healthy' },
      ],
    }))
}
