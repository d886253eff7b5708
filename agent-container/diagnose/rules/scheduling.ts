import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { devicesRequested } from '../snapshot/devices.ts'
import { nodes } from '../snapshot/kinds.ts'
import type { Node } from '../snapshot/shapes-around.ts'
import { all, eventsOf, label, refOf, type Seen } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { closedBy, lacking, type Need, needOf, selectable } from './fitting.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { filled } from './node-filled.ts'
import { change, inspect, rolledOut, undo } from './remedies.ts'

/** A pod that no node takes: which one thing, if it were otherwise, would let it run? */
export const scheduling: Analyzer = (scene) =>
  of(scene.symptoms, 'unschedulable').flatMap((symptom) => explain(scene, symptom))

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const pod = symptom.pods[0]
  if (pod === undefined) return []
  const said = eventsOf(snapshot, refOf(pod)).findLast(({ reason }) => reason === 'FailedScheduling')
  const condition = pod.data.status.conditions.find(({ type }) => type === 'PodScheduled')
  const message = condition?.message ?? said?.message ?? ''
  // Claims are explained by the rules for volumes.
  if (
    /persistentvolumeclaim|unbound immediate|volume node affinity|PersistentVolume's node affinity|no available persistent volumes|didn't find available persistent/i.test(
      message,
    )
  )
    return []
  const need = needOf(pod.data.spec)
  const known = all(snapshot, nodes)
  const fit = selectable(known, pod.data.spec)
  const message_ = [...cite(said, said?.message ?? ''), ...symptom.evidence]
  const make = (
    fault: FaultClass,
    parts: Partial<Hypothesis> & Pick<Hypothesis, 'summary' | 'falsification' | 'remedies' | 'reasons'>,
    extra: readonly Citation[] = [],
  ): Hypothesis => ({
    class: fault,
    culprit: culpritOf(subject),
    mechanism: `The scheduler finds no node: ${message}`.slice(0, 590),
    confidence: 'high',
    explains: [symptom.key],
    weight: 85,
    ...parts,
    evidence: few([...message_, ...extra], 10),
  })
  const template = (title: string) => [
    ...(lastChanges(subject).some(({ aspect }) => aspect === 'placement' || aspect === 'resources')
      ? undo(subject, 'placement or requests changed')
      : []),
    change(subject.seen, subject, {
      title,
      command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
      verify: rolledOut(subject),
    }),
  ]
  const own = (needle: string | RegExp) => cite(subject.seen ?? pod, needle)

  if (known.length > 0 && fit.length === 0) {
    const requested = selectorWords(pod.data.spec)
    return [
      make(
        'NodeSelectorMismatch',
        {
          summary: `${label(subject)} asks for nodes with ${requested.join(', ')}, and no node has that.`,
          reasons: [
            `None of ${known.length} nodes has the labels asked for.`,
            'The scheduler names the selector or affinity.',
          ],
          falsification: `Free capacity would not help: all ${known.length} nodes were compared with the template, and none matches.`,
          remedies: template('Correct nodeSelector or node affinity, or label a node'),
        },
        [
          ...own(/nodeSelector:|nodeAffinity:/),
          ...requested.slice(0, 3).flatMap((one) => own(one.split('=')[0] ?? one)),
        ],
      ),
    ]
  }
  const big = fit.length > 0 && fit.every((node) => lacking(node, need).length > 0)
  if (big) {
    const announced = withoutDevices(scene, symptom)
    if (announced !== undefined) return [announced]
    const what = lacking(fit[0], need).join(', ')
    return [
      make(
        'RequestTooLarge',
        {
          summary: `${label(subject)} requests more ${what} than any fitting node has in all (${words(need)}).`,
          reasons: [
            `Even an empty node would not do: ${fit.length} fitting nodes were compared.`,
            'The scheduler names the same resource.',
          ],
          falsification: `A full cluster would have nodes large enough and merely busy; none of ${fit.length} is large enough when empty.`,
          remedies: template('Ask for no more than a node has, or add larger nodes'),
        },
        [
          ...own(/requests:/),
          ...lacking(fit[0], need).flatMap((resource) =>
            own(new RegExp(`^\\s*"?${resource.replace(/[./]/g, '\\$&')}"?: `)),
          ),
          ...cite(fit[0], /allocatable:/),
        ],
      ),
    ]
  }
  const large = fit.filter((node) => lacking(node, need).length === 0)
  const closed = large
    .map((node) => ({ node, why: closedBy(node, pod.data.spec) }))
    .filter(({ why }) => why !== undefined)
  const blocksAll = large.length > 0 && closed.length === large.length
  if (blocksAll)
    return closedNodes(
      scene,
      make,
      closed.map(({ node, why }) => ({ node, why: why ?? '' })),
      message,
    )
  const spreadKeys = (pod.data.spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey }) => topologyKey ?? [])
  const antiAffinity = /anti-affinity|topology spread|pod affinity rules/i.test(message)
  if (antiAffinity)
    return [
      make(
        'AntiAffinityConflict',
        {
          summary: `A required ${/topology spread/i.test(message) ? 'topology spread rule' : /anti-affinity/i.test(message) ? 'anti-affinity rule' : 'pod affinity rule'} of ${label(subject)} leaves no node for another replica${/topology spread/i.test(message) && spreadKeys.length > 0 ? ` (${spreadKeys.join(', ')})` : ''}.`,
          reasons: [
            'The scheduler names the rule.',
            `${large.length - closed.length} nodes are open and large enough, so that neither taints nor size decide.`,
          ],
          falsification: `With the rule as a preference (preferredDuringScheduling) the open nodes would do: ${large.length - closed.length} of them.`,
          remedies: template('Prefer instead of require, lower the replicas, or add nodes'),
        },
        own(/podAntiAffinity:|podAffinity:|topologySpreadConstraints:|requiredDuringScheduling/),
      ),
    ]
  if (/free ports/i.test(message))
    return [
      make(
        'HostPortConflict',
        {
          summary: `The host port of ${label(subject)} is taken on every fitting node.`,
          reasons: ['The scheduler says that no node has the port free.'],
          falsification: 'Without hostPort the pod would fit: no other reason is named for those nodes.',
          remedies: template('Do without hostPort, or lower the replicas to the nodes'),
        },
        own(/hostPort:/),
      ),
    ]
  // Room that a sick node took away: the full nodes beside it only carry its load.
  const sick = closed.filter(({ why }) => sickness.test(why ?? ''))
  if (sick.length > 0)
    return closedNodes(
      scene,
      make,
      sick.map(({ node, why }) => ({ node, why: why ?? '' })),
      message,
    )
  const short = [...message.matchAll(/Insufficient ([\w./-]+)|(Too many pods)/g)].map((match) => match[1] ?? 'pods')
  if (short.length > 0) {
    // The autoscaler says why no node comes: a full group is another thing to mend than a full node.
    const refused = eventsOf(snapshot, refOf(pod)).findLast(({ reason }) => reason === 'NotTriggerScaleUp')
    return [
      make(
        'InsufficientCapacity',
        {
          summary: `The nodes that would fit ${label(subject)} are full: insufficient ${[...new Set(short)].join(', ')} (${words(need)} requested).`,
          confidence: 'medium',
          reasons: [
            'The scheduler names the resource.',
            `${large.length} nodes are large enough when empty, so that it is their load.`,
            ...(refused === undefined ? [] : [`No node is added: ${refused.message}`.slice(0, 590)]),
          ],
          falsification:
            'A request larger than any node, a selector or a taint would explain it otherwise: none of these was found.',
          remedies: [
            inspect('See what fills the nodes', 'kubectl describe nodes | grep -A8 "Allocated resources"'),
            ...template('Ask for less, or add nodes'),
          ],
          weight: 70,
        },
        [
          ...cite(refused, refused?.message ?? ''),
          ...own(/requests:/),
          ...large.slice(0, 2).flatMap((node) => cite(node, /allocatable:/)),
        ],
      ),
    ]
  }
  return []
}

/** A device that no node offers, because what should announce it there fails. */
function withoutDevices({ snapshot, subject, diagnose }: Scene, symptom: Symptom): Hypothesis | undefined {
  const { requested, agents } = devicesRequested(snapshot, subject)
  const root = agents
    .flatMap((agent) => diagnose(refOf(agent)))
    .find(({ rejected, confidence }) => rejected === undefined && confidence !== 'low')
  if (root === undefined) return undefined
  return {
    ...root,
    summary: `No node offers ${requested.join(', ')}, which ${label(subject)} asks for: ${root.summary}`.slice(0, 590),
    evidence: few([...root.evidence.slice(0, 6), ...symptom.evidence], 8),
    // Even a guess at its own trouble is sure enough here: it fails, and what it announces is missing on every node.
    confidence: 'high',
    reasons: [`No node has any ${requested.join(', ')}.`, ...root.reasons],
    explains: [symptom.key],
    chain: [{ ...culpritOf(subject), mechanism: `asks for ${requested.join(', ')}, which no node offers` }],
    weight: 90,
  }
}

/** Taints that the cluster itself puts on a node that is not well. */
const sickness = /^node\.kubernetes\.io\/(not-ready|unreachable|\w+-pressure|network-unavailable)/
/** Taints that every cluster has, and that say nothing about the fault. */
const usual = /^node-role\.kubernetes\.io\/(control-plane|master)$/

function closedNodes(
  scene: Scene,
  make: (
    fault: FaultClass,
    parts: Partial<Hypothesis> & Pick<Hypothesis, 'summary' | 'falsification' | 'remedies' | 'reasons'>,
    extra?: readonly Citation[],
  ) => Hypothesis,
  closed: readonly { readonly node: Seen<Node>; readonly why: string }[],
  message: string,
): readonly Hypothesis[] {
  const { subject } = scene
  const telling = closed.filter(({ why }) => !usual.test(why.split(/[=:]/)[0] ?? ''))
  const chosen = telling.length > 0 ? telling : closed
  return chosen.slice(0, 5).map(({ node, why }) => {
    const cordoned = why === 'cordoned'
    const lost = /^node\.kubernetes\.io\/(not-ready|unreachable)/.test(why)
    const pressure = /^node\.kubernetes\.io\/(\w+)-pressure/.exec(why)?.[1]
    const fault: FaultClass = lost
      ? 'NodeNotReady'
      : pressure === 'disk'
        ? 'NodeDiskPressure'
        : pressure === 'memory'
          ? 'NodeMemoryPressure'
          : pressure === 'pid'
            ? 'NodePidPressure'
            : cordoned
              ? 'NodeCordoned'
              : 'NodeTainted'
    const names = chosen.map((one) => one.node.name).join(', ')
    const built = make(
      fault,
      {
        culprit: refOf(node),
        summary: cordoned
          ? `${names} closed for new pods (cordoned), and no other node fits ${label(subject)}.`.replace(
              /^/,
              chosen.length === 1 ? 'Node ' : 'Nodes ',
            )
          : `Taint ${why} on ${chosen.length === 1 ? 'node' : 'nodes'} ${names} keeps the pods of ${label(subject)} away, and no other node fits.`,
        reasons: [
          'The nodes are large enough and have the labels asked for.',
          `The template tolerates no such taint (${why}).`,
          `The scheduler says: ${message}`.slice(0, 500),
        ],
        falsification:
          'Were it capacity, the scheduler would name an insufficient resource for these nodes; their allocatable size was compared and suffices.',
        remedies: [
          cordoned
            ? change(undefined, node, {
                title: `Open node ${node.name} again when its maintenance is over`,
                command: `kubectl uncordon ${node.name}`,
                risk: 'New pods start there.',
                rollback: `kubectl cordon ${node.name}`,
                verify: 'kubectl get nodes',
              })
            : change(undefined, node, {
                title: `Take the taint from node ${node.name}, or give the pods a toleration for it`,
                command: `kubectl taint nodes ${node.name} ${why}-`,
                risk: 'Other pods may start there as well.',
                rollback: `kubectl taint nodes ${node.name} ${why}`,
                verify: `kubectl -n ${subject.namespace} get pods`,
              }),
        ],
      },
      [
        ...cite(node, cordoned ? 'unschedulable: true' : `key: ${why.split(/[=:]/)[0]}`),
        ...cite(node, `name: ${node.name}`),
      ],
    )
    const filler = filled(scene.snapshot, node, fault, '')
    return filler === undefined ? built : { ...filler, explains: built.explains }
  })
}

const selectorWords = (spec: Parameters<typeof needOf>[0]): readonly string[] => [
  ...Object.entries(spec.nodeSelector).map(([key, value]) => `${key}=${value}`),
  ...(spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap(
    ({ matchExpressions }) =>
      matchExpressions.map(({ key, operator, values }) => `${key} ${operator} ${values.join('|')}`),
  ),
]
const words = (need: Need): string =>
  Object.entries(need)
    .map(([resource, { text }]) => `${resource} ${text}`)
    .join(', ')
