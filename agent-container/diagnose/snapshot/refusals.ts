import { type Refusal, refusalIn } from '../../../shared/cluster/checks/granted.ts'
import type { SeenLog, Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

export type SaidRefusal = { readonly refusal: Refusal; readonly line: string; readonly log: SeenLog }
/** What was refused longer ago is over, or was of no matter. */
const LAST_LINES = 40

/** What the API refused to the pods of a subject, by their logs; the newest first. */
export function refusalsIn(snapshot: Snapshot, subject: Pick<Subject, 'pods'>): readonly SaidRefusal[] {
  const names = new Set(subject.pods.map(({ namespace, name }) => `${namespace}/${name}`))
  return snapshot.logs
    .filter((log) => names.has(`${log.namespace}/${log.pod}`))
    .flatMap((log) =>
      log.lines
        .slice(-LAST_LINES)
        .toReversed()
        .flatMap((line) => {
          const refusal = refusalIn(line)
          return refusal === undefined ? [] : [{ refusal, line, log }]
        }),
    )
}
