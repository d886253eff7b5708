import { Severity } from '../faults/fault.ts'
import { written } from '../runtime/written.ts'

type Loose = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const critical = new Set([
  'critical',
  'crit',
  'error',
  'err',
  'fatal',
  'high',
  'severe',
  'alert',
  'emergency',
  'emerg',
  'panic',
])
const info = new Set(['info', 'information', 'informational', 'low', 'notice', 'normal', 'debug', 'none'])

/** Numbers and truth values where texts belong are that text. */
const textual = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
const TEXTS = ['subscriptionId', 'cluster', 'faultId', 'faultType', 'context', 'node', 'container', 'image'] as const
/** Without these a fault is still a fault. */
const OPTIONAL = ['subscriptionId', 'cluster', 'context', 'owner', 'node', 'container', 'image', 'resolved'] as const

/**
 * What a server meant, in the form the schema knows: null is absent, severities and times have many spellings. What
 * cannot be made out is replaced, with a note in the fault's own context, so that nobody takes it for the server's word.
 */
export function lenientNotice(data: unknown, receivedAt: string): Loose | undefined {
  const given = isObject(data) ? data : fromText(data)
  if (given === undefined) return undefined
  const notes: string[] = []
  const fault: Record<string, unknown> = withoutNulls(given)
  for (const key of TEXTS) if (key in fault) fault[key] = textual(fault[key])
  for (const key of ['resource', 'owner'])
    if (isObject(fault[key]))
      fault[key] = Object.fromEntries(
        Object.entries(withoutNulls(fault[key])).map(([name, one]) => [name, textual(one)]),
      )
  if (typeof fault.resolved === 'string') fault.resolved = fault.resolved.toLowerCase() === 'true'

  const severity = severityOf(fault.severity)
  if (severity === undefined) notes.push(`severity ${shown(fault.severity)} is not known here, taken as warning`)
  fault.severity = severity ?? 'warning'
  const time = timeOf(fault.timestamp)
  if (time === undefined)
    notes.push(`timestamp ${shown(fault.timestamp)} cannot be read, the time of arrival stands for it`)
  fault.timestamp = time ?? receivedAt
  if (isObject(fault.context)) fault.context = JSON.stringify(fault.context)
  if (fault.faultId === undefined && isObject(fault.resource)) {
    const { kind, namespace, name, uid } = fault.resource
    fault.faultId =
      `${written(fault.faultType)}/${written(uid ?? `${written(kind)}/${written(namespace)}/${written(name)}`)}`.slice(
        0,
        200,
      )
  }
  if (notes.length > 0)
    fault.context = [typeof fault.context === 'string' ? fault.context : '', `[${notes.join('; ')}]`]
      .filter(Boolean)
      .join(' ')
  return fault
}

/** Leaves out what has a form that nothing can be made of, where a fault is one without it. */
export function withoutFields(fault: Loose, wrong: readonly PropertyKey[]): Loose {
  const left = Object.entries(fault).filter(([key]) => !wrong.includes(key) || !OPTIONAL.some((one) => one === key))
  return Object.fromEntries(left)
}

function severityOf(value: unknown): Severity | undefined {
  const word = written(value).trim().toLowerCase()
  const known = Severity.safeParse(word)
  if (known.success) return known.data
  if (critical.has(word)) return 'critical'
  if (info.has(word)) return 'info'
  return /^(warn|medium|moderate|minor|major)/.test(word) ? 'warning' : undefined
}

/** Seconds, milliseconds, micro- or nanoseconds since 1970 differ by a thousand; years from 2001 to 5138 in each. */
const SECONDS = 1e11
/** ISO 8601 with a zone, without one (then UTC), with a blank; Go's and RFC 2822's forms; numbers since 1970. */
function timeOf(value: unknown): string | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,20}(\.\d+)?$/.test(value.trim()))) {
    let ms = Number(value) * (Number(value) < SECONDS ? 1_000 : 1)
    while (ms > SECONDS * 1_000) ms /= 1_000
    return iso(ms)
  }
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  const parts =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)([.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?( [A-Z]{2,5})?( m=.*)?$/i.exec(
      text,
    )
  if (parts === null) return iso(Date.parse(text))
  const [, day = '', clock = '', fraction = '', zone = 'Z'] = parts
  const offset = /^[+-]/.test(zone) ? zone.replace(/^(...)(..)$/, '$1:$2') : 'Z'
  return iso(Date.parse(`${day}T${clock}${fraction.replace(',', '.').slice(0, 4)}${offset}`))
}
const iso = (ms: number): string | undefined =>
  Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms).toISOString() : undefined

function fromText(data: unknown): Loose | undefined {
  if (typeof data !== 'string' || !data.trimStart().startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(data)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
const withoutNulls = (value: Loose): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null))
/** Escaped characters would stand in it as words, which nothing takes out later. */
const shown = (value: unknown): string =>
  (
    JSON.stringify(value, (_, one) => (typeof one === 'string' ? one.replace(/[^\P{C}\n\t]/gu, ' ') : one)) ??
    'that is missing'
  ).slice(0, 60)
