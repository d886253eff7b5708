import { written } from '../../runtime/written.ts'

/** `2026-01-12T09:40:30.5Z stderr F `: what container runtimes put before each line (CRI log format, v1). */
const runtimePrefix = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] /
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours are such characters.
const colours = /\u001b\[[0-9;]*m/g
/** curl's meter has no end of its own: what curl says stands right behind its last column. */
const meter = /^[\s\d.kMG:-]*--:--:--\s+\d+[kMG]?(?=\D)/
/** A log line that is longer is data. */
const MAX_STRUCTURED = 32_768

const messageKeys = ['msg', 'message', '@message', '@m', 'log', 'text', 'event', 'textPayload', 'body']
const errorKeys = ['error', 'err', 'exception', 'cause', 'reason', 'detail', 'exc_info', 'error.message']
const placeKeys = ['addr', 'address', 'host', 'server', 'url', 'target', 'endpoint', 'upstream', 'peer', 'broker']
/** What the message is about, which its sentence then leaves out. */
const subjectKeys = ['name', 'key', 'variable', 'env', 'option', 'field', 'path', 'file', 'filename', 'topic', 'table']
const levelKeys = ['level', 'lvl', 'severity', 'levelname', '@l', 'loglevel', 'log.level']
/** pino and bunyan count in tens: 30 is info, and everything above it is worth a look. */
const QUIET_NUMBER = 30

/**
 * What a program says in a line, without what its logger and the runtime put around it: JSON, logfmt, CRI, colours and
 * what carriage returns overwrite. A quiet line (info, debug, trace) stays as it is, so that its level can be seen.
 */
export function readableLine(raw: string): string {
  const line = overwritten(raw.replace(colours, '')).replace(runtimePrefix, '').replace(meter, '')
  if (line.length > MAX_STRUCTURED) return line
  const fields = jsonFields(line) ?? logfmtFields(line)
  if (fields === undefined || isQuiet(fields)) return line
  const message = textIn(fields, messageKeys)
  const error = textIn(fields, errorKeys)
  const said = [message, error].filter((one, index, all) => one !== '' && !all[index - 1]?.includes(one))
  if (said.length === 0) return line
  const sentence = said.join(': ')
  const about = [
    ...subjectKeys.map((key) => [key, textIn(fields, [key])] as const),
    ['host', textIn(fields, placeKeys)] as const,
  ].filter(([, value]) => value !== '' && value.length < 200 && !sentence.includes(value))
  return about.length === 0 ? sentence : `${sentence} (${about.map(([key, value]) => `${key}: ${value}`).join(', ')})`
}

/** As a terminal shows it: a carriage return begins the line anew. */
function overwritten(line: string): string {
  if (!line.includes('\r')) return line
  return line.split('\r').findLast((piece) => piece.trim() !== '') ?? ''
}

type Fields = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function jsonFields(line: string): Fields | undefined {
  const text = line.trim()
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value)) return undefined
    // Rust's tracing and some wrappers keep what is said one level below.
    return isRecord(value.fields) ? { ...value, ...value.fields } : value
  } catch {
    return undefined
  }
}

const pair = /(?:^|\s)([A-Za-z_@][\w.@-]{0,40})=("(?:[^"\\]|\\.)*"|[^\s"]*)/g
function logfmtFields(line: string): Fields | undefined {
  const pairs = [...line.matchAll(pair)].map(([, key = '', value = '']) => [key, unquoted(value)] as const)
  const fields = Object.fromEntries(pairs)
  // A sentence may hold one `a=b`; a logger says how grave it is, or calls what it says by its name.
  return pairs.length >= 2 && [...levelKeys, 'msg'].some((key) => key in fields) ? fields : undefined
}
function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value.slice(1, -1)
  }
}

function isQuiet(fields: Fields): boolean {
  const level = levelKeys.map((key) => fields[key]).find((one) => one !== undefined)
  if (typeof level === 'number') return level <= QUIET_NUMBER
  return /^(info|debug|trace|notice|information|verbose)/i.test(written(level))
}

function textIn(fields: Fields, keys: readonly string[]): string {
  for (const key of keys) {
    const value = fields[key]
    if (typeof value === 'string' && value.trim() !== '') return value.trim().split('\n')[0] ?? ''
    if (isRecord(value)) {
      const inner = textIn(value, ['message', 'msg', 'stack', 'name', 'code'])
      if (inner !== '') return inner
    }
  }
  return ''
}
