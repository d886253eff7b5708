import { parseAllDocuments, type ScalarTag } from 'yaml'
import type { KubeObject } from '../../faults/kube-object.ts'
import { exactText } from '../../kubernetes/exact-json.ts'
import { toObject } from '../../kubernetes/objects.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** One application in one manifest; each is a request of its own, and all must be through within one call. */
const MAX_OBJECTS = 20

/** `defaultMode: 0644` is 420 to kubectl and to everybody who writes it (YAML 1.1). */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text: string) => BigInt(Number.parseInt(text, 8)),
}

/** The objects of a manifest, without what the API server writes itself. GiveUp says which document is wrong, never what stands in it. */
export function manifestObjects(text: string): readonly KubeObject[] {
  const documents = parseAllDocuments(text, {
    prettyErrors: false,
    logLevel: 'error',
    merge: true,
    intAsBigInt: true,
    customTags: (tags) => [octal, ...tags],
  })
  const values = 'empty' in documents ? [] : documents
  const objects = [...values].flatMap((document, at) => {
    const where = `resource: document ${at + 1}`
    if (document.errors[0] !== undefined) throw new GiveUp(`${where} is no YAML (${document.errors[0].code}).`)
    let value: unknown
    try {
      // One that holds itself is never written out.
      value = plainNumbers(document.toJS({ maxAliasCount: 100 }))
    } catch {
      throw new GiveUp(`${where} uses YAML aliases that cannot be resolved.`)
    }
    return value === null ? [] : [objectIn(value, where)]
  })
  if (objects.length === 0) throw new GiveUp('resource: it holds no object.')
  if (objects.length > MAX_OBJECTS)
    throw new GiveUp(`resource: ${objects.length} objects are too many for one call; ${MAX_OBJECTS} are the most.`)
  return objects
}

/** Whole numbers are bigints only where a double would round them. */
function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value)) return value.map(plainNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainNumbers(item)]))
}

function objectIn(value: unknown, where: string): KubeObject {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const whole = 'apiVersion' in given && 'kind' in given ? toObject(given, { apiVersion: '', kind: '' }) : undefined
  if (whole === undefined) throw new GiveUp(`${where} needs apiVersion, kind and metadata.name.`)
  if (whole.kind.endsWith('List') && 'items' in whole)
    throw new GiveUp(`${where} is a list: give its objects as documents of their own, with --- between them.`)
  if (exactText(whole).includes('‹redacted:'))
    throw new GiveUp(
      `${where} holds a pseudonym (‹redacted:…›) of a value that was hidden: put the value itself there.`,
    )
  const { status: _, metadata, ...rest } = whole
  const { managedFields: __, resourceVersion: ___, uid: ____, ...kept } = { managedFields: undefined, ...metadata }
  return { ...rest, metadata: kept }
}
