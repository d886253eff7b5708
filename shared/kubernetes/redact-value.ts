import { isSecret, isTrivial, type Strength, strengthOf } from './secret-names.ts'

/** Puts a pseudonym in place of a secret. */
export type Hide = (kind: string, secret: string) => string
type Tools = { readonly hide: Hide; readonly text: (text: string) => string }
type Fields = Readonly<Record<string, unknown>>

/** Kubernetes' own limit for nesting is lower; deeper is somebody's trick. */
const MAX_DEPTH = 64
/** JSON within JSON within an annotation happens; more does not. */
const MAX_JSON_DEPTH = 3
const MAX_JSON = 1_600_000
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

export function redactValue(value: unknown, tools: Tools, depth = 0, json = 0): unknown {
  if (typeof value === 'string') return redactString(value, tools, json)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return '‹cut: too deep›'
  if (Array.isArray(value)) return redactList(value, tools, depth, json)
  const fields: Fields = Object.fromEntries(Object.entries(value))
  const secret = isSecretObject(fields)
  // Entries and not assignments: an object may have a key called `__proto__`.
  const result = Object.entries(fields).flatMap(([key, each]): [string, unknown][] => {
    // Who set which field, some values as names of fields: nobody is told anything by it.
    if (key === 'managedFields') return []
    if (secret && (key === 'data' || key === 'stringData')) return [[key, redactSecretData(each, key, tools)]]
    if (key === 'value' && typeof fields.name === 'string')
      return [[key, redactEnvironment(fields.name, each, tools, depth, json)]]
    if (key === 'items' && fields.kind === 'SecretList' && Array.isArray(each)) {
      const items = each.map((item) => (typeof item === 'object' ? { kind: 'Secret', ...item } : item))
      return [[key, items.map((item) => redactValue(item, tools, depth + 1, json))]]
    }
    return [[key, redactField(key, each, tools, depth, json)]]
  })
  return Object.fromEntries(result)
}

/** A list of one page does not say the kind of its items; a Secret without it is known by its type and data. */
const isSecretObject = (fields: Fields): boolean =>
  fields.kind === 'Secret' ||
  (fields.kind === undefined && 'data' in fields && typeof fields.type === 'string' && 'metadata' in fields)

function redactSecretData(data: unknown, field: string, { hide }: Tools): unknown {
  if (typeof data !== 'object' || data === null) return data === null ? null : hide('secret', String(data))
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      // Of the decoded value, so that it can be seen to equal one that stands in clear elsewhere.
      return [key, text === '' ? '' : hide('secret', field === 'data' ? decoded(text) : text)]
    }),
  )
}

function decoded(text: string): string {
  const inside = Buffer.from(text, 'base64').toString('utf8')
  return Buffer.from(inside).toString('base64') === text.replace(/\s/g, '') ? inside : text
}

function redactField(name: string, value: unknown, tools: Tools, depth: number, json: number): unknown {
  if (name === LAST_APPLIED && typeof value === 'string')
    return redactJson(value, tools, json) ?? tools.hide('last-applied', value)
  const strength = strengthOf(name)
  if (strength === undefined) return redactValue(value, tools, depth + 1, json)
  if (typeof value === 'string' && hides(strength, value)) return tools.hide(kindOf(strength), value)
  if (typeof value === 'number' && strength === 'strong') return tools.hide('password', String(value))
  return redactValue(value, tools, depth + 1, json)
}

/** In an environment a value is never the name of a thing, unless its variable says so. */
function redactEnvironment(name: string, value: unknown, tools: Tools, depth: number, json: number): unknown {
  const strength = strengthOf(name)
  if (typeof value !== 'string' || strength === undefined) return redactValue(value, tools, depth + 1, json)
  const hidden = strength === 'weak' ? isSecret('weak', value) : !isTrivial(value.trim()) && !isCount(name, value)
  return hidden ? tools.hide('env', value) : redactString(value, tools, json)
}

const isCount = (name: string, value: string): boolean => /tokens$/i.test(name) && /^\d+$/.test(value.trim())

/** A value of several lines under such a name is a file: only its lines that look secret are. Except when it is called a password. */
function hides(strength: Strength, value: string): boolean {
  if (strength !== 'strong' && (value.includes('\n') || value.trimStart().startsWith('{'))) return false
  return isSecret(strength, value)
}

const kindOf = (strength: Strength): string => (strength === 'strong' ? 'password' : 'value')

/** Command lines: the value of `--password` is the next entry. */
function redactList(list: readonly unknown[], tools: Tools, depth: number, json: number): unknown {
  return list.map((each, at) => {
    const before = list[at - 1]
    if (
      typeof each === 'string' &&
      typeof before === 'string' &&
      /^--?[\w-]{2,60}$/.test(before) &&
      !each.startsWith('-')
    ) {
      const strength = strengthOf(before.replace(/^-+/, ''))
      if (strength !== undefined && hides(strength === 'medium' ? 'strong' : strength, each))
        return tools.hide('argument', each)
    }
    return redactValue(each, tools, depth + 1, json)
  })
}

function redactString(value: string, tools: Tools, json: number): string {
  return redactJson(value, tools, json) ?? tools.text(value)
}

/** JSON in a text, by its fields; as it was when nothing in it is secret. Undefined when it is no JSON object or list. */
function redactJson(value: string, tools: Tools, json: number): string | undefined {
  if (json >= MAX_JSON_DEPTH || value.length > MAX_JSON || !/^\s*[{[]/.test(value)) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch {
    return undefined
  }
  const before = JSON.stringify(parsed)
  const after = JSON.stringify(redactValue(parsed, tools, 0, json + 1))
  return tools.text(after === before ? value : after)
}
