import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { cite, few } from '../snapshot/cite.ts'
import { claims, nodes, volumes } from '../snapshot/kinds.ts'
import { nearest } from '../snapshot/near-name.ts'
import { holds } from '../snapshot/selectors.ts'
import type { Pod } from '../snapshot/shapes.ts'
import type { Claim, Node } from '../snapshot/shapes-around.ts'
import { all, eventsOf, label, present, refOf, type Seen, whether } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { closedBy } from './fitting.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { agentOf } from './node.ts'
import { change, inspect } from './remedies.ts'

/** Claims that are not bound, whether the subject is the claim itself or a workload that waits for it. */
export const unboundClaims: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  if (subject.kind === 'PersistentVolumeClaim') {
    const claim = present(snapshot, claims, subject.namespace, subject.name)
    return claim === undefined ? [] : of(scene.symptoms, 'claim').flatMap((symptom) => explain(scene, claim, symptom))
  }
  return of(scene.symptoms, 'unschedulable', 'creating').flatMap((symptom) =>
    (symptom.pods[0]?.data.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
      const claim =
        persistentVolumeClaim === undefined
          ? undefined
          : present(snapshot, claims, subject.namespace, persistentVolumeClaim.claimName)
      const phase = claim?.data.status.phase
      return claim === undefined || (phase !== 'Pending' && phase !== 'Lost') ? [] : explain(scene, claim, symptom)
    }),
  )
}

function explain(scene: Scene, claim: Seen<Claim>, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot } = scene
  const { storageClassName, accessModes } = claim.data.spec
  const events = eventsOf(snapshot, refOf(claim))
  const last = events.findLast(({ reason }) =>
    /^(ProvisioningFailed|FailedBinding|ClaimLost|ClaimMisbound)$/.test(reason),
  )
  const classNames = snapshot.objects.filter(({ kind }) => kind === 'StorageClass').map(({ name }) => name)
  const known =
    storageClassName === undefined || storageClassName === ''
      ? undefined
      : whether(snapshot, 'StorageClass', '', storageClassName)
  const said = [
    ...cite(last, last?.message ?? ''),
    ...cite(claim, `phase: ${claim.data.status.phase}`),
    ...symptom.evidence,
  ]
  const make = (
    parts: Pick<Hypothesis, 'class' | 'summary' | 'reasons' | 'falsification'> & Partial<Hypothesis>,
  ): Hypothesis => ({
    culprit: culpritOf(claim),
    mechanism:
      `The claim stays ${claim.data.status.phase}, and no pod that uses it can start${last === undefined ? '' : `: ${last.message}`}`.slice(
        0,
        590,
      ),
    confidence: 'high',
    explains: [symptom.key],
    chain: [{ ...culpritOf(claim), mechanism: `stays ${claim.data.status.phase}` }],
    remedies: claimRemedies(claim),
    prevention: 'Check storage classes of a manifest against the cluster before it is applied.',
    weight: 90,
    ...parts,
    evidence: few([...(parts.evidence ?? []), ...said], 8),
  })
  const noClass = new RegExp(`storageclass(?:\\.storage\\.k8s\\.io)? "${storageClassName}" not found`)
  if (known?.is === 'absent' || (last !== undefined && noClass.test(last.message)))
    return [
      make({
        class: 'StorageClassNotFound',
        summary: `${label(claim)} names the StorageClass ${storageClassName}, which does not exist${suffix(nearest(storageClassName ?? '', classNames), classNames)}.`,
        reasons: [
          'The claim names the class.',
          known?.is === 'absent'
            ? `The cluster has these: ${classNames.join(', ') || 'none'}.`
            : 'The classes could not be listed; the provisioner says so.',
        ],
        falsification: 'Were it capacity or a node, the class would exist and the provisioner would name that.',
        evidence: [
          ...cite(claim, `storageClassName: ${storageClassName}`),
          ...(known?.source === undefined ? [] : cite(known.source, known.source.text)),
        ],
      }),
    ]
  const defaults = snapshot.objects.filter(
    (one) =>
      one.kind === 'StorageClass' &&
      one.object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
  )
  if (
    storageClassName === undefined &&
    /no persistent volumes available.*no storage class is set/i.test(last?.message ?? '') &&
    defaults.length === 0
  )
    return [
      make({
        class: 'StorageClassNotFound',
        summary: `${label(claim)} names no StorageClass, and the cluster has no default one.`,
        reasons: [
          'No class is set in the claim.',
          `No class is marked as default (${classNames.join(', ') || 'there are none'}).`,
        ],
        falsification: 'With a default class the claim would have got it when it was made.',
        evidence: cite(claim, `name: ${claim.name}`),
      }),
    ]
  if (claim.data.status.phase === 'Lost')
    return [
      make({
        class: 'VolumeUnavailable',
        summary: `The volume ${claim.data.spec.volumeName} of ${label(claim)} is gone.`,
        reasons: ['The claim is Lost: it was bound to a volume that no longer exists.'],
        falsification: 'The volume itself would be listed; it is not.',
        evidence: cite(claim, /volumeName:/),
      }),
    ]
  if (last?.reason === 'ProvisioningFailed') {
    const cls: Culprit = { kind: 'StorageClass', namespace: '', name: storageClassName ?? '' }
    const input = /invalid|unsupported|access ?mode|parameter/i.test(last.message)
    return [
      make({
        class: 'ProvisioningFailed',
        culprit:
          input || known?.is !== 'there' ? culpritOf(claim) : /parameter/i.test(last.message) ? cls : culpritOf(claim),
        summary:
          `The provisioner of StorageClass ${storageClassName} cannot make the volume for ${label(claim)} (${accessModes.join(', ')}): ${last.message}`.slice(
            0,
            590,
          ),
        confidence: 'medium',
        reasons: ['The provisioner says why.', 'The class exists.'],
        falsification: 'Other claims of this class that bind now would speak for a fault of this claim alone.',
        evidence: cite(claim, `storageClassName: ${storageClassName}`),
        weight: 75,
      }),
    ]
  }
  if (
    last?.reason === 'FailedBinding' ||
    /no persistent volumes available|didn't find available persistent volumes/i.test(
      `${last?.message} ${symptom.evidence[0]?.quote}`,
    )
  )
    return [
      make({
        class: 'VolumeUnavailable',
        summary: `No PersistentVolume satisfies ${label(claim)} (${accessModes.join(', ')}, ${claim.data.spec.resources.requests.storage ?? 'no size'}).`,
        confidence: 'medium',
        reasons: ['No volume of that class, size and access mode is free.'],
        falsification: 'A free volume that fits would have been bound.',
        evidence: cite(claim, /accessModes:|storage:/),
      }),
    ]
  // A class that waits for its first consumer is not at fault: then the pod's own trouble is the cause.
  return []
}
const suffix = (meant: string | undefined, names: readonly string[]) =>
  meant === undefined ? (names.length === 0 ? '' : ` (there are: ${names.slice(0, 5).join(', ')})`) : `; ${meant} does`

const claimRemedies = (claim: Seen<Claim>) => [
  inspect('See which storage classes there are', 'kubectl get storageclass'),
  change(claim, claim, {
    title: 'Make the claim anew with a class that exists (a class cannot be changed in place)',
    command: `kubectl -n ${claim.namespace} get pvc ${claim.name} -o yaml > claim.yaml  # correct storageClassName, then: kubectl replace --force -f claim.yaml`,
    risk: 'A pending claim holds no data; a bound one would lose it.',
    verify: `kubectl -n ${claim.namespace} get pvc ${claim.name}`,
  }),
]

/** Volumes that exist and cannot be attached or mounted. */
export const mounts: Analyzer = (scene) =>
  of(scene.symptoms, 'creating', 'unschedulable').flatMap((symptom): readonly Hypothesis[] => {
    const { snapshot, subject } = scene
    const pod = symptom.pods[0]
    if (pod === undefined) return []
    const events = eventsOf(snapshot, refOf(pod))
    const multi = events.findLast(({ message }) => /Multi-Attach error/i.test(message))
    const common = {
      explains: [symptom.key],
      weight: 80,
      remedies: [inspect('See where the volume is attached', 'kubectl get volumeattachments')],
    }
    if (multi !== undefined) {
      const volume = /volume "([^"]+)"/.exec(multi.message)?.[1] ?? ''
      const claim = pod.data.spec.volumes.flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim === undefined
          ? []
          : (present(snapshot, claims, subject.namespace, persistentVolumeClaim.claimName) ?? []),
      )[0]
      const others = subject.pods.filter(
        (one) =>
          one.name !== pod.name &&
          one.data.spec.nodeName !== undefined &&
          one.data.spec.nodeName !== pod.data.spec.nodeName,
      )
      return [
        {
          ...common,
          class: 'VolumeMultiAttach',
          culprit: culpritOf(subject),
          summary: `${label(subject)} wants volume ${claim?.name ?? volume} on two nodes, and it can be attached to one only (${claim?.data.spec.accessModes.join(', ') ?? 'ReadWriteOnce'}).`,
          mechanism: `Its pods run on different nodes and share one volume: ${multi.message}`.slice(0, 590),
          evidence: few(
            [
              ...cite(multi, multi.message),
              ...cite(claim, /ReadWriteOnce/),
              ...others.flatMap((one) => cite(one, `nodeName: ${one.data.spec.nodeName}`)),
              ...cite(subject.seen, /replicas: /),
            ],
            6,
          ),
          confidence: 'high',
          reasons: ['The attach controller names the volume.', `${others.length} other pods of it run on other nodes.`],
          falsification: 'On one node both pods could share the volume; they are on different nodes.',
        },
      ]
    }
    const conflict = /volume node affinity conflict|PersistentVolume's node affinity/i.test(
      `${events.findLast(({ reason }) => reason === 'FailedScheduling')?.message} ${symptom.evidence.map(({ quote }) => quote).join(' ')}`,
    )
    if (conflict) {
      const claim = pod.data.spec.volumes.flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim === undefined
          ? []
          : (present(snapshot, claims, subject.namespace, persistentVolumeClaim.claimName) ?? []),
      )[0]
      const volume = snapshot.objects.find(
        ({ kind, name }) => kind === 'PersistentVolume' && name === claim?.data.spec.volumeName,
      )
      const closed = closedNodesOf(volume, all(snapshot, nodes), pod)
      if (closed.length > 0)
        return closed.map(({ node, why }) => ({
          ...common,
          class: why === 'cordoned' ? 'NodeCordoned' : 'NodeTainted',
          culprit: culpritOf(node),
          summary: `Node ${node.name} is closed (${why}), and the volume of ${claim === undefined ? label(subject) : label(claim)} can only be used there.`,
          mechanism: `The volume is bound to ${placeOf(volume)}, and every node there is closed for the pod.`,
          evidence: few(
            [
              ...symptom.evidence,
              ...cite(node, why === 'cordoned' ? 'unschedulable: true' : `key: ${why.split(/[=:]/)[0]}`),
              ...cite(volume, /nodeAffinity:|values:/),
            ],
            6,
          ),
          confidence: 'high',
          reasons: [
            'The scheduler names both: closed nodes, and a volume that is bound elsewhere.',
            `The volume was read: it belongs to ${placeOf(volume)}.`,
          ],
          falsification: 'An open node at that place would take the pod; those that are there were looked at.',
        }))
      const place = placeOf(volume)
      return [
        {
          ...common,
          class: 'VolumeNodeConflict',
          culprit:
            volume === undefined ? (claim === undefined ? culpritOf(subject) : culpritOf(claim)) : culpritOf(volume),
          summary: `The volume of ${claim === undefined ? label(subject) : label(claim)} can only be used where the pod cannot run${place === '' ? '' : ` (${place})`}.`,
          mechanism:
            `The volume is bound to a zone or node, and no node there takes the pod: ${symptom.evidence[0]?.quote ?? ''}`.slice(
              0,
              590,
            ),
          evidence: few([...symptom.evidence, ...cite(volume, /nodeAffinity:|zone|hostname/)], 6),
          confidence: 'medium',
          reasons: ['The scheduler names the conflict.'],
          falsification: 'An open node in the volume’s zone would take the pod.',
        },
      ]
    }
    const failed = events.findLast(
      ({ reason, message }) =>
        /^(FailedMount|FailedAttachVolume|FailedMapVolume)$/.test(reason) &&
        !/(configmap|secret) .* not found|timed out waiting for the condition|unmounted volumes/i.test(message),
    )
    if (failed === undefined) return []
    const driver = noDriver.test(failed.message)
    if (!driver && /not found|object .* not registered|non-existent/i.test(failed.message)) return []
    const agent = driver ? agentOf(scene, pod.data.spec.nodeName ?? '') : undefined
    return [
      {
        ...common,
        class: agent?.class ?? 'VolumeMountFailed',
        culprit: agent?.culprit ?? culpritOf(subject),
        summary:
          `A volume of ${label(subject)} cannot be mounted: ${agent === undefined ? failed.message : `its driver does not run on node ${pod.data.spec.nodeName}: ${agent.summary}`}`.slice(
            0,
            590,
          ),
        mechanism:
          `The kubelet cannot set up the volume, so that the containers are never made: ${failed.message}`.slice(
            0,
            590,
          ),
        evidence: few([...cite(failed, failed.message), ...(agent?.evidence ?? []), ...symptom.evidence], 8),
        confidence: agent === undefined ? 'medium' : 'high',
        reasons: ['The kubelet says why.'],
        falsification: 'A pod that mounts the same volume elsewhere would speak for the node.',
        weight: agent === undefined ? 60 : 85,
      },
    ]
  })
const noDriver = /list of registered CSI drivers|failed to create newCsiDriverClient/i

const volumeTerms = (volume: Seen | undefined) =>
  (volume === undefined ? undefined : volumes.of(volume))?.data.spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
const placeOf = (volume: Seen | undefined): string =>
  volumeTerms(volume)
    .flatMap(({ matchExpressions }) => matchExpressions.map(({ key, values }) => `${key} ${values.join('|')}`))
    .join(', ')

/** The nodes on which a volume could be used, when all of them are closed for the pod. */
function closedNodesOf(volume: Seen | undefined, known: readonly Seen<Node>[], pod: Seen<Pod>) {
  const terms = volumeTerms(volume)
  const there = known.filter(({ object }) =>
    terms.some(({ matchExpressions }) => matchExpressions.every((one) => holds(one, object.metadata.labels ?? {}))),
  )
  const closed = there.flatMap((node) => {
    const why = closedBy(node, pod.data.spec)
    return why === undefined ? [] : [{ node, why }]
  })
  return closed.length === there.length ? closed.slice(0, 3) : []
}
