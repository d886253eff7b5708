import { own } from '../../shared/runtime/own.ts'

/** Lists of a verdict, which models also hand in as JSON in a string, as one object, or as null. */
const lists = new Set([
  'rootCauses',
  'hypotheses',
  'facts',
  'inferences',
  'gaps',
  'remedies',
  'prevention',
  'evidence',
  'refutes',
  'for',
  'against',
  'confidenceReasons',
])
const long: Readonly<Record<string, number>> = { quote: 1000, command: 1000, value: 1000, class: 60, id: 10 }
const LONGEST = 600
const MOST = {
  rootCauses: 10,
  hypotheses: 20,
  facts: 60,
  inferences: 30,
  gaps: 30,
  remedies: 6,
  prevention: 3,
} as const
const most = (key: string): number =>
  key in MOST ? MOST[key as keyof typeof MOST] : key === 'confidenceReasons' ? 10 : 20
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  outcome: {
    'cause found': 'cause',
    certain: 'cause',
    confirmed: 'cause',
    'likely cause': 'likely',
    probable: 'likely',
    contested: 'likely',
    unknown: 'inconclusive',
    unclear: 'inconclusive',
    healthy: 'none',
    'no fault': 'none',
  },
  confidence: { certain: 'high', sure: 'high', likely: 'medium', moderate: 'medium', unsure: 'low' },
}

/**
 * The small errors of form that models make in a verdict, put right in code: it is the content that a refusal should be
 * about. JSON in strings and in fences is read, null is absent, words keep their meaning whatever their case, long texts
 * are cut, lists are cut to what a verdict holds, a citation may be written as `e7: the line`.
 */
export function mended(given: unknown): unknown {
  const value = typeof given === 'string' ? jsonOf(given) : given
  return walk(value, '', 0)
}

function walk(value: unknown, key: string, depth: number): unknown {
  if (depth > 12) return undefined
  if (lists.has(key))
    return listOf(value)
      .slice(0, most(key))
      .flatMap((item) => itemOf(item, key, depth + 1))
  if (value === null || value === undefined) return undefined
  if (typeof value === 'string') return textOf(value, key)
  if (typeof value === 'number') return numberOf(value, key)
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((item) => walk(item, '', depth + 1))
  if (typeof value !== 'object') return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const put = walk(item, name, depth + 1)
      return put === undefined ? [] : [[name, put]]
    }),
  )
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (value === null || value === undefined || value === '') return []
  if (typeof value !== 'string') return [value]
  const parsed = /^\s*[[{`]/.test(value) ? jsonOf(value) : undefined
  return parsed === undefined || typeof parsed === 'string' ? [value] : listOf(parsed)
}

const citing = new Set(['evidence', 'refutes', 'for', 'against'])
function itemOf(item: unknown, key: string, depth: number): readonly unknown[] {
  if (item === null || item === undefined) return []
  if (typeof item === 'string') {
    const parsed = /^\s*\{/.test(item) ? jsonOf(item) : undefined
    if (typeof parsed === 'object') return itemOf(parsed, key, depth)
    if (key === 'prevention' || key === 'confidenceReasons') return [cut(item, LONGEST)]
    const cited = /^\W*(e\d{1,4})\W+(.+)$/s.exec(item)
    if (citing.has(key)) return cited === null ? [] : [{ id: cited[1], quote: cut(cited[2] ?? '', 1000) }]
    if (key === 'gaps') return [{ what: cut(item, LONGEST) }]
    if (key === 'remedies') return [{ title: cut(item, LONGEST) }]
    if (key === 'facts' || key === 'inferences' || key === 'hypotheses')
      return [{ text: cut(item, LONGEST), evidence: [] }]
    return []
  }
  const put = walk(item, '', depth)
  return put === undefined ? [] : [put]
}

function textOf(value: string, key: string): unknown {
  const known = own(words, key)
  if (known !== undefined || key === 'state') {
    const plain = value.trim().toLowerCase().replace(/[_-]+/g, ' ')
    return known?.[plain] ?? plain
  }
  if ((key === 'changesState' || key === 'absent') && /^(true|false)$/i.test(value.trim())) return /true/i.test(value)
  return cut(value, own(long, key) ?? LONGEST)
}
/** A confidence as a share of one, or of a hundred. */
function numberOf(value: number, key: string): unknown {
  if (key !== 'confidence') return String(value)
  const share = value > 1 ? value / 100 : value
  return share >= 0.8 ? 'high' : share >= 0.5 ? 'medium' : 'low'
}

/** Never between the two halves of one character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = /[\ud800-\udbff]/.test(text[most - 2] ?? '') ? most - 2 : most - 1
  return `${text.slice(0, end)}…`
}

function jsonOf(text: string): unknown {
  const body = /^\s*```(?:json)?\s*([\s\S]*?)```\s*$/.exec(text)?.[1] ?? text
  try {
    return JSON.parse(body)
  } catch {
    return text
  }
}
