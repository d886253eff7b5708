import { toVersion } from './convert.ts'
import { apiVersionOf, type Resource } from './kinds.ts'
import type { SimObject } from './objects.ts'
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts'
import { expired, refuse } from './status.ts'
import type { Store } from './store.ts'

/** What a request is about, read from its path. */
export type Target = {
  readonly resource: Resource
  readonly version: string
  /** Empty: all namespaces, or cluster-scoped. */
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

export const apiVersion = (target: Target): string => apiVersionOf(target.resource.group, target.version)

export function matcherOf(target: Target, query: URLSearchParams): Matcher {
  const byLabel = labelMatcher(query.get('labelSelector') ?? '')
  const byField = fieldMatcher(query.get('fieldSelector') ?? '', target.resource)
  return (object) =>
    (target.namespace === '' || object.metadata.namespace === target.namespace) &&
    (target.name === '' || object.metadata.name === target.name) &&
    byLabel(object) &&
    byField(object)
}

export type Page = {
  readonly items: readonly SimObject[]
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
}

export function listPage(store: Store, target: Target, query: URLSearchParams): Page {
  const matches = matcherOf(target, query)
  const all = store.list(target.resource.stored).filter(matches)
  const token = readToken(query.get('continue') ?? '')
  if (token !== undefined && store.since(token.version) === undefined)
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.',
    )
  const rest = token === undefined ? all : all.filter((object) => placeOf(object) > token.after)
  const limit = Number(query.get('limit') ?? 0)
  const items = limit > 0 ? rest.slice(0, limit) : rest
  const last = items.at(-1)
  const left = rest.length - items.length
  const version = token?.version ?? store.version()
  const more =
    left > 0 && last !== undefined
      ? {
          continue: Buffer.from(JSON.stringify({ version, after: placeOf(last) })).toString('base64url'),
          // The API leaves the count out when a selector is set.
          ...(query.get('labelSelector') || query.get('fieldSelector') ? {} : { remainingItemCount: left }),
        }
      : {}
  return {
    items: items.map((object) => toVersion(object, apiVersion(target))),
    metadata: { resourceVersion: String(version), ...more },
  }
}

const placeOf = ({ metadata }: SimObject): string => `${metadata.namespace ?? ''}/${metadata.name}`

function readToken(text: string): { version: number; after: string } | undefined {
  if (text === '') return undefined
  try {
    const { version, after } = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof version === 'number' && typeof after === 'string') return { version, after }
  } catch {
    // Refused below, like a token of the right shape with the wrong fields.
  }
  throw refuse(400, 'BadRequest', 'continue key is not valid')
}
