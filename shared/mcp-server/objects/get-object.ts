import { stringify } from 'yaml'
import { z } from 'zod'
import type { ClusterApi, Kind } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { fitValue } from '../server/bounds.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Target } from '../targets/target.ts'
import { withoutBookkeeping } from './list-objects.ts'
import { partOf } from './object-part.ts'

/** As YAML, which is never longer than JSON by much, it stays within what is shown of one answer. */
const MAX_BYTES = 24_000
/** Of one value; with four bytes for each character it is still within what is shown of one answer. */
const PIECE = 8_000

export const objectOutput = {
  cluster: z.string(),
  object: z.looseObject({}),
  shortened: z.boolean().describe('True: long values are cut, each marked'),
  part: z
    .object({
      path: z.string(),
      offset: z.int(),
      text: z.string(),
      characters: z.int().describe('So many there are in all'),
      nextOffset: z.int().optional().describe('Absent: this was the end'),
    })
    .optional()
    .describe('With path'),
}
const ObjectAnswer = z.object(objectOutput)
type ObjectAnswer = z.infer<typeof ObjectAnswer>

/** What the caller may do next. */
export const whatThereIs = ({ kind }: Kind): string =>
  kind === 'Pod'
    ? 'pods_list shows those that there are; a Deployment’s pods are named anew with each rollout.'
    : 'resources_list shows those that there are.'

/** What is asked for of one object, where it is not all of it. */
export type Part = { readonly path?: string | undefined; readonly offset?: number | undefined }

/** One object. That there is none is an error which says where it was looked for. */
export async function getObject(
  target: Target,
  api: ClusterApi,
  kind: Kind,
  name: string,
  namespace: string | undefined,
  { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>,
  { path, offset }: Part = {},
): Promise<ObjectAnswer> {
  if (offset !== undefined && path === undefined) throw new GiveUp('offset goes with path: say of which part.')
  const object = await api.get(kind, name, namespace, signal)
  if (object === undefined) {
    const where = namespace === undefined ? '' : ` in namespace "${namespace}"`
    throw new GiveUp(`Cluster "${target.name}" has no ${kind.kind} "${name}"${where}. ${whatThereIs(kind)}`)
  }
  // Redacted before anything is cut: half a secret is not known for one.
  const safe = withoutBookkeeping(redact.object(object))
  if (path !== undefined) {
    const { apiVersion, kind: its, metadata } = safe
    const { name: called, namespace: space } = metadata
    const identity = {
      apiVersion,
      kind: its,
      metadata: { name: called, ...(space === undefined ? {} : { namespace: space }) },
    }
    return {
      cluster: target.name,
      object: identity,
      shortened: false,
      part: pieceOf(partOf(safe, path), path, offset ?? 0),
    }
  }
  const { value, cut } = fitValue(safe, MAX_BYTES)
  return { cluster: target.name, object: objectOutput.object.parse(value), shortened: cut }
}

function pieceOf(whole: string, path: string, offset: number): NonNullable<ObjectAnswer['part']> {
  if (offset > whole.length)
    throw new GiveUp(`offset: what stands at path has ${whole.length} characters, and ${offset} is beyond them.`)
  // Never between the two halves of one character.
  const end = Math.min(whole.length, offset + PIECE)
  const last = end < whole.length && /[\uD800-\uDBFF]/.test(whole[end - 1] ?? '') ? end - 1 : end
  return {
    path,
    offset,
    text: whole.slice(offset, last),
    characters: whole.length,
    ...(last < whole.length ? { nextOffset: last } : {}),
  }
}

export function objectText({ cluster, object, shortened, part }: ObjectAnswer): string {
  if (part === undefined) {
    const cut = '; long values are cut, each marked: resources_get with path (such as data.KEY) shows one whole'
    return `# From cluster ${cluster}${shortened ? cut : ''}\n${stringify(object, { lineWidth: 0 })}`
  }
  const end = part.offset + part.text.length
  const more = part.nextOffset === undefined ? [] : ['', `[there is more: call again with offset ${part.nextOffset}]`]
  const head = `# ${part.path} of ${String(object.kind)} in cluster ${cluster}: characters ${part.offset} to ${end} of ${part.characters}`
  return [head, part.text, ...more].join('\n')
}
