import { createHmac } from 'node:crypto'
import type { KubeObject } from '../faults/kube-object.ts'
import { toObject } from './objects.ts'
import { base64, hasLongRun, hex, textWithin } from './packed-text.ts'
import { type PlainView, plainView } from './plain-view.ts'
import { hidePrivateKeys } from './private-keys.ts'
import { type Hide, redactValue } from './redact-value.ts'
import { isTrivial } from './secret-names.ts'
import { isKeyAlone } from './secret-prefixed.ts'
import type { Shape } from './secret-shape.ts'
import { shapes } from './secret-shapes.ts'
import { wordsFound } from './words-found.ts'

/** Logs are at most 1 MiB, one object at most 1.5 MiB: what is longer does not pass unseen, it does not pass. */
const MAX_TEXT = 4 * 1024 * 1024

export type Redactor = {
  readonly object: (object: KubeObject) => KubeObject
  readonly text: (text: string) => string
  /** Any JSON value: fields by their names, texts by what they look like. */
  readonly value: (value: unknown) => unknown
  /** How many values were hidden, by kind, since the redactor was made. */
  readonly counts: Record<string, number>
}
/**
 * The one point at which secrets are taken out. A value becomes `‹redacted:kind:ab12cd›`; the six digits are keyed, so
 * that equal values can be seen to be equal, and nothing can be tried against them without the key.
 */
/** Names of fields, kinds and objects come again and again: what was found to hold nothing is not looked at anew. */
const SHORT = 80
const MOST_HARMLESS = 4_000

export function createRedactor(options: { readonly key: Uint8Array | string }): Redactor {
  const { key } = options
  if (key.length < 16) throw new Error('The redaction key must have at least 16 bytes.')
  const counts: Record<string, number> = {}

  const hide: Hide = (kind, secret) => {
    counts[kind] = (counts[kind] ?? 0) + 1
    const digits = createHmac('sha256', key).update(secret.trim()).digest('hex').slice(0, 6)
    return `‹redacted:${kind}:${digits}›`
  }
  const harmless = new Set<string>()
  const text = (given: string): string => {
    if (given.length > SHORT) return redactText(given, hide)
    if (harmless.has(given)) return given
    const redacted = redactText(given, hide)
    if (redacted === given) {
      if (harmless.size >= MOST_HARMLESS) harmless.clear()
      harmless.add(given)
    }
    return redacted
  }
  const value = (given: unknown): unknown => redactValue(given, { hide, text })
  return {
    text,
    value,
    object(object) {
      const redacted = toObject(value(object), object)
      if (redacted === undefined) throw new Error(`${object.kind} lost its shape in redaction.`)
      return redacted
    },
    counts,
  }
}

/** What splits a token for us and is invisible, or gone, for whoever reads on: colours, zero-width and control characters. */
const invisible = new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[A-Za-z]|[^\\P{Cc}\\n\\r\\t]|\\p{Cf}`, 'gu')

/** Nothing invisible: what most texts are, and seen in one look. */
const plainly = /^[\x20-\x7e\n\t]*$/

function redactText(given: string, hide: Hide): string {
  if (given.length < 5) return given
  const cut =
    given.length > MAX_TEXT ? `${given.slice(0, MAX_TEXT)}‹cut: ${given.length - MAX_TEXT} characters›` : given
  const plain = hidePrivateKeys(plainly.test(cut) ? cut : cut.replace(invisible, ''), (secret) =>
    hide('private-key', secret),
  )
  return hideEncoded(hideShapes(plain, hide), hide)
}

/** As it is read, without escapes, and as it is written: what is found in the first stands at its place in the second. */
function hideShapes(text: string, hide: Hide): string {
  if (hintsIn(text.toLowerCase()).size === 0) return text
  const view = plainView(text)
  return view === undefined ? hideWritten(text, hide) : hideWritten(hideRead(text, view, hide), hide)
}

const hints = [...new Set(shapes.flatMap((shape) => shape.hints))]
const hintsIn = wordsFound(hints)
const shapesOf: readonly (readonly number[])[] = hints.map((hint) =>
  shapes.flatMap((shape, index) => (shape.hints.includes(hint) ? [index] : [])),
)
/** One look for all: the shapes of which a hint stands in the text, in their own order. Most texts hold few. */
function shapesFor(text: string): readonly Shape[] {
  const found = new Set<number>()
  for (const hint of hintsIn(text.toLowerCase())) for (const index of shapesOf[hint] ?? []) found.add(index)
  return [...found].sort((one, other) => one - other).flatMap((index) => shapes[index] ?? [])
}

type Span = { readonly from: number; readonly to: number; readonly kind: string; readonly secret: string }

function hideRead(text: string, view: PlainView, hide: Hide): string {
  const found = shapesFor(view.text)
    .flatMap((shape) => spansOf(view.text, shape))
    .sort((one, other) => one.from - other.from || other.to - one.to)
  let out = ''
  let at = 0
  for (const [index, { from, to, kind, secret }] of found.entries()) {
    const begin = view.from[from] ?? 0
    let end = view.to[to - 1] ?? 0
    // What reaches over the end of one that was taken already is taken to its own end.
    for (const later of found.slice(index + 1, index + 8))
      if (later.from < to && (view.to[later.to - 1] ?? 0) > end) end = view.to[later.to - 1] ?? end
    if (end <= at) continue
    out += text.slice(at, Math.max(at, begin)) + hide(kind, secret)
    at = end
  }
  return at === 0 ? text : out + text.slice(at)
}

function hideWritten(text: string, hide: Hide): string {
  return shapesFor(text).reduce((at, shape) => hideShape(at, shape, hide), text)
}

function spansOf(text: string, { pattern, parts, when, kind }: Shape): readonly Span[] {
  const spans: Span[] = []
  for (const match of text.matchAll(pattern)) {
    const group = match.findLastIndex((each) => each !== undefined)
    const secret = match[group]
    const span = match.indices?.[group]
    if (secret === undefined || span === undefined || when?.(secret, match) === false) continue
    if (parts === undefined) {
      spans.push({ from: span[0], to: span[1], kind, secret })
      continue
    }
    for (const part of secret.matchAll(parts)) {
      const inner = part.indices?.[1]
      if (part[1] === undefined || inner === undefined || part[1].includes('‹redacted:') || isTrivial(part[1])) continue
      spans.push({ from: span[0] + inner[0], to: span[0] + inner[1], kind, secret: part[1] })
    }
  }
  return spans
}

function hideShape(text: string, shape: Shape, hide: Hide): string {
  let out = ''
  let at = 0
  for (const { from, to, kind, secret } of spansOf(text, shape)) {
    out += text.slice(at, from) + hide(kind, secret)
    at = to
  }
  return at === 0 ? text : out + text.slice(at)
}

/** Looks into Base64, hex and what is packed in them, and once more into what it finds: a secret in there goes with all around it. */
function hideEncoded(text: string, hide: Hide, depth = 0): string {
  const decode = (token: string, encoding: 'base64' | 'hex'): string => {
    // Gzip, and Base64 of Base64 of gzip: how Helm keeps its releases, values and all.
    if (token.length >= 100 && /^(?:H4sI|SDRzSU)/.test(token)) return hide('helm-release', token)
    const inside = textWithin(token, encoding)
    if (inside === undefined) return token
    // What unfolds to more than anybody would read is not passed on unseen.
    if (inside === 'unread') return hide('packed', token)
    let found: string | undefined
    const note: Hide = (kind) => {
      found ??= kind
      return '‹›'
    }
    const shaped = hideShapes(
      hidePrivateKeys(inside, () => note('private-key', '')),
      note,
    )
    if (depth === 0 && found === undefined) hideEncoded(shaped, note, 1)
    return found === undefined ? token : hide(found, inside)
  }
  if (!hasLongRun(text)) return text
  const alone = (token: string, at: number): string => {
    const decoded = decode(token, 'base64')
    return decoded === token && isKeyAlone(token, text, at) && textWithin(token, 'base64') === undefined
      ? hide('key', token)
      : decoded
  }
  return text.replace(base64, alone).replace(hex, (token) => decode(token, 'hex'))
}
