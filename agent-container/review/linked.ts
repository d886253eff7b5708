import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { Culprit } from '../../shared/artifacts/verdict.ts'
import { documentsOf, isHearsay } from './documents.ts'

/** From a caller over an address, its route and that route's controller to what configures it: more would connect anything. */
const MOST_STEPS = 4
/** Shorter names are words of every file. */
const SHORTEST = 4

type Read = {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Words of what stands in its fields, whole and in their parts. */
  readonly values: ReadonlySet<string>
  readonly addresses: ReadonlySet<string>
  /** Keys of its own labels, by which others may choose it. */
  readonly marks: ReadonlySet<string>
  /** Its labels and those of its pods, and what it selects, as lines. */
  readonly labels: ReadonlySet<string>
  readonly selected: readonly string[]
}

/** Everything lies in or on them, so that they connect nothing. */
const grounds = new Set(['Node', 'Namespace', 'ServiceAccount', 'Event'])
/** What people write about an object, and what names it itself. */
const remark =
  /^\s*-?\s*"?(message|image|imageID|uid|creationTimestamp|resourceVersion|apiVersion|kind|namespace|manager)"?:/
/** Keys that charts and controllers put on everything. */
const everywhere =
  /^(app|name|version|release|chart|heritage|component|tier|pod-template-hash|controller-.*|job-name)$|kubernetes\.io\/|^helm\.sh\//
const address = /^(\d{1,3}(\.\d{1,3}){3}|[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,})$/
const WORD = /[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?/g
const ADDRESSES = /\b\d{1,3}(\.\d{1,3}){3}\b/g
/** Lines that say where something is. */
const placed = /^\s*-?\s*(- )?(ip|hostname|host|value|address|externalName|url|server):|^\s*- [^:]*$/
/** Parts that others write, or that are the content of a file. */
const foreign = new Set(['metadata', 'status', 'data', 'stringData', 'binaryData'])
const isFile =
  /\.(crt|ya?ml|json|conf|pem|key|sh|py|js|toml|ini|log|txt|xml|properties|env|sock)$|^(metadata|spec|status)\./
/** Names of the outer world are not made of names of the cluster. */
const site = /\.(io|com|org|net|dev|sh)$/
const inCluster = /\.svc(\.|$)|\.(local|io)$/

/**
 * Whether objects that were read lead from those of the incident to a culprit, each by naming the next, by being named by
 * it, by an address that both have, or by labels that the other selects. `hearsay`: the way begins with what the incident's
 * own logs name; a log is written by whoever reaches the program, so that way proves less.
 */
export function linkOf(
  culprit: Culprit,
  own: readonly Culprit[],
  entries: readonly EvidenceEntry[],
): 'linked' | 'hearsay' | undefined {
  const documents = documentsOf(entries)
  // All pods of a node bear its address.
  const nodes = new Set(
    documents.filter((text) => /^kind: Node$/m.test(text)).flatMap((text) => text.match(ADDRESSES) ?? []),
  )
  const all = documents.flatMap((text) => readOf(text, nodes) ?? [])
  const isOwn = (one: Read) => own.some((of) => isSame(of, one))
  // Of a node, which connects nothing else, what lies on it is its own.
  const onOwn = (one: Read) => own.some(({ kind, name }) => grounds.has(kind) && names(one, name))
  const first = all.filter((one) => isOwn(one) || onOwn(one))
  if (leads(first, culprit, all)) return 'linked'
  const words = wordsOf(own, entries)
  const heard = all.filter(({ name }) => name.length >= SHORTEST && words.has(name))
  return heard.length > 0 && leads([...new Set([...first, ...heard])], culprit, all) ? 'hearsay' : undefined
}

function leads(first: readonly Read[], culprit: Culprit, all: readonly Read[]): boolean {
  let reached = first
  const seen = new Set(first)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (reached.some((one) => isSame(culprit, one) || names(one, culprit.name))) return true
    reached = all.filter((one) => !seen.has(one) && reached.some((before) => touches(before, one)))
    for (const one of reached) seen.add(one)
  }
  return false
}

/** What the logs of the incident's pods name; of a pod also its workload's name. */
const wordsOf = (own: readonly Culprit[], entries: readonly EvidenceEntry[]): ReadonlySet<string> =>
  new Set(
    entries
      .filter(
        (one) =>
          isHearsay(one) && own.some(({ name }) => `${one.arguments.pod ?? one.arguments.name}`.startsWith(name)),
      )
      .flatMap(({ output }) => output.match(WORD) ?? [])
      .flatMap((word) => [word, word.replace(/(-[a-z0-9]{5,10})?-([a-z0-9]{5}|\d+)$/, '')]),
  )

const isSame = ({ kind, name, namespace }: Culprit, one: Read): boolean =>
  one.kind === kind && one.name === name && one.namespace === namespace

const names = (one: Read, name: string): boolean => name.length >= SHORTEST && one.values.has(name)

const touches = (one: Read, other: Read): boolean =>
  names(one, other.name) ||
  names(other, one.name) ||
  (one.name === other.name && one.namespace === other.namespace) ||
  [...one.addresses].some((at) => other.addresses.has(at)) ||
  selects(one, other) ||
  selects(other, one) ||
  [...other.marks].some((key) => one.values.has(key)) ||
  [...one.marks].some((key) => other.values.has(key))

const selects = (one: Read, other: Read): boolean =>
  one.selected.length > 0 && one.namespace === other.namespace && one.selected.every((pair) => other.labels.has(pair))

/** An object's name, what its own specification says, and its labels: no status, message or content of a file. */
function readOf(text: string, nodes: ReadonlySet<string>): Read | undefined {
  const parts = partsOf(text)
  const kind = /^kind: "?(\w+)/m.exec(text)?.[1]
  const about = (key: string) => new RegExp(`^ {2}${key}: "?([^"\\n]*)`, 'm').exec(parts.get('metadata') ?? '')?.[1]
  const name = about('name')
  if (kind === undefined || name === undefined || grounds.has(kind)) return undefined
  const owners = block(parts.get('metadata') ?? '', 'ownerReferences')
  const said = [...parts].flatMap(([part, lines]) => (foreign.has(part) ? [] : withoutNotes(lines)))
  const values = [...said, ...owners].filter((line) => !remark.test(line)).flatMap(wordsIn)
  const lines = [...said, ...(parts.get('status') ?? '').split('\n')].filter((line) => placed.test(line))
  return {
    ...{ kind, name, namespace: about('namespace') ?? '' },
    values: new Set(values.flatMap((word) => (site.test(word) ? [word] : [word, ...word.split('.')]))),
    addresses: new Set(
      lines
        .flatMap(wordsIn)
        .filter((word) => address.test(word) && !inCluster.test(word) && !isFile.test(word) && !nodes.has(word)),
    ),
    marks: new Set(
      block(text, 'labels').flatMap((line) => {
        const key = line.replace(/:.*$/, '')
        return everywhere.test(key) || key.length < SHORTEST ? [] : [key]
      }),
    ),
    labels: new Set(block(text, 'labels')),
    selected: block(text, 'matchLabels').length > 0 ? block(text, 'matchLabels') : block(text, 'selector'),
  }
}

/** What a document has at its top, each with the lines below it. */
const partsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^(\w+):[ \t]*\n((?:[ \t-].*\n?|\n)*)/gm)].map(([, part = '', lines = '']) => [part, lines]),
  )

/** Without annotations and texts of many lines, in which anybody may write anything. */
function withoutNotes(lines: string): readonly string[] {
  let notes = -1
  return lines.split('\n').filter((line) => {
    const indent = line.search(/\S/)
    if (notes >= 0 && indent > notes) return false
    notes = /^\s+annotations:|: [|>][+-]?$/.test(line) ? indent : -1
    return notes < 0
  })
}

const wordsIn = (line: string): readonly string[] => line.replace(/^\s*(- )?"?[\w./-]+"?:(\s|$)/, '').match(WORD) ?? []

/** The lines below each field of a name, as far as they are pairs. */
const block = (text: string, field: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^( *)${field}:\\n((?:\\1 {2}.*\\n?)+)`, 'gm'))].flatMap(([, , lines = '']) =>
    lines.split('\n').flatMap((line) => /^\s*("?[\w./-]+"?: \S.*)$/.exec(line)?.[1]?.replaceAll('"', '') ?? []),
  )
