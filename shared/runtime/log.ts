import { type Logger, pino } from 'pino'

/** pino's shape, so that fields come first and the sentence last. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Where lines go: the invocation's own log in Azure, standard error locally. `level` is pino's word for it. */
export type LogSink = (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void

/** Field names whose values never belong in a log, wherever somebody puts them. */
const secretFields = [
  'authorization',
  'token',
  'apiKey',
  'kubeconfig',
  'password',
  'secret',
  '*.authorization',
  '*.token',
  '*.apiKey',
  '*.kubeconfig',
  '*.password',
  '*.secret',
]

export function createLog(level: string, sink: LogSink, bindings: Readonly<Record<string, string>> = {}): Log {
  const names: Readonly<Record<number, 'debug' | 'info' | 'warn' | 'error'>> = {
    10: 'debug',
    20: 'debug',
    30: 'info',
    40: 'warn',
    50: 'error',
    60: 'error',
  }
  const stream = {
    write(line: string) {
      const at = /"level":(\d+)/.exec(line)?.[1]
      sink(names[Number(at)] ?? 'info', line.trimEnd())
    },
  }
  return pino(
    {
      level,
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields, censor: '‹redacted›' },
    },
    stream,
  )
}
