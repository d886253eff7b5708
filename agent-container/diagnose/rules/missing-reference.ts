import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { configMaps } from '../snapshot/kinds.ts'
import { type Above, makerAbove, writersOf } from '../snapshot/makers.ts'
import { nearest } from '../snapshot/near-name.ts'
import { type Reference, references } from '../snapshot/references.ts'
import { eventsOf, label, present, refOf, whether } from '../snapshot/snapshot.ts'
import { runsOf } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, inspect, rolledOut, undo } from './remedies.ts'

const classes: Readonly<Record<string, readonly [FaultClass, FaultClass]>> = {
  ConfigMap: ['MissingConfigMap', 'MissingConfigKey'],
  Secret: ['MissingSecret', 'MissingSecretKey'],
  PersistentVolumeClaim: ['ClaimNotFound', 'ClaimNotFound'],
  ServiceAccount: ['MissingServiceAccount', 'MissingServiceAccount'],
  PriorityClass: ['MissingPriorityClass', 'MissingPriorityClass'],
  RuntimeClass: ['MissingRuntimeClass', 'MissingRuntimeClass'],
}

/** Something that the template names is not there: ConfigMap, Secret, key, claim, account, class. */
export const missingReference: Analyzer = (scene) => {
  const symptoms = of(scene.symptoms, 'config', 'creating', 'create', 'unschedulable')
  return symptoms.flatMap((symptom) => references(scene.subject).flatMap((ref) => explain(scene, symptom, ref)))
}

function explain(scene: Scene, symptom: Symptom, ref: Reference): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const [wholeClass, keyClass] = classes[ref.kind] ?? []
  if (wholeClass === undefined || keyClass === undefined) return []
  const said = complaint(scene, symptom, ref) ?? unsaid(scene, symptom, ref)
  if (said === undefined || (said.key !== undefined && ref.key !== said.key)) return []
  const known = whether(snapshot, ref.kind, ref.namespace, ref.name)
  const lacksKey = said.key !== undefined
  // The cluster's present state decides: what has come since is no cause any more.
  if (!lacksKey && known.is === 'there')
    return [
      result(
        scene,
        symptom,
        ref,
        said,
        wholeClass,
        culpritOf(subject),
        'It is there now: the pods will find it at their next try.',
      ),
    ]
  const siblings = snapshot.objects
    .filter((one) => one.kind === ref.kind && one.namespace === ref.namespace)
    .map(({ name }) => name)
  const keys =
    lacksKey && ref.kind === 'ConfigMap'
      ? Object.keys(present(snapshot, configMaps, ref.namespace, ref.name)?.data.data ?? {})
      : []
  const meant = lacksKey ? nearest(said.key ?? '', keys) : nearest(ref.name, siblings)
  const newName = lastChanges(subject).some(
    ({ before, after }) => after.includes(ref.name) && !before.includes(ref.name) && before !== 'none',
  )
  // A claim is written for its pod: when it is missing, it is the name in the template that is wrong.
  const writer = writersOf(snapshot, ref)[0]
  const above = writer === undefined ? makerAbove(snapshot, subject, ref) : undefined
  const maker = writer ?? above?.owner
  const wrongName = writer === undefined && (meant !== undefined || newName || ref.kind === 'PersistentVolumeClaim')
  const culprit: Culprit = wrongName ? culpritOf(subject) : { kind: ref.kind, namespace: ref.namespace, name: ref.name }
  const own = result(scene, symptom, ref, said, lacksKey ? keyClass : wholeClass, culprit, undefined, meant)
  if (maker === undefined || wrongName) return [own]
  // Whoever is to make it would make it anew: that it is missing is what shows, and not what went wrong.
  const doubted: Hypothesis = {
    ...own,
    confidence: 'medium',
    madeBy: culpritOf(maker),
    reasons: [...own.reasons, `${label(maker)} should make it.`],
  }
  return above?.bad === undefined ? [doubted] : [doubted, notMade(scene, symptom, ref, said, above)]
}

/** Its maker says itself at what it stopped. */
function notMade(scene: Scene, symptom: Symptom, ref: Reference, said: Said, { owner, seen, bad }: Above): Hypothesis {
  const why = bad?.message ?? ''
  const keys = [symptom, ...of(scene.symptoms, 'condition')].map(({ key }) => key)
  return {
    class: 'RefusedByController',
    culprit: owner,
    summary: `${label(ref)} is not there: ${label(owner)}, whose controller makes it, is stopped: ${why}`.slice(0, 590),
    mechanism:
      `${bad?.type} is ${bad?.status} (${bad?.reason ?? 'no reason'}): ${why} So what comes after it is not made.`.slice(
        0,
        590,
      ),
    evidence: few([...cite(seen, why), ...said.evidence, ...symptom.evidence], 8),
    confidence: 'medium',
    reasons: [`The pods wait for ${label(ref)}.`, `${label(owner)} made the workload, and says that it fails.`],
    falsification: `Were ${label(owner)} well, and the object still missing, somebody would have removed it.`,
    explains: keys,
    chain: [{ ...owner, mechanism: why.slice(0, 590) }],
    remedies: [
      inspect(
        'See what its controller says',
        `kubectl ${owner.namespace === '' ? '' : `-n ${owner.namespace} `}describe ${owner.kind.toLowerCase()}/${owner.name}`,
      ),
    ],
    weight: 95,
  }
}

type Said = { readonly evidence: readonly Citation[]; readonly text: string; readonly key: string | undefined }

/** Where the kubelet, scheduler or controller says that this object, or a key of it, is not found. */
function complaint(scene: Scene, symptom: Symptom, ref: Reference): Said | undefined {
  const { snapshot, subject } = scene
  const pods = symptom.pods.slice(0, 5)
  const events = [
    ...pods,
    ...subject.revisions.slice(0, 2),
    ...runsOf(snapshot, subject).slice(0, 1),
    ...(subject.seen === undefined ? [] : [subject.seen]),
  ].flatMap((one) => eventsOf(snapshot, refOf(one)))
  const texts = [
    ...pods.flatMap((pod) =>
      [...pod.data.status.containerStatuses, ...pod.data.status.initContainerStatuses].flatMap(({ state }) => {
        const text = state.waiting?.message
        return text === undefined ? [] : [{ text, evidence: cite(pod, text) }]
      }),
    ),
    ...pods.flatMap((pod) =>
      pod.data.status.conditions.flatMap(({ message }) =>
        message === undefined ? [] : [{ text: message, evidence: cite(pod, message) }],
      ),
    ),
    ...events.toReversed().map((event) => ({ text: event.message, evidence: cite(event, event.message) })),
  ]
  const name = ref.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const missing = new RegExp(
    `(?:^|[\\s:("'])(?:[\\w.]+ )?"?(?:[\\w-]+/)?${name}"? (?:was )?not (?:found|registered|exist)|(?:no|missing) \\w+ (?:with name )?"?${name}"?|error looking up service account [\\w-]+/${name}`,
    'i',
  )
  const keyed = new RegExp(
    `couldn't find key "?([\\w.-]+)"? in (?:ConfigMap|Secret) (?:[\\w-]+/)?"?${name}"?|references non-existent (?:config|secret) key: "?([\\w.-]+)`,
    'i',
  )
  for (const { text, evidence } of texts) {
    const key = keyed.exec(text)
    if (key !== null && (key[1] !== undefined || text.includes(ref.how.split(' ').at(-1) ?? '')))
      return { text, evidence, key: key[1] ?? key[2] }
    const kind = new RegExp(
      ref.kind === 'PersistentVolumeClaim'
        ? 'persistentvolumeclaim|pvc'
        : ref.kind.replace('ServiceAccount', 'service ?account').replace('Class', ' ?Class'),
      'i',
    )
    if (missing.test(text) && kind.test(text)) return { text, evidence, key: undefined }
  }
  return undefined
}

/** Events run out after an hour, and the pods wait on: what is looked for by name and is not there needs no word. */
function unsaid({ snapshot }: Scene, symptom: Symptom, ref: Reference): Said | undefined {
  if (ref.optional || !/^(ConfigMap|PersistentVolumeClaim)$/.test(ref.kind)) return undefined
  if (symptom.kind !== 'creating' && symptom.kind !== 'config') return undefined
  // Where somebody says what else is wrong, that counts.
  const stated = symptom.pods
    .slice(0, 5)
    .some((pod) => eventsOf(snapshot, refOf(pod)).some(({ type }) => type === 'Warning'))
  if (stated || whether(snapshot, ref.kind, ref.namespace, ref.name).is !== 'absent') return undefined
  return { evidence: [], text: `no event tells any more, and ${label(ref)} does not exist`, key: undefined }
}

function result(
  scene: Scene,
  symptom: Symptom,
  ref: Reference,
  said: Said,
  fault: FaultClass,
  culprit: Culprit,
  rejected: string | undefined,
  meant?: string,
): Hypothesis {
  const { snapshot, subject } = scene
  const named = label(ref)
  const known = whether(snapshot, ref.kind, ref.namespace, ref.name)
  const thing = said.key === undefined ? named : `key ${said.key} of ${named}`
  const use = cite(
    subject.seen,
    new RegExp(`(name|secretName|claimName|Name|key): ${(said.key ?? ref.name).replace(/[.]/g, '\\.')}$`),
  )
  const listed = known.source === undefined ? [] : cite(known.source, known.source.text)
  const changes = lastChanges(subject).filter(({ after }) => after.includes(ref.name))
  const create = culprit.kind === ref.kind
  return {
    class: fault,
    culprit,
    summary: create
      ? `${thing[0]?.toUpperCase()}${thing.slice(1)} is not there, and ${label(subject)} needs it (${ref.how}).`
      : `${label(subject)} names ${thing}, which is not there (${ref.how})${meant === undefined ? '' : `; ${meant} is, and was probably meant`}.`,
    mechanism: `The pods wait for ${thing}: ${said.text}`.slice(0, 590),
    evidence: few(
      [...said.evidence, ...listed, ...use, ...symptom.evidence, ...changes.flatMap(({ evidence }) => evidence)],
      8,
    ),
    confidence: 'high',
    reasons: [
      said.evidence.length > 0
        ? 'The component that needs it says that it is not found.'
        : 'No event is left that says why the pods wait.',
      known.is === 'absent'
        ? 'A look into the namespace found none of that name.'
        : known.is === 'unknown'
          ? 'It may not be read with this credential; the message is the evidence.'
          : `${named} itself is there.`,
      ...(meant === undefined ? [] : [`${meant} differs from it by a letter or two.`]),
      ...changes.map((one) => `The last rollout changed the ${one.what}.`),
    ],
    falsification:
      rejected ??
      `If it existed, a look by its name would show it: ${known.is === 'absent' ? 'none was found' : known.is === 'there' ? 'it exists, without that key' : 'it could not be looked up, the message stands alone'}.`,
    ...(rejected === undefined ? {} : { rejected }),
    explains: [symptom.key],
    chain: [{ ...culprit, mechanism: `${thing} is missing` }],
    remedies: create
      ? [
          change(undefined, culprit, {
            title: `Create ${thing} with the values that the program needs`,
            command:
              `kubectl -n ${ref.namespace} ${said.key === undefined ? `create ${ref.kind === 'Secret' ? 'secret generic' : ref.kind.toLowerCase()} ${ref.name} ${ref.kind === 'ConfigMap' || ref.kind === 'Secret' ? '--from-literal=<key>=<value>' : ''}` : `edit ${ref.kind.toLowerCase()} ${ref.name}`}`.trim(),
            risk: 'None for others: only these pods wait for it.',
            rollback: 'Remove it again.',
            verify: `kubectl -n ${subject.namespace} get pods`,
          }),
          inspect(
            'See whether another namespace has it',
            `kubectl get ${ref.kind.toLowerCase()} -A --field-selector metadata.name=${ref.name}`,
          ),
        ]
      : [
          ...(changes.length > 0 ? undo(subject, 'the name changed') : []),
          change(subject.seen, subject, {
            title: `Name ${meant ?? 'an object that exists'} instead of ${said.key ?? ref.name}`,
            command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
            verify: rolledOut(subject),
          }),
        ],
    prevention: 'Ship a workload and what it names together, and check references before they are applied.',
    weight: 90,
  }
}
