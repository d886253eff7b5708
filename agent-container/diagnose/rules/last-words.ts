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

const fatal =
  /\b(fatal|panic|emerg|critical|uncaught|unhandled|\w*(?:Error|Exception)|traceback|segfault|sigsegv|abort(ed|ing)?|cannot|could not|failed|failure|unable|error|invalid|unrecogni[sz]ed|denied|refused|exiting)\b|^(?:\S+Z )?F\d{4} /i
const quiet = /\b(info|debug|trace)\b|level["=: ]+"?(info|debug|trace)/i
const stack = /^\s+(at |in |File ")|^\s*\^|^goroutine |^\t/

/** The line that says most about the end: the last one of trouble that is no part of a stack. */
export function lastWords(lines: readonly LogLine[]): LogLine | undefined {
  const telling = lines.filter(
    ({ line }) => fatal.test(line) && !stack.test(line) && !(quiet.test(line) && !/error|fail|exception/i.test(line)),
  )
  return telling.find(({ line }) => /fatal|panic|emerg|uncaught|unhandled|Error:|Exception/.test(line)) ?? telling[0]
}
