import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { namespaces, quotas } from '../snapshot/kinds.ts'
import { all, eventsOf, label, present, type SeenEvent, seek } from '../snapshot/snapshot.ts'
import { runsOf } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, inspect, rolledOut } from './remedies.ts'

/** Pods that are refused at the API before they exist: quota, limits, policy, webhook. Nobody sees them in a list of pods. */
export const createRefused: Analyzer = (scene) =>
  of(scene.symptoms, 'create', 'no-pods', 'job').flatMap((symptom) => {
    const { snapshot, subject } = scene
    const makers = [subject, ...subject.revisions.slice(0, 3), ...runsOf(snapshot, subject)]
    const events = makers
      .flatMap((one) => eventsOf(snapshot, one))
      .filter(({ reason }) => /^(FailedCreate|ReplicaSetCreateError|FailedUpdate)$/.test(reason))
    const conditions = [subject.seen, ...subject.revisions].flatMap((one) =>
      one === undefined ? [] : cite(one, /exceeded quota|is forbidden|failed calling webhook|denied the request/),
    )
    const last = events.at(-1)
    const text = last?.message ?? conditions[0]?.quote
    if (text === undefined) return []
    const evidence = [...(last === undefined ? [] : cite(last, last.message)), ...conditions]
    for (const rule of [quota, limits, security, webhook]) {
      const found = rule(scene, symptom, text, evidence, last)
      if (found !== undefined) return [found]
    }
    return []
  })

type Rule = (
  scene: Scene,
  symptom: Symptom,
  text: string,
  evidence: Hypothesis['evidence'],
  event: SeenEvent | undefined,
) => Hypothesis | undefined

const quota: Rule = (scene, symptom, text, evidence) => {
  const { snapshot, subject } = scene
  const match =
    /exceeded quota: ([^,]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(text) ??
    /(?:failed|exceeded) quota: ([^:,\s]+)(?:: must specify (.+?)(?:$|;))?/.exec(text)
  if (match === null) return undefined
  const name = match[1] ?? ''
  const culprit = { kind: 'ResourceQuota', namespace: subject.namespace, name }
  const object = present(snapshot, quotas, subject.namespace, name)
  const numbers = match[4] === undefined ? text : `requested ${match[2]}, used ${match[3]}, limited to ${match[4]}`
  const must = /must specify/.test(text)
  const other = all(snapshot, quotas, subject.namespace).filter((one) => one.name !== name)
  return {
    class: 'QuotaExceeded',
    culprit: must ? culpritOf(subject) : culprit,
    summary: must
      ? `ResourceQuota ${name} wants every pod to state its resources, and ${label(subject)} does not.`
      : `ResourceQuota ${name} in namespace ${subject.namespace} leaves no room for the pods of ${label(subject)} (${numbers}).`,
    mechanism: `The API refuses to create the pods: ${text}`.slice(0, 590),
    evidence: few(
      [
        ...evidence,
        ...cite(object, /used:|hard:/),
        ...Object.entries(object?.data.status.used ?? {}).flatMap(([key, value]) => cite(object, `${key}: ${value}`)),
        ...symptom.evidence,
      ],
      8,
    ),
    confidence: 'high',
    reasons: [
      'The API itself names the quota.',
      object === undefined
        ? 'The quota itself could not be read.'
        : 'The quota was read and is used up as the message says.',
    ],
    falsification: `With room in the quota the pods would exist; ${other.length} other quotas were looked at and are not named.`,
    explains: [symptom.key],
    chain: [{ ...culprit, mechanism: numbers.slice(0, 300) }],
    remedies: [
      change(object, culprit, {
        title: 'Raise the quota, or ask for less in the template',
        command: `kubectl -n ${subject.namespace} edit resourcequota ${name}`,
        risk: 'More of the cluster may be used by this namespace.',
        verify: `kubectl -n ${subject.namespace} get ${subject.kind.toLowerCase()} ${subject.name}`,
      }),
      inspect('See what uses it', `kubectl -n ${subject.namespace} describe resourcequota ${name}`),
    ],
    prevention: 'Alert on a quota that is nine tenths used.',
    weight: 95,
  }
}

const limits: Rule = (scene, symptom, text, evidence) => {
  const { snapshot, subject } = scene
  const match = /((?:maximum|minimum) \w+ usage per \w+ is [^.,]+|max limit to request ratio[^.]*)/.exec(text)
  const range = snapshot.objects.find((one) => one.kind === 'LimitRange' && one.namespace === subject.namespace)
  if (match === null || range === undefined) return undefined
  return {
    class: 'LimitRangeViolated',
    culprit: culpritOf(range),
    summary:
      `LimitRange ${range.name} in namespace ${subject.namespace} refuses the pods of ${label(subject)}: ${match[1]}.`.slice(
        0,
        590,
      ),
    mechanism: `The API refuses to create the pods: ${text}`.slice(0, 590),
    evidence: few([...evidence, ...cite(range, /max:|min:|maxLimitRequestRatio:/), ...symptom.evidence], 6),
    confidence: 'high',
    reasons: ['The API names the limit.', 'The LimitRange was read.'],
    falsification: 'Resources within the range would have been admitted.',
    explains: [symptom.key],
    remedies: [
      change(subject.seen, subject, {
        title: 'Bring requests and limits into the range, or change the range',
        command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
        verify: rolledOut(subject),
      }),
    ],
    weight: 95,
  }
}

const security: Rule = (scene, symptom, text, evidence) => {
  const { snapshot, subject } = scene
  const match = /violates PodSecurity "?([\w:.]+)"?: (.+)/.exec(text)
  if (match === null) return undefined
  const namespace = present(snapshot, namespaces, '', subject.namespace)
  const created = Date.parse(
    subject.revisions[0]?.object.metadata.creationTimestamp ?? subject.seen?.object.metadata.creationTimestamp ?? '',
  )
  // A template that ran for an hour was admitted then: what changed since is the namespace. One that differs from all
  // that runs has never been admitted. Where nothing runs any more, nobody can tell so.
  const [newest, before] = subject.revisions
  const isNew =
    newest !== undefined &&
    before !== undefined &&
    subject.pods.length > 0 &&
    lastChanges(subject).length > 0 &&
    !ran(newest.name)
  const ranBefore = !isNew && (subject.pods.length > 0 || snapshot.now.getTime() - created > 60 * 60_000)
  const culprit = ranBefore && namespace !== undefined ? culpritOf(namespace) : culpritOf(subject)
  return {
    class: 'PodSecurityViolation',
    culprit,
    summary: ranBefore
      ? `Namespace ${subject.namespace} now enforces Pod Security ${match[1]}, which the pods of ${label(subject)} do not meet.`
      : `The pods of ${label(subject)} do not meet the Pod Security level ${match[1]} of their namespace.`,
    mechanism: `Admission refuses each new pod: ${text}`.slice(0, 590),
    evidence: few([...evidence, ...cite(namespace, 'pod-security.kubernetes.io/enforce'), ...symptom.evidence], 6),
    confidence: 'high',
    reasons: [
      'The API names the level and what violates it.',
      ranBefore ? 'The same template was admitted before.' : 'The template is new.',
    ],
    falsification: 'Pods that meet the level would be created.',
    explains: [symptom.key],
    remedies: [
      change(subject.seen, subject, {
        title: 'Set the securityContext that the level asks for',
        command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
        verify: rolledOut(subject),
      }),
    ],
    prevention: 'Warn (pod-security.kubernetes.io/warn) for a week before a level is enforced.',
    weight: 95,
  }
  /** A ReplicaSet owns its pods; sets write the revision on them, StatefulSets by its name and DaemonSets by its end. */
  function ran(revision: string): boolean {
    return subject.pods.some(({ object: { metadata } }) => {
      const hash = metadata.labels?.['controller-revision-hash']
      const owned = metadata.ownerReferences?.some(({ name }) => name === revision) === true
      return owned || hash === revision || `${subject.name}-${hash}` === revision
    })
  }
}

const webhook: Rule = (scene, symptom, text, evidence) => {
  const { snapshot, subject, diagnose } = scene
  const match = /(?:failed calling|calling|admission) webhook "([^"]+)"/.exec(text)
  if (match === null) return undefined
  const name = match[1] ?? ''
  const config = snapshot.objects.find(
    (one) => /WebhookConfiguration$/.test(one.kind) && JSON.stringify(one.object.webhooks ?? '').includes(`"${name}"`),
  )
  const denied = /denied the request/.test(text)
  const service = /https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc/.exec(text)
  const ref = service === null ? undefined : { kind: 'Service', namespace: service[2] ?? '', name: service[1] ?? '' }
  const below =
    denied || ref === undefined || seek(snapshot, ref) === undefined
      ? []
      : diagnose(ref).filter(({ rejected, confidence }) => rejected === undefined && confidence !== 'low')
  const root = below[0]
  const own: Culprit =
    denied || config === undefined
      ? config === undefined
        ? culpritOf(subject)
        : denied
          ? culpritOf(subject)
          : culpritOf(config)
      : culpritOf(config)
  return {
    ...(root ?? {}),
    class: root?.class ?? (denied ? 'WebhookDenied' : 'WebhookUnavailable'),
    culprit: root?.culprit ?? own,
    summary: denied
      ? `Admission webhook ${name} refuses the pods of ${label(subject)}.`
      : `Admission webhook ${name} does not answer, so that no pod of ${label(subject)} can be created${root === undefined ? '' : `: ${root.summary}`}`.slice(
          0,
          590,
        ),
    mechanism: `The API must ask the webhook before it creates a pod: ${text}`.slice(0, 590),
    evidence: few(
      [
        ...evidence,
        ...cite(config, name),
        ...cite(config, 'failurePolicy: Fail'),
        ...(root?.evidence ?? []),
        ...symptom.evidence,
      ],
      10,
    ),
    confidence: denied || config !== undefined ? 'high' : 'medium',
    reasons: [
      'The API names the webhook.',
      config === undefined ? 'Its configuration was not found.' : `${label(config)} was read.`,
    ],
    falsification:
      root === undefined
        ? 'A healthy backend behind the webhook would speak against it; none was seen to be broken.'
        : 'Its backend was looked at and is broken by itself.',
    explains: [symptom.key],
    chain: [
      ...(root === undefined ? [] : [{ ...root.culprit, mechanism: root.summary.slice(0, 590) }]),
      ...(ref === undefined ? [] : [{ ...ref, mechanism: 'does not answer the webhook call' }]),
    ],
    remedies: root?.remedies ?? [
      change(config, own, {
        title: denied
          ? 'Change the pods as the webhook asks'
          : 'Bring the webhook back, or let it fail open (failurePolicy: Ignore) meanwhile',
        command: `kubectl edit ${own.kind.toLowerCase()} ${own.name}`,
        risk: 'Without the webhook its rules are not kept.',
        verify: `kubectl -n ${subject.namespace} get pods`,
      }),
    ],
    weight: 95,
  }
}
