import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { Culprit } from '../../shared/artifacts/verdict.ts'

/** What runs or is called; all else (a policy, a quota, a volume, a node) can do harm without showing anything itself. */
const runs = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Service'])
const ill =
  /\bready: "?false|phase: "?(Pending|Failed|Unknown|Lost)|exitCode: [1-9]|\bwaiting:|unavailableReplicas: [1-9]|restartCount: [1-9]|status: "?(False|Unknown)\b/
/** Fields in which an object names another. What people write about it (labels, annotations, messages, images) is not among them. */
const names =
  /^\s*-?\s*"?(name|claimName|secretName|serviceName|host|hostname|value|key|command|args|externalName)"?:|^\s*-\s/
const remarks = /annotations|labels|message|image/i

/**
 * A workload that is healthy, and that nothing of the incident's own objects names, is not taken for a cause because
 * somebody says so: a true quote of its name proves no more than that it is there.
 */
export function connected(culprit: Culprit, own: readonly Culprit[], entries: readonly EvidenceEntry[]): boolean {
  if (!runs.has(culprit.kind)) return true
  if (
    own.some(
      ({ name, namespace }) =>
        namespace === culprit.namespace &&
        (culprit.name === name || culprit.name.startsWith(`${name}-`) || name.startsWith(`${culprit.name}-`)),
    )
  )
    return true
  const documents = entries
    .filter(
      ({ tool, status, arguments: given }) => status === 200 && !/log|events_list/.test(tool) && given.kind !== 'Event',
    )
    .flatMap(({ output }) => output.split(/^---$/m))
  const about = (one: Culprit) =>
    documents.filter((text) => new RegExp(`^  name: ${escaped(one.name)}(-[a-z0-9-]+)?$`, 'm').test(text))
  if (about(culprit).some((text) => ill.test(text))) return true
  const word = new RegExp(`(^|[^a-z0-9-])${escaped(culprit.name)}($|[^a-z0-9-])`)
  return own.some((one) =>
    about(one).some((text) => specOf(text).some((line) => names.test(line) && !remarks.test(line) && word.test(line))),
  )
}

/** The lines below `spec:`; what the object is told to be, not what is said of it. */
function specOf(text: string): readonly string[] {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => /^spec:/.test(line))
  if (from < 0) return []
  const length = lines.slice(from + 1).findIndex((line) => /^\S/.test(line))
  const spec = lines.slice(from + 1, length < 0 ? undefined : from + 1 + length)
  return spec.filter(
    (line, at) => !(/^\s+(annotations|labels):/.test(spec[at - 1] ?? '') || /^\s+(annotations|labels):/.test(line)),
  )
}
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
