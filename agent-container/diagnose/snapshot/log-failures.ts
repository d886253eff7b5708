import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { type FailureKind, failureIn } from '../../../shared/cluster/messages/failure-messages.ts'
import { hostAround } from '../../../shared/cluster/messages/host-in.ts'
import { cite } from './cite.ts'
import type { SeenLog, Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** A line in which a program says that it could not reach or use something. Only a hint: logs can be wrong, or lie. */
export type LogFailure = {
  readonly kind: FailureKind
  /** As written: a name, a name with a namespace, or an address; '' when the line and those around it name none. */
  readonly host: string
  readonly port: number | undefined
  readonly line: string
  readonly log: SeenLog
  /** 0 is the last line of its log. */
  readonly fromEnd: number
  readonly times: number
}

export function failuresInLogs(snapshot: Snapshot, subject: Subject): readonly LogFailure[] {
  const names = new Set(subject.pods.map(({ name }) => name))
  const found = new Map<string, LogFailure>()
  for (const log of snapshot.logs.filter((one) => one.namespace === subject.namespace && names.has(one.pod))) {
    for (const [index, line] of log.lines.entries()) {
      const kind = failureIn(line)
      if (kind === undefined) continue
      const { host, port } = hostAround(log.lines, index, kind)
      const key = `${kind} ${host}:${port ?? ''}`
      const times = (found.get(key)?.times ?? 0) + 1
      found.set(key, { kind, host, port, line, log, fromEnd: log.lines.length - 1 - index, times })
    }
  }
  return [...found.values()].toSorted((a, b) => a.fromEnd - b.fromEnd)
}

/** A lookup that nobody answered, as opposed to one that was answered with "no such name". */
export const unanswered = ({ kind, line }: Pick<LogFailure, 'kind' | 'line'>): boolean =>
  kind === 'no-host' &&
  /timeout|timed out|EAI_AGAIN|temporary failure|server misbehaving|:53\b.*(refused|unreachable)/i.test(line)

export const citeFailure = (failure: LogFailure): readonly Citation[] => cite(failure.log, failure.line)
