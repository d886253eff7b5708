import { stringify } from 'yaml'
import type { KubeObject } from '../../shared/faults/kube-object.ts'

/** What `EvidenceEntry.output` may hold. */
export const MAX_OUTPUT = 64 * 1024
/** Of a list, room is left for the names of what is not shown. */
const MAX_SHOWN = 56 * 1024

const noise = new Set(['managedFields', 'selfLink'])
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Without what no reader needs: field ownership, the copy of the last apply, a node's list of images. */
export function slim(object: KubeObject): KubeObject {
  const { metadata, ...rest } = object
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !noise.has(key)))
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== lastApplied)
  const status = rest.status
  const slimStatus =
    object.kind === 'Node' && typeof status === 'object' && status !== null
      ? { status: Object.fromEntries(Object.entries(status).filter(([key]) => key !== 'images')) }
      : {}
  return {
    ...rest,
    ...slimStatus,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...kept,
      name: metadata.name,
      ...(metadata.annotations === undefined ? {} : { annotations: Object.fromEntries(annotations) }),
    },
  }
}

/** One object as `kubectl get -o yaml` shows it; long lines stay whole so that they can be quoted. */
export const yamlOf = (object: KubeObject): string =>
  clean(stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' }))

export type Shown = { readonly output: string; readonly whole: string; readonly texts: ReadonlyMap<KubeObject, string> }

/** A list: the interesting ones first and in full, the rest by name when the room is used up. */
export function renderList(
  header: string,
  objects: readonly KubeObject[],
  interest: (one: KubeObject) => number,
): Shown {
  const ordered = objects.toSorted((a, b) => interest(b) - interest(a))
  const texts = new Map<KubeObject, string>()
  const left: KubeObject[] = []
  let size = header.length
  for (const object of ordered) {
    // Stringifying is what costs: once the room is used up, the rest is only named.
    const text = size > MAX_SHOWN ? '' : yamlOf(object)
    if (text === '' || size + text.length > MAX_SHOWN) left.push(object)
    else {
      texts.set(object, text)
      size += text.length + 5
    }
  }
  const shown = [header, ...texts.values()].join('\n---\n')
  if (left.length === 0) return { output: shown, whole: shown, texts }
  const names = left.map(({ metadata }) => metadata.name).join(' ')
  const output = `${shown}\n---\n# ${left.length} more, not shown: ${names}`.slice(0, MAX_OUTPUT)
  return { output, whole: `${shown}\n${left.map((one) => JSON.stringify(one)).join('\n')}`, texts }
}

/** ConfigMaps are listed by name and keys: their values are read one by one where a rule needs them. */
export function renderKeys(header: string, objects: readonly KubeObject[]): Shown {
  const texts = new Map(
    objects.map((object) => {
      const keys = [...keysOf(object.data), ...keysOf(object.binaryData)]
      return [object, clean(`${object.kind} ${object.metadata.name}: keys ${keys.join(', ') || '(none)'}`)]
    }),
  )
  const whole = [header, ...texts.values()].join('\n')
  return { output: whole.slice(0, MAX_OUTPUT), whole, texts }
}
const keysOf = (data: unknown): readonly string[] =>
  typeof data === 'object' && data !== null ? Object.keys(data) : []

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const colours = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g
/** A cluster's text is data: without colours, control and direction characters it can neither hide nor pretend. */
export const clean = (text: string): string => text.replace(colours, '').replace(controls, '')
