import { tellingLine } from '../../../shared/cluster/messages/telling-line.ts'
import type { SeenLog, Snapshot } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'

export type LogLine = { readonly log: SeenLog; readonly line: string }

/**
 * The last lines of the containers that show a symptom, newest first. The run that ended comes before the one that
 * goes on: what killed it stands there.
 */
export function tail(snapshot: Snapshot, symptom: Symptom, lines: number): readonly LogLine[] {
  const names = new Set(symptom.pods.map(({ name }) => name))
  const own = snapshot.logs.filter((log) => names.has(log.pod) && log.container === symptom.container?.name)
  const running = symptom.container?.status.state.running !== undefined
  const ordered = own.toSorted((a, b) => Number(b.previous && running) - Number(a.previous && running))
  return ordered.flatMap((log) =>
    log.lines
      .slice(-lines)
      .toReversed()
      .map((line) => ({ log, line })),
  )
}

/** The line that says most about the end: the last one of trouble that is no part of a stack. */
export const lastWords = (lines: readonly LogLine[]): LogLine | undefined => tellingLine(lines, ({ line }) => line)
