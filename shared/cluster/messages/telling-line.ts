import { failureIn } from './failure-messages.ts'

const fatal =
  /\b(?:fatal|panic|emerg|critical|uncaught|unhandled|\w*(?:Error|Exception)|traceback|segfault|sigsegv|abort(?:ed|ing)?|cannot|could not|failed|failure|unable|error|invalid|unrecogni[sz]ed|denied|refused|exiting)\b|^(?:\S+Z )?F\d{4} /i
const gravest = /fatal|panic|emerg|uncaught|unhandled|Error:|Exception/
const quiet = /\b(?:info|debug|trace)\b|level["=: ]+"?(?:info|debug|trace)/i
const stack = /^\s+(?:at |in |File ")|^\s*\^|^goroutine |^\t/
/** `Store Exception: `, `Caused by:`: it says that something comes, and not what. */
const heading = /^[^:]{0,80}:\s*\.?\s*$/

/** Whether a line says something of the end, and is no part of a stack and no heading of what follows. */
export function isTelling(line: string): boolean {
  if (stack.test(line) || heading.test(line)) return false
  if (quiet.test(line) && !/error|fail|exception/i.test(line)) return false
  return fatal.test(line) || failureIn(line) !== undefined
}

/** Of lines with the newest first: the one that says most about the end. */
export function tellingLine<T>(lines: readonly T[], textOf: (line: T) => string): T | undefined {
  const telling = lines.filter((line) => isTelling(textOf(line)))
  return telling.find((line) => gravest.test(textOf(line))) ?? telling[0]
}
