import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { isExternal } from '../../shared/artifacts/external.ts'
import type { Culprit } from '../../shared/artifacts/verdict.ts'
import { documentsOf, escaped, isHearsay } from './documents.ts'
import { linkOf } from './linked.ts'

/**
 * How an object has to do with an incident. `serves`: it does something for all that lie there, as a webhook or a node's
 * agent does; `beside`: it lies on the same node, image or claim and is well; `linked`: objects that were
 * read lead to it; `nothing`: it is only known to be there.
 */
export type Connection =
  | 'own'
  | 'named'
  | 'failing'
  | 'serves'
  | 'beside'
  | 'linked'
  | 'hearsay'
  | 'outside'
  | 'nothing'

const failing =
  /\bready: "?false|phase: "?(Pending|Failed|Unknown|Lost)|exitCode: [1-9]|\bwaiting:|unavailableReplicas: [1-9]|numberUnavailable: [1-9]|restartCount: [1-9]|reason: "?(OOMKilled|Evicted|BackOff)\b/
/** A condition that is bad: a good one that is False, or a bad one that is True. */
const badCondition =
  /type: "?(Ready|Available|Healthy|Synced|Reconciled|Established|ScalingActive|AbleToScale|Progressing)"?\b|(?:Pressure|Unavailable|Failed|Stalled|Degraded)\b/
/** Fields in which an object names another. What people write about it (labels, annotations, messages, images) is not among them. */
const naming =
  /^\s*-?\s*"?(\w*[nN]ame|host|hostname|value|key|command|args|nodeName|volumeName|path|group|kind)"?:|^\s*-\s/
const remarks = /annotations|labels|message|image:/i

/**
 * The way in which a culprit is connected with what an incident is about (`own`): by its name in their specs or in what
 * their events say, by being broken itself, or by what both lie on: a node, an image, a claim, a class, a webhook.
 * Namespaces are shared by too many to say anything by themselves.
 */
export const connectionOf = (
  culprit: Culprit,
  own: readonly Culprit[],
  entries: readonly EvidenceEntry[],
): Connection => directly(culprit, own, entries) ?? linkOf(culprit, own, entries) ?? 'nothing'

/** Without following anything from one object to the next. */
function directly(
  culprit: Culprit,
  own: readonly Culprit[],
  entries: readonly EvidenceEntry[],
): Connection | undefined {
  if (isExternal(culprit)) return 'outside'
  if (own.some((one) => belongs(culprit, one))) return 'own'
  const documents = documentsOf(entries)
  const about = (one: Culprit) =>
    documents.filter((text) => new RegExp(`^\\s*name: "?${escaped(one.name)}(-[a-z0-9-]+)?"?$`, 'm').test(text))
  const word = new RegExp(`(^|[^a-z0-9-])${escaped(culprit.name)}($|[^a-z0-9-])`)
  const ofCulprit = about(culprit)
  const ofOwn = own.flatMap(about)
  if (ofOwn.some((text) => bodyOf(text).some((line) => naming.test(line) && !remarks.test(line) && word.test(line))))
    return 'named'
  if (ofCulprit.some(isBroken)) return 'failing'
  // What runs on every node serves whatever runs there.
  if (culprit.kind === 'DaemonSet') return 'serves'
  if (/Webhook|AdmissionPolicy|^APIService$|^CustomResourceDefinition$/.test(culprit.kind)) return 'serves'
  const shares = new Set(ofOwn.flatMap(groundOf))
  if (ofCulprit.flatMap(groundOf).some((one) => shares.has(one)))
    return culprit.kind === 'DaemonSet' || ofCulprit.some((text) => /^\s*(- )?kind: DaemonSet$/m.test(text))
      ? 'serves'
      : 'beside'
  const quoted = entries.some(
    (entry) =>
      isHearsay(entry) &&
      entry.output
        .split('\n')
        .some((line) => word.test(line) && own.some(({ name }) => new RegExp(escaped(name)).test(line))),
  )
  return quoted ? 'hearsay' : undefined
}

/** Whether `upper` lies further up than `lower`: what `lower` is told to be names it. */
export const liesAbove = (upper: Culprit, lower: Culprit, entries: readonly EvidenceEntry[]): boolean =>
  !belongs(upper, lower) && directly(upper, [lower], entries) === 'named'

/** The same workload by its pods, its replica sets and its own name. */
const belongs = (one: Culprit, other: Culprit): boolean =>
  one.namespace === other.namespace &&
  (one.name === other.name
    ? one.kind === other.kind || (runs.has(one.kind) && runs.has(other.kind))
    : runs.has(one.kind) &&
      runs.has(other.kind) &&
      (one.name.startsWith(`${other.name}-`) || other.name.startsWith(`${one.name}-`)))
const runs = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'])

/** Whether a document shows that its object does not work now. */
export const isBroken = (text: string): boolean =>
  failing.test(text) ||
  text
    .split(/^\s*- (?=(?:lastTransitionTime|lastProbeTime|lastHeartbeatTime|message|reason|status|type):)/m)
    .some((one) => {
      const type = badCondition.exec(one)
      if (type === null) return false
      const status = /status: "?(True|False|Unknown)/.exec(one)?.[1]
      return type[1] === undefined ? status === 'True' : status === 'False' || status === 'Unknown'
    })

/** What an object lies on and others may share: its node, images, claims, classes. */
const groundOf = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      /^\s*-?\s*(nodeName|image|claimName|storageClassName|priorityClassName|runtimeClassName|volumeName|ingressClassName): "?([^\s"]+)/gm,
    ),
  ].map((match) => `${match[1]} ${match[2]}`)

/** The lines below `spec:` and what stands beside it (`data`, `webhooks`, `rules`), without marks and status. */
function bodyOf(text: string): readonly string[] {
  const lines = text.split('\n')
  let part = ''
  let marks = -1
  return lines.filter((line) => {
    const top = /^(\w+):/.exec(line)?.[1]
    if (top !== undefined) part = top
    if (part === 'status' || part === 'metadata') return false
    const indent = line.search(/\S/)
    if (marks >= 0 && indent > marks) return false
    marks = /^\s+(annotations|labels|matchLabels):/.test(line) ? indent : -1
    return true
  })
}
