import { apiVersion, type Target } from './listing.ts'
import type { Loose, SimObject } from './objects.ts'
import { notFound, refuse } from './status.ts'
import type { Store } from './store.ts'

type Write = {
  readonly method: string
  readonly query: URLSearchParams
  readonly type: string
  readonly body: Loose
}
/** What each field manager has applied last, by object: a field that it leaves out later is taken away. */
export type Applied = Map<string, Loose>

/** Server-side apply, create, delete and scale of one object, as an API server does them; with `dryRun=All` nothing changes. */
export function write(
  store: Store,
  applied: Applied,
  target: Target,
  request: Write,
): { status: number; body: object } {
  const { resource, namespace, name, subresource } = target
  const { method, query, type, body } = request
  const dry = query.get('dryRun')
  if (dry !== null && dry !== 'All') throw refuse(400, 'BadRequest', `Invalid value: "${dry}": dryRun`)
  const before = name === '' ? undefined : store.get(resource.stored, namespace, name)
  const missing = () => notFound(resource.group, resource.plural, name)
  const put = (object: SimObject): SimObject => {
    if (dry === null) store.apply([object])
    return store.get(resource.stored, namespace, object.metadata.name) ?? object
  }
  const asWritten = (): SimObject => {
    if (body?.kind !== resource.kind || body.apiVersion !== apiVersion(target))
      throw refuse(400, 'BadRequest', 'the object in the request is of another kind than its address')
    if ((body.metadata?.namespace ?? namespace) !== namespace)
      throw refuse(400, 'BadRequest', 'the namespace of the object does not match the namespace of the request')
    return { ...body, metadata: { ...body.metadata, ...(namespace === '' ? {} : { namespace }) } }
  }

  if (method === 'POST' && name === '') {
    const object = asWritten()
    if (store.get(resource.stored, namespace, object.metadata.name) !== undefined)
      throw refuse(409, 'AlreadyExists', `${resource.plural} "${object.metadata.name}" already exists`)
    return { status: 201, body: put(object) }
  }
  if (method === 'DELETE' && name !== '' && subresource === '') {
    if (before === undefined) throw missing()
    if (dry === null) store.remove({ kind: resource.kind, namespace, name })
    return { status: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name } } }
  }
  if ((method === 'PATCH' || method === 'PUT') && subresource === 'scale') {
    if (before === undefined) throw missing()
    if (method === 'PATCH' && type !== 'application/merge-patch+json')
      throw refuse(415, 'UnsupportedMediaType', `no ${type} here`)
    const replicas = body?.spec?.replicas
    if (!Number.isInteger(replicas) || replicas < 0) throw refuse(422, 'Invalid', 'spec.replicas: Invalid value')
    return { status: 200, body: scaleOf(put({ ...before, spec: { ...before.spec, replicas } })) }
  }
  if (method === 'PATCH' && name !== '' && subresource === '') {
    const manager = query.get('fieldManager')
    if (type !== 'application/apply-patch+yaml') throw refuse(415, 'UnsupportedMediaType', `no ${type} here`)
    if (manager === null) throw refuse(400, 'BadRequest', 'fieldManager is required for apply patch')
    const object = asWritten()
    if (object.metadata.name !== name)
      throw refuse(400, 'BadRequest', 'the name of the object does not match the name on the URL')
    const key = [manager, resource.stored, namespace, name].join('|')
    const merged = before === undefined ? object : merge(without(before, applied.get(key), object), object)
    const after = dry === null ? put(merged) : merged
    if (dry === null) applied.set(key, object)
    return { status: before === undefined ? 201 : 200, body: after }
  }
  throw refuse(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
}

export const scaleOf = ({ metadata, spec, status }: SimObject): object => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata,
  spec: { replicas: spec?.replicas ?? 1 },
  status: { replicas: status?.replicas ?? 0 },
})

const isTable = (value: Loose): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const merge = (before: Loose, after: Loose): Loose =>
  isTable(before) && isTable(after)
    ? { ...before, ...Object.fromEntries(Object.entries(after).map(([key, one]) => [key, merge(before[key], one)])) }
    : after
/** What somebody applied once and no longer does. Lists count as one value. */
function without(object: Loose, last: Loose, next: Loose): Loose {
  if (!isTable(object) || !isTable(last)) return object
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      if (!(key in last)) return [[key, value]]
      if (isTable(last[key])) return [[key, without(value, last[key], next?.[key] ?? {})]]
      return next !== undefined && key in next ? [[key, value]] : []
    }),
  )
}
