import { own } from '../../../shared/runtime/own.ts'
import { cite, few } from '../snapshot/cite.ts'
import { nodes } from '../snapshot/kinds.ts'
import { agentPods } from '../snapshot/node-agents.ts'
import type { Node } from '../snapshot/shapes-around.ts'
import { label, present, type Seen, type SeenEvent, type Snapshot } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { filled, pressureOf } from './node-filled.ts'
import { change, inspect } from './remedies.ts'

/** Nodes that are not ready or under pressure, as themselves or below a workload whose pods they hold. */
export const node: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const own = subject.kind === 'Node' ? present(snapshot, nodes, '', subject.name) : undefined
  if (own !== undefined) return of(scene.symptoms, 'node').flatMap((symptom) => conditionsOf(scene, own, symptom.key))
  return of(scene.symptoms, 'node').flatMap((symptom) => {
    const name = symptom.pods[0]?.data.spec.nodeName ?? ''
    const found = present(snapshot, nodes, '', name)
    return found === undefined
      ? []
      : conditionsOf(scene, found, symptom.key).filter(
          ({ class: fault }) => fault === 'NodeNotReady' || fault === 'NodeNetworkUnavailable',
        )
  })
}

const pressures: Readonly<Record<string, FaultClass>> = {
  MemoryPressure: 'NodeMemoryPressure',
  DiskPressure: 'NodeDiskPressure',
  PIDPressure: 'NodePidPressure',
  NetworkUnavailable: 'NodeNetworkUnavailable',
}

function conditionsOf(scene: Scene, found: Seen<Node>, key: string): readonly Hypothesis[] {
  const { snapshot } = scene
  const events = snapshot.events.filter(({ kind, name }) => kind === 'Node' && name === found.name)
  return found.data.status.conditions.flatMap((condition): readonly Hypothesis[] => {
    const bad = condition.type === 'Ready' ? condition.status !== 'True' : condition.status === 'True'
    const fault = condition.type === 'Ready' ? 'NodeNotReady' : own(pressures, condition.type)
    if (!bad || fault === undefined || (scene.subject.kind === 'Node' && !key.endsWith(condition.type))) return []
    const said = `${condition.reason ?? ''}: ${condition.message ?? ''}`
    const threshold = fault === 'NodeDiskPressure' ? falseAlarm(found, events) : undefined
    const network = /cni|network plugin|NetworkPluginNotReady/i.test(said) ? agentOf(scene, found.name) : undefined
    const silent = condition.status === 'Unknown'
    const heavy = threshold === undefined ? filled(snapshot, found, fault, key) : undefined
    if (heavy !== undefined) return [heavy]
    const what = threshold !== undefined ? 'EvictionThresholdMisconfigured' : fault
    const evidence = [
      ...(condition.message === undefined ? [] : cite(found, condition.message)),
      ...cite(found, `reason: ${condition.reason}`),
      ...(condition.lastTransitionTime === undefined
        ? []
        : cite(found, `lastTransitionTime: ${condition.lastTransitionTime}`)),
      ...events
        .filter(({ type, reason }) => type === 'Warning' || /NotReady|Pressure|Rebooted/.test(reason))
        .slice(-3)
        .flatMap((event) => cite(event, event.message)),
      ...(threshold?.evidence ?? []),
      ...(network?.evidence ?? []),
    ]
    return [
      {
        class: network?.class ?? what,
        culprit: network?.culprit ?? culpritOf(found),
        summary:
          network === undefined
            ? sentence(what, found.name, said, silent)
            : `Node ${found.name} is not ready because its network agent fails: ${network.summary}`.slice(0, 590),
        mechanism: (
          threshold?.mechanism ??
          `${condition.type} of node ${found.name} is ${condition.status} since ${condition.lastTransitionTime ?? 'an unknown time'} (${said}). Pods there are not served, and are moved away after their tolerated time.`
        ).slice(0, 590),
        evidence: few(evidence, 8),
        confidence: 'high',
        reasons: [
          silent
            ? 'The kubelet has stopped reporting: no pod of the node can be judged from here.'
            : 'The kubelet itself reports it.',
          ...(events.length === 0
            ? ['No event of the node was found.']
            : [`The node's last event: ${events.at(-1)?.reason}: ${events.at(-1)?.message}`.slice(0, 500)]),
        ],
        falsification: others(snapshot, found, condition.type),
        explains: [key],
        chain: [{ ...culpritOf(found), mechanism: `${condition.type}=${condition.status}` }],
        remedies: [
          inspect('See what the node says of itself', `kubectl describe node ${found.name}`),
          change(found, found, {
            title: silent
              ? 'Restart the kubelet or replace the machine; until then keep new pods away'
              : 'Keep new pods away until it is mended',
            command: `kubectl cordon ${found.name}`,
            risk: 'Less room for new pods.',
            rollback: `kubectl uncordon ${found.name}`,
            verify: `kubectl get node ${found.name}`,
          }),
        ],
        prevention: 'Let the cluster replace nodes that are not ready (node auto-repair).',
        weight: condition.type === 'Ready' ? 90 : 80,
      },
    ]
  })
}

function sentence(fault: FaultClass, name: string, said: string, silent: boolean): string {
  if (fault === 'EvictionThresholdMisconfigured')
    return `The eviction threshold of node ${name} is wrong: it reports disk pressure although there is room.`
  if (fault !== 'NodeNotReady') return `Node ${name} is under pressure (${said}).`.slice(0, 590)
  return silent
    ? `Node ${name} has stopped reporting to the cluster.`
    : `Node ${name} is not ready (${said}).`.slice(0, 590)
}

/** Evictions by a threshold that leaves most of the disk unused. */
function falseAlarm(found: Seen<Node>, events: readonly SeenEvent[]) {
  const stated = events.findLast(({ message }) => /threshold/i.test(message) && /available/i.test(message))
  const numbers =
    stated === undefined
      ? null
      : /available:? ?"?(\d+(?:\.\d+)?)(Ki|Mi|Gi|%)?[^\d]+(?:capacity|total|of):? ?"?(\d+(?:\.\d+)?)(Ki|Mi|Gi|%)?/i.exec(
          stated.message,
        )
  const percent = stated === undefined ? null : /threshold[^\d%]{0,30}(\d{2})(?:\.\d+)?%/i.exec(stated.message)
  const high = percent !== null && Number(percent[1]) >= 50
  const roomy = numbers !== null && numbers[2] === numbers[4] && Number(numbers[1]) / Number(numbers[3]) > 0.3
  if (stated === undefined || (!high && !roomy)) return undefined
  return {
    evidence: cite(stated, stated.message),
    mechanism: `The kubelet of ${found.name} evicts pods at a threshold that leaves most of the disk unused: ${stated.message}`,
  }
}

/** The DaemonSet whose pod on this node should set up its network or disks, when that pod is what fails. */
export function agentOf(scene: Scene, name: string): Hypothesis | undefined {
  for (const pod of agentPods(scene.snapshot, name)) {
    const root = scene
      .diagnose(topOf(scene.snapshot, pod))
      .find(({ rejected, confidence }) => rejected === undefined && confidence !== 'low')
    if (root !== undefined) return root
  }
  return undefined
}

function others(snapshot: Snapshot, found: Seen<Node>, type: string): string {
  const rest = snapshot.objects
    .filter((one) => one.kind === 'Node' && one.name !== found.name)
    .flatMap((one) => nodes.of(one) ?? [])
  const alike = rest.filter((one) =>
    one.data.status.conditions.some(
      (condition) =>
        condition.type === type && (type === 'Ready' ? condition.status !== 'True' : condition.status === 'True'),
    ),
  )
  return `A fault of the control plane or the network as a whole would show on many nodes: of ${rest.length} others ${alike.length} show the same (${label(found)} ${alike.length === 0 ? 'stands alone' : 'is not alone'}).`
}

/** A sandbox that cannot be made: no addresses, no network. */
export const sandbox: Analyzer = (scene) =>
  of(scene.symptoms, 'creating').flatMap((symptom): readonly Hypothesis[] => {
    const { snapshot, subject } = scene
    const pod = symptom.pods[0]
    const event = snapshot.events.findLast(
      ({ reason, name }) => /^(FailedCreatePodSandBox|NetworkNotReady)$/.test(reason) && name === pod?.name,
    )
    const at = present(snapshot, nodes, '', pod?.data.spec.nodeName ?? '')
    if (event === undefined || pod === undefined || at === undefined) return []
    const full =
      /no (IP|available) addresses|no free (IP|addresses)|no IP addresses available|failed to allocate for range|no more IPs|insufficient.*(ip|addresses)/i.test(
        event.message,
      )
    const network = full ? undefined : agentOf(scene, at.name)
    return [
      {
        class: full ? 'PodCidrExhausted' : (network?.class ?? 'NodeNetworkUnavailable'),
        culprit: network?.culprit ?? culpritOf(at),
        summary: full
          ? `Node ${at.name} has no pod addresses left (${at.data.spec.podCIDR ?? 'its pod range'}).`
          : `The network of node ${at.name} cannot set up pods of ${label(subject)}${network === undefined ? '' : `: ${network.summary}`}`.slice(
              0,
              590,
            ),
        mechanism: `The pod's sandbox cannot be made: ${event.message}`.slice(0, 590),
        evidence: few(
          [
            ...cite(event, event.message),
            ...cite(at, /podCIDR:/),
            ...(network?.evidence ?? []),
            ...symptom.evidence,
            ...cite(pod, /reason: (ContainerCreating|PodInitializing)/),
          ],
          8,
        ),
        confidence: full || network !== undefined ? 'high' : 'medium',
        reasons: ['The runtime says why.', `The pod was placed on ${at.name}.`],
        falsification: 'Pods that start on the same node at the same time would speak against it.',
        explains: [symptom.key],
        remedies: [
          inspect('See what runs on the node', `kubectl get pods -A --field-selector spec.nodeName=${at.name}`),
          change(at, at, {
            title: 'Keep new pods away from it until it is mended',
            command: `kubectl cordon ${at.name}`,
            risk: 'Less room for new pods.',
            rollback: `kubectl uncordon ${at.name}`,
            verify: 'kubectl get pods -A',
          }),
        ],
        weight: 80,
      },
    ]
  })

/** Pods that the kubelet threw out. */
export const evicted: Analyzer = (scene) =>
  of(scene.symptoms, 'evicted').flatMap((symptom): readonly Hypothesis[] => {
    const { snapshot, subject } = scene
    const pod = symptom.pods[0]
    const message = pod?.data.status.message ?? ''
    const at = present(snapshot, nodes, '', pod?.data.spec.nodeName ?? '')
    const own =
      /exceeds? (?:its |the )?(?:local )?(?:ephemeral[- ]storage|storage|emptyDir|total limit)|usage of EmptyDir volume|Container .* exceeded its local ephemeral storage limit|Pod ephemeral local storage usage exceeds/i.test(
        message,
      )
    if (own)
      return [
        {
          class: 'EphemeralStorageExceeded',
          culprit: culpritOf(subject),
          summary: `Pods of ${label(subject)} write more to their own disk than they may.`,
          mechanism: `The kubelet evicts a pod over its limit: ${message}`.slice(0, 590),
          evidence: few(
            [
              ...symptom.evidence,
              ...cite(subject.seen, /ephemeral-storage|sizeLimit/),
              ...cite(pod, 'reason: Evicted'),
            ],
            5,
          ),
          confidence: 'high',
          reasons: ['The kubelet names the limit.'],
          falsification:
            'Pressure of the node would evict other pods too and would be named as a condition of the node.',
          explains: [symptom.key],
          remedies: [
            change(subject.seen, subject, {
              title: 'Raise the ephemeral-storage or emptyDir limit, or write less',
              command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
              verify: `kubectl -n ${subject.namespace} get pods`,
            }),
          ],
          weight: 85,
        },
      ]
    const resource = /low on resource: ([\w-]+)/.exec(message)?.[1] ?? ''
    if (at === undefined) return []
    const events = snapshot.events.filter(({ kind, name }) => kind === 'Node' && name === at.name)
    const heavy = filled(snapshot, at, pressureOf(resource), symptom.key)
    if (heavy !== undefined) return [heavy]
    const alarm = /ephemeral-storage|nodefs|imagefs|disk/.test(resource) ? falseAlarm(at, events) : undefined
    const fault: FaultClass =
      alarm !== undefined
        ? 'EvictionThresholdMisconfigured'
        : /memory/.test(resource)
          ? 'NodeMemoryPressure'
          : /pid/.test(resource)
            ? 'NodePidPressure'
            : 'NodeDiskPressure'
    return [
      {
        class: fault,
        culprit: culpritOf(at),
        summary: sentence(fault, at.name, `low on ${resource || 'a resource'}, pods are evicted`, false),
        mechanism: (alarm?.mechanism ?? `The kubelet evicts pods to free ${resource}: ${message}`).slice(0, 590),
        evidence: few([...symptom.evidence, ...cite(at, /Pressure/), ...(alarm?.evidence ?? [])], 6),
        confidence: 'high',
        reasons: ['The kubelet names the resource that the node lacks.'],
        falsification: 'Had the pod broken its own limit, the message would name that limit.',
        explains: [symptom.key],
        remedies: [inspect('See the node', `kubectl describe node ${at.name}`)],
        weight: 80,
      },
    ]
  })
