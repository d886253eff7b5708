import type { Culprit, Remedy } from '../../../shared/artifacts/verdict.ts'
import { label, type Seen } from '../snapshot/snapshot.ts'
import { managedBy, type Subject } from '../snapshot/subject.ts'

/** A change of an object: by kubectl, or in its source when something else applies it and would undo the change. */
export function change(
  seen: Seen | undefined,
  ref: Culprit,
  requested: {
    readonly title: string
    readonly command: string
    readonly risk?: string
    readonly verify: string
    readonly rollback?: string
  },
): Remedy {
  const manager = managedBy(seen)
  const risk = requested.risk ?? `${label(ref)} rolls its pods once.`
  const rollback = requested.rollback ?? 'Apply the former manifest again.'
  const { title, verify } = requested
  if (manager === undefined) return { title, command: requested.command, changesState: true, risk, rollback, verify }
  return {
    title: `${title}, in the source of ${label(ref)} (applied by ${manager}): a change in the cluster would be undone`,
    changesState: true,
    risk,
    rollback: 'Revert the commit in the source.',
    verify,
  }
}

/** Back to the template that worked; the fastest way out when the last rollout brought the trouble. */
export function undo(subject: Subject, what: string): readonly Remedy[] {
  if (subject.revisions.length < 2) return []
  const target = `${subject.kind.toLowerCase()}/${subject.name}`
  return [
    change(subject.seen, subject, {
      title: `Roll back to the revision before ${what}`,
      command: `kubectl -n ${subject.namespace} rollout undo ${target}`,
      risk: 'Takes back everything that this rollout changed.',
      rollback: 'The same command once more, while nobody has rolled out anything else.',
      verify: `kubectl -n ${subject.namespace} rollout status ${target}`,
    }),
  ]
}

export const inspect = (title: string, command: string): Remedy => ({
  title,
  command,
  changesState: false,
  risk: 'None: it only reads.',
  rollback: 'Nothing to take back.',
  verify: 'Its output.',
})
export const rolledOut = (subject: Culprit): string =>
  `kubectl -n ${subject.namespace} rollout status ${subject.kind.toLowerCase()}/${subject.name}`
