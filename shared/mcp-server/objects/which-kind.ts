import { closest, distance } from 'fastest-levenshtein'
import { builtinKinds } from '../../kubernetes/builtin-kinds.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'
import { shortNames } from '../../kubernetes/short-names.ts'
import { GiveUp } from '../../runtime/errors.ts'

export type FoundKind = {
  readonly kind: Kind
  /** Absent: not known before it is asked for. */
  readonly namespaced: boolean | undefined
  /** How it was understood, where that is not how it was written. */
  readonly note?: string
}
type Known = Kind & {
  readonly plural: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[] | undefined
}

/** Events stand in two groups, and everybody means the old one. */
const builtins: readonly Known[] = [...builtinKinds].flatMap(([key, place]) => {
  const [apiVersion = '', kind = ''] = key.split(' ')
  return [{ apiVersion, kind, ...place, shortNames: shortOf(kind) }]
})
function shortOf(kind: string): readonly string[] {
  return Object.entries(shortNames).flatMap(([name, of]) => (of === kind ? [name] : []))
}
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')
const isCalled = (name: string) => {
  const requested = name.toLowerCase()
  return (one: Known) =>
    one.kind.toLowerCase() === requested || one.plural === requested || one.shortNames?.includes(requested) === true
}

/** Whether somebody who says `deploy`, `deployments` or `deployments.apps` means this kind; no cluster is asked. */
export function isMeant(written: string): (one: Kind) => boolean {
  const [name = '', ...rest] = written.trim().split('.')
  const called = isCalled(name)
  const group = rest.join('.').toLowerCase()
  return ({ apiVersion, kind }) =>
    (group === '' || groupOf(apiVersion) === group) &&
    called({
      apiVersion,
      kind,
      plural: builtinKinds.get(`${apiVersion} ${kind}`)?.plural ?? `${kind.toLowerCase()}s`,
      namespaced: true,
      shortNames: shortOf(kind),
    })
}

/**
 * The kind that a caller means: by kind, plural or short name in any case, with or without its version, or as
 * `deployments.apps`. GiveUp where several are as likely, and with the nearest where there is none.
 */
export async function whichKind(
  api: ClusterApi,
  asked: { readonly apiVersion?: string | undefined; readonly kind: string },
  signal: AbortSignal,
): Promise<FoundKind> {
  const version = (asked.apiVersion ?? '').trim().replace(/^core\//, '')
  const [name = '', ...rest] = asked.kind.trim().split('.')
  const group = rest.join('.')
  if (group === '' && version !== '') {
    const exact = builtinKinds.get(`${version} ${name}`)
    if (exact !== undefined) return { kind: { apiVersion: version, kind: name }, namespaced: exact.namespaced }
  }
  const builtin = builtins.filter(isCalled(name)).filter((one) => fits(one, version, group))
  const [first] = builtin
  // Without a version the built-in kind is meant, as kubectl has it: the core group before all others.
  if (first !== undefined) return understood(first, asked)
  const served = (await api.kinds(signal)).filter(isCalled(name))
  const found = served.length > 0 ? served : (await api.kinds(signal, true)).filter(isCalled(name))
  const fitting = found.filter((one) => fits(one, version, group))
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0) return understood(only, asked)
  if (only !== undefined)
    throw new GiveUp(`Several kinds are called ${name}: ${fitting.map(full).join(', ')}. Say which apiVersion.`)
  const elsewhere = [...builtins.filter(isCalled(name)), ...found]
  const [other] = elsewhere
  const versions = new Set(elsewhere.map(({ apiVersion }) => groupOf(apiVersion)))
  if (other !== undefined && versions.size === 1) return understood(other, asked)
  throw new GiveUp(await noKind(api, asked.kind, version, elsewhere, signal))
}

const full = ({ apiVersion, kind }: Kind) => `${apiVersion} ${kind}`
function fits(one: Known, version: string, group: string): boolean {
  if (group !== '') return groupOf(one.apiVersion) === group
  if (version === '') return true
  return one.apiVersion === version || (groupOf(one.apiVersion) === version && version !== '')
}
function understood(one: Known, asked: { readonly apiVersion?: string | undefined; readonly kind: string }): FoundKind {
  const { apiVersion, kind, namespaced } = one
  const other = asked.apiVersion !== undefined && asked.apiVersion !== '' && asked.apiVersion !== apiVersion
  const note = other ? `${kind} is served here as ${apiVersion}, which is used.` : undefined
  return { kind: { apiVersion, kind }, namespaced, ...(note === undefined ? {} : { note }) }
}

/**
 * Asks by a kind as it was written where it is written whole: that costs one group of discovery at most, and no right to
 * discover. Looked up only when there is no such kind.
 */
export async function byKind<T>(
  api: ClusterApi,
  asked: { readonly apiVersion?: string | undefined; readonly kind: string },
  signal: AbortSignal,
  ask: (found: FoundKind) => Promise<T>,
): Promise<T> {
  const { apiVersion = '', kind } = asked
  if (!/^(v1|[a-z0-9.-]+\/v\w+)$/.test(apiVersion) || !/^[A-Z]\w*$/.test(kind))
    return ask(await whichKind(api, asked, signal))
  try {
    const namespaced = builtinKinds.get(`${apiVersion} ${kind}`)?.namespaced
    return await ask({ kind: { apiVersion, kind }, namespaced })
  } catch (error) {
    if (!(error instanceof ClusterApiError) || error.reason !== 'NoSuchKind') throw error
    const found = await whichKind(api, asked, signal).catch((cause: unknown) => {
      const { remedy: there } = error
      throw cause instanceof GiveUp && there !== undefined ? new GiveUp(`${cause.message} ${there}`, { cause }) : cause
    })
    return ask(found)
  }
}

async function noKind(
  api: ClusterApi,
  name: string,
  version: string,
  elsewhere: readonly Known[],
  signal: AbortSignal,
): Promise<string> {
  const said = /^[\w./-]{1,100}$/.test(name) ? name : 'of that name'
  const where = version === '' ? '' : ` in ${version.slice(0, 100)}`
  const unread = (await api.unreadGroups?.()) ?? []
  const perhaps = unread.length === 0 ? '' : ` ${unread.slice(0, 5).join(', ')} could not be read: it may be there.`
  if (elsewhere.length > 0)
    return `The cluster serves no kind ${said}${where}; it has ${elsewhere.slice(0, 8).map(full).join(', ')}.${perhaps}`
  const names = [...new Set((await api.kinds(signal)).map(({ kind }) => kind))]
  const near = names.length === 0 ? '' : closest(name, names)
  const meant =
    near !== '' && distance(near.toLowerCase(), name.toLowerCase()) <= Math.max(2, name.length / 3)
      ? ` Did you mean ${near}?`
      : ''
  return `The cluster serves no kind ${said}${where}.${meant}${perhaps} api_resources shows all.`
}
