import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'

type Issue = z.core.$ZodIssue

/** One line for each thing that is wrong: `clusters[2].triage.kubeconfig: is required …`. Values are never quoted. */
export function describeIssues(error: z.ZodError, schema: z.ZodType, input: unknown): readonly string[] {
  return error.issues.flatMap((issue) => describe(issue, schema, input))
}

export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('')
}

/** `wrong` when nothing is near enough to be meant. */
function nearest(wrong: string, right: readonly string[]): string | undefined {
  if (right.length === 0) return undefined
  const found = closest(wrong.toLowerCase(), [...right])
  return distance(wrong.toLowerCase(), found) <= Math.max(2, Math.floor(wrong.length / 3)) ? found : undefined
}

function describe(issue: Issue, schema: z.ZodType, input: unknown): readonly string[] {
  const where = pathText(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    return issue.keys.map((key) => `${pathText([...issue.path, key.slice(0, 100)])}: ${unknownKey(key, known)}`)
  }
  return [`${where || 'the file'}: ${message(issue, valueAt(input, issue.path))}`]
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return `is not a known key. ${meant === undefined ? `Known here: ${known.join(', ')}` : `Did you mean ${meant}?`}`
}

function message(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is required'
      if (value === null) return `is empty; it must be ${described(issue.expected)}`
      return issue.expected === 'string' && typeof value !== 'object'
        ? 'must be text: put it in quotes'
        : `must be ${described(issue.expected)}`
    case 'invalid_value':
      if (value === undefined) return `is required: one of ${issue.values.map(String).join(', ')}`
      return `must be one of ${issue.values.map((each) => (each === '' ? '""' : String(each))).join(', ')}`
    case 'invalid_key':
      return `its name ${issue.issues[0]?.message ?? 'is wrong'}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    default:
      return issue.message
  }
}

const unit = (origin: string): string =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' entries long' : ''

const words: Readonly<Record<string, string>> = {
  object: 'a group of keys',
  record: 'a group of keys',
  array: 'a list',
  boolean: 'true or false',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
}
const described = (expected: string): string => words[expected] ?? expected

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined),
    input,
  )
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = bare(schema)
  for (const part of path) {
    if (at instanceof z.ZodArray) at = bare(at.element)
    else if (at instanceof z.ZodObject) at = bare(at.shape[String(part)])
    else return []
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

/** Without what only says that a value may be left out. */
function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? bare(schema.unwrap())
    : schema
}
