import type { Remedy, Verdict } from '../../shared/artifacts/verdict.ts'
import { clean } from '../journal/render.ts'

/** Addresses and snapshots: a reader would be led away, or a viewer would fetch them and so tell what stands in them. */
const addresses = /!?\[([^\]\n]{0,200})\]\([^)\s]{0,2000}\)|\b(?:https?|ftp|wss?|data|javascript):[^\s"'<>)\]]+/gi
/** A model's words as they may stand in a report. */
export const safeText = (text: string): string =>
  clean(text).replace(addresses, (_, words: string | undefined) => (words === undefined ? '‹address›' : words))

/** Each text in it by the same door. Quotes must stay as they stand in the journal, which redacted them already. */
export function safeTexts<T extends Partial<Verdict>>(verdict: T, redact: (text: string) => string): T {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return key === 'quote' ? value : redact(safeText(value))
    if (Array.isArray(value)) return value.map((item) => walk(item, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]))
  }
  return Object.assign({}, verdict, walk(verdict, ''))
}

const reading = new Set(['get', 'describe', 'logs', 'top', 'events', 'explain', 'auth'])
const changing = new Set([
  'set',
  'scale',
  'patch',
  'label',
  'annotate',
  'edit',
  'cordon',
  'uncordon',
  'taint',
  'apply',
  'create',
  'autoscale',
])
/** What stands behind these is their value, also before the verb. */
const takesNext = new Set([
  ...['-n', '--namespace', '-c', '--container', '--containers', '-l', '--selector', '--field-selector'],
  ...['--replicas', '--current-replicas', '--resource-version', '--to-revision', '--timeout', '--subresource'],
  ...['--type', '-p', '--patch', '--patch-file', '-f', '--filename', '-k', '--kustomize', '-o', '--output'],
  ...['--min', '--max', '--cpu-percent', '--name', '--limits', '--requests', '-e', '--env', '--from', '--keys'],
  ...['--prefix', '--field-manager', '--dry-run', '--tail', '--since'],
])
const flag = /^-{1,2}[A-Za-z][\w-]*(=.*)?$/

/**
 * A command of a model is shown only when it is one plain kubectl call that reads, or changes one thing and can be taken
 * back. Whether it changes state is said by code, whatever the model said.
 */
export function safeRemedy(remedy: Remedy): Remedy {
  const { command, ...rest } = remedy
  const kind = command === undefined ? undefined : kindOf(command)
  if (command === undefined || kind === undefined)
    return { ...rest, changesState: remedy.changesState || command !== undefined }
  return { ...rest, command: command.trim(), changesState: kind === 'changes' }
}

/** Verbs whose next word says what of it. */
const withPart = new Set(['rollout', 'set'])
const making = new Set(['create', 'apply'])
/** Every object of a kind, or whatever a selector finds: nobody read them one by one. */
const many = /^(--all|-A|--all-namespaces|-l|--selector|--field-selector)(=.*)?$/

/** A command that would change an object which nobody read is a guess: its title stays, and it goes. */
export function onKnown(remedy: Remedy, read: readonly string[]): Remedy {
  const { command, ...rest } = remedy
  if (command === undefined || !remedy.changesState) return remedy
  const words = wordsOf(command).slice(1)
  const [verb = '', ...after] = plainWords(words)
  if (making.has(verb)) return remedy
  if (words.some((word) => many.test(word))) return rest
  const names = namesIn(verb, withPart.has(verb) ? after.slice(1) : after)
  return names.length > 0 && names.every((name) => read.some((text) => speaksOf(text, name))) ? remedy : rest
}

/** What stands where objects do: `TYPE NAME…`, `TYPE/NAME…`, or, of nodes, names alone. `a=b` and `a-` set and remove. */
function namesIn(verb: string, words: readonly string[]): readonly string[] {
  const typed = words[0]?.includes('/') === true || /cordon$/.test(verb) ? words : words.slice(1)
  return typed
    .filter((word) => !word.includes('=') && !word.endsWith('-'))
    .map((word) => word.slice(word.indexOf('/') + 1))
}

/** As a name, or as the beginning of one that was made from it. */
const speaksOf = (text: string, name: string): boolean =>
  name !== '' && new RegExp(`(?<![\\w.-])${name.replace(/[^\w-]/g, '\\$&')}(?![A-Za-z0-9])`).test(text)

/** As a shell would part them, without their quotes: what stands within these is one word. */
const wordsOf = (command: string): readonly string[] =>
  (command.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? []).map((word) => word.replace(/["']/g, ''))
const plainWords = (words: readonly string[]): readonly string[] =>
  words.filter((word, at) => !flag.test(word) && !takesNext.has(words[at - 1] ?? ''))

function kindOf(command: string): 'reads' | 'changes' | undefined {
  if (command.length > 500 || /[;&|<>`$\n\r\\]|\(\)|https?:/.test(command)) return undefined
  const [program, ...words] = wordsOf(command)
  if (program !== 'kubectl') return undefined
  const verbs = plainWords(words)
  const [verb = '', second = ''] = verbs
  if (words.some((word) => /^--(raw|kubeconfig|server|token|as|as-group|context|force|grace-period|user)\b/.test(word)))
    return undefined
  if (/secret/i.test(words.join(' ')) && /-o|--output/.test(words.join(' '))) return undefined
  if (verb === 'rollout')
    return second === 'undo' || second === 'restart'
      ? 'changes'
      : /^(status|history)$/.test(second)
        ? 'reads'
        : undefined
  if (reading.has(verb)) return 'reads'
  return changing.has(verb) ? 'changes' : undefined
}
