import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { AccessRule } from './access.ts'
import type { Logs } from './logs.ts'
import { parseObjects, type SimObject, unfold } from './objects.ts'
import { Repeat, repeatedLines, repeatedObjects } from './repeat.ts'
import { shiftSchedule } from './shift-schedule.ts'
import { type Shift, shiftBetween, shiftText, shiftValue } from './shift-time.ts'
import type { Ref } from './store.ts'

const namespace = z
  .string()
  .nullish()
  .transform((text) => text ?? '')
const Named = z.looseObject({ kind: z.string(), namespace, name: z.string() })
/** Without a class any mechanism is right. */
const ExpectedCause = Named.extend({ class: z.string().optional() })
const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const OutcomeWord = z.enum(['cause', 'likely', 'inconclusive', 'none'])
/** What a right answer looks like. `rootCause: null` says that there is none to find. */
export const Expect = z.looseObject({
  rootCause: ExpectedCause.nullish(),
  rootCauses: z.array(ExpectedCause).optional(),
  mustMention: texts.default([]),
  mustNotMention: texts.default([]),
  /** `Kind/namespace/name`; `Kind//name` when cluster-scoped. */
  mustNotBlame: texts.default([]),
  /** One word, or several of which each is right. */
  outcome: z
    .union([OutcomeWord, z.array(OutcomeWord).min(1)])
    .transform((value) => [value].flat())
    .optional(),
  /** `none`: nobody is woken at all, a verdict that says so is not enough. */
  incident: z.literal('none').optional(),
  trigger: Named.optional(),
})
export type Expect = z.infer<typeof Expect>

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const Delay = z
  .union([z.number(), z.string().regex(/^(\d+(\.\d+)?(ms|s|m|h)?)+$/, 'must be a time such as 500ms, 3s or 1m30s')])
  .transform((value) =>
    [...String(value).matchAll(/([\d.]+)(ms|s|m|h)?/g)].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? 's'] ?? 1_000),
      0,
    ),
  )
const RemovedRef = z.union([
  z.string().transform((text, context): Ref => {
    const parts = text.split('/')
    const [kind = '', namespace = '', name = ''] = parts.length === 2 ? [parts[0], '', parts[1]] : parts
    if (kind === '' || name === '') context.addIssue('must be Kind/namespace/name')
    return namespace === '' ? { kind, name } : { kind, namespace, name }
  }),
  z
    .looseObject({ kind: z.string(), namespace: z.string().optional(), name: z.string().optional() })
    .transform((value, context): Ref => {
      const metadata = z.looseObject({ name: z.string(), namespace: z.string().optional() }).safeParse(value.metadata)
      const name = value.name ?? metadata.data?.name
      const namespace = value.namespace ?? metadata.data?.namespace
      if (name === undefined) context.addIssue('needs a name')
      return { kind: value.kind, name: name ?? '', ...(namespace === undefined ? {} : { namespace }) }
    }),
])
const Changes = z.array(
  z.looseObject({
    at: Delay,
    apply: z.unknown().optional(),
    delete: z.union([z.array(RemovedRef), RemovedRef.transform((one) => [one])]).optional(),
  }),
)
type TimedChange = { readonly at: number; readonly apply: SimObject[]; readonly remove: readonly Ref[] }

/** A folder as it was written: nothing is shifted yet. */
export type Scenario = {
  readonly name: string
  readonly folder: string
  readonly pictureNow: Date
  readonly kubernetes: string
  readonly objects: readonly SimObject[]
  readonly logs: Logs
  readonly access: readonly AccessRule[]
  readonly changes: readonly TimedChange[]
  readonly expect: Expect | undefined
}

const DEFAULT_VERSION = 'v1.33.4'

/** A wrong folder is refused in one sentence that begins with the path of what is wrong. */
export function readScenario(folder: string, name = basename(folder.replace(/[/\\]+$/, ''))): Scenario {
  const path = join(folder, 'cluster.yaml')
  const text = optionalText(path)
  if (text === undefined) throw new Error(`${path}: there is no such file; a scenario is a folder with a cluster.yaml.`)
  const { pictureNow, kubernetes } = readHeader(text, path)
  const repeat = optional(join(folder, 'repeat.yaml'), Repeat) ?? { objects: [], logs: [] }
  return {
    name,
    folder,
    pictureNow,
    kubernetes: kubernetes ?? DEFAULT_VERSION,
    objects: [
      ...backdropOf(text, path, pictureNow),
      ...parseObjects(text, path),
      ...repeatedObjects(repeat, join(folder, 'repeat.yaml')),
    ],
    logs: withLines(readLogs(join(folder, 'logs')), repeat),
    access: optional(join(folder, 'access.yaml'), z.array(AccessRule).nullable()) ?? [],
    changes: readChanges(join(folder, 'changes.yaml')),
    expect: optional(join(folder, 'expect.yaml'), Expect) ?? undefined,
  }
}

function readHeader(text: string, path: string) {
  const [first = ''] = text.split('\n', 1)
  const header = /^#\s*Picture taken at\s+(\S+?)\s*(?:;\s*Kubernetes\s+(\S+?))?\s*$/i.exec(first)
  const pictureNow = new Date(header?.[1] ?? Number.NaN)
  if (Number.isNaN(pictureNow.getTime()))
    throw new Error(
      `${path}: the first line must read "# Picture taken at 2026-01-12T09:41:00Z; Kubernetes v1.33.4", not "${first.slice(0, 100)}".`,
    )
  return { pictureNow, kubernetes: header?.[2] }
}

const backdrops = new Map<string, readonly SimObject[]>()
/** `# Backdrop: <path>` on the second line: a healthy cluster of the same moment, into which the objects are put. */
function backdropOf(text: string, path: string, pictureNow: Date): readonly SimObject[] {
  const [, line = ''] = text.split('\n', 2)
  const named = /^#\s*Backdrop:\s*(\S+)\s*$/.exec(line)?.[1]
  if (named === undefined) return []
  const file = join(dirname(path), named)
  const backdrop = optionalText(file)
  if (backdrop === undefined) throw new Error(`${path}: the backdrop ${file} is no file.`)
  if (readHeader(backdrop, file).pictureNow.getTime() !== pictureNow.getTime())
    throw new Error(`${path}: the backdrop ${file} shows another moment.`)
  const known = backdrops.get(file) ?? parseObjects(backdrop, file)
  backdrops.set(file, known)
  return known
}

function withLines(logs: Logs, repeat: z.infer<typeof Repeat>): Logs {
  const keys = new Set([...logs.keys(), ...repeat.logs.map(({ log }) => log)])
  return new Map([...keys].map((key) => [key, repeatedLines(repeat, key) + (logs.get(key) ?? '')]))
}

function optionalText(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : undefined
}

function optional<T>(path: string, schema: z.ZodType<T>): T | undefined {
  const text = optionalText(path)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new Error(`${path}: is no YAML: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Error(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
}

function readChanges(path: string): TimedChange[] {
  const changes = optional(path, Changes.nullable()) ?? []
  return changes
    .map((change, index) => ({
      at: change.at,
      apply:
        typeof change.apply === 'string'
          ? parseObjects(change.apply, `${path}: [${index}].apply`)
          : unfold(change.apply, `${path}: [${index}].apply`),
      remove: change.delete ?? [],
    }))
    .sort((one, other) => one.at - other.at)
}

function readLogs(folder: string): Logs {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return new Map()
  const logs = new Map<string, string>()
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.log')) continue
    const parts = file.split(sep)
    if (parts.length !== 3)
      throw new Error(`${join(folder, file)}: a log belongs at logs/<namespace>/<pod>/<container>.log.`)
    logs.set(parts.join('/').replace(/\.log$/, ''), readFileSync(join(folder, file), 'utf8'))
  }
  return logs
}

/** A copy of objects with every time in them moved, and the wall clock of CronJobs with it. */
export const shiftObjects = (objects: readonly SimObject[], shift: Shift): SimObject[] =>
  objects.map((written) => {
    const object = shiftValue(written, shift)
    if (object.kind !== 'CronJob' || typeof object.spec?.schedule !== 'string') return object
    return { ...object, spec: { ...object.spec, schedule: shiftSchedule(object.spec.schedule, shift.seconds) } }
  })

/** The same scenario with its picture's now moved to `present`, except `changes`: those move when they begin. */
export function shifted(scenario: Scenario, present: Date): Scenario {
  const shift: Shift = shiftBetween(scenario.pictureNow, present)
  return {
    ...scenario,
    objects: shiftObjects(scenario.objects, shift),
    logs: new Map([...scenario.logs].map(([key, text]) => [key, shiftText(text, shift)])),
  }
}
