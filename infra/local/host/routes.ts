export type Route<T> = { readonly methods: readonly string[]; readonly template: string; readonly target: T }
export type Match<T> =
  | { readonly found: 'match'; readonly target: T; readonly params: Readonly<Record<string, string>> }
  | { readonly found: 'none' }

type Part =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'one' | 'optional' | 'rest'; readonly name: string }

/** `incidents/{id}`, `{rest?}` (may be missing) and `{*rest}` (all that follows); constraints are not done here. */
function parse(template: string): readonly Part[] {
  return template.split('/').map((text): Part => {
    const [, star, name, optional] = /^\{(\*?)(\w+)(\??)\}$/.exec(text) ?? []
    if (name !== undefined) return { kind: star === '*' ? 'rest' : optional === '?' ? 'optional' : 'one', name }
    if (text.includes('{')) throw new Error(`This host cannot do the route ${template}.`)
    return { kind: 'fixed', text: text.toLowerCase() }
  })
}

function match(parts: readonly Part[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const segment = given[index]
    if (part.kind === 'rest') {
      const rest = given.slice(index).join('/')
      return rest === '' ? params : { ...params, [part.name]: rest }
    }
    if (part.kind === 'fixed') {
      if (segment?.toLowerCase() !== part.text) return undefined
    } else if (segment !== undefined) params[part.name] = segment
    else if (part.kind === 'one') return undefined
  }
  return given.length > parts.length ? undefined : params
}

/** Fixed segments win over parameters, whatever the order of registration. */
const openness = (parts: readonly Part[]): number =>
  parts.reduce((sum, { kind }) => sum + (kind === 'fixed' ? 0 : kind === 'rest' ? 100 : 1), 0)

export function createRouter<T>(routes: readonly Route<T>[]): (method: string, path: string) => Match<T> {
  const sorted = routes
    .map((route) => ({ ...route, parts: parse(route.template) }))
    .sort((a, b) => openness(a.parts) - openness(b.parts))
  return (method, path) => {
    const given = segments(path)
    const fitting = sorted.flatMap((route) => {
      const params = match(route.parts, given)
      return params === undefined ? [] : [{ route, params }]
    })
    const hit = fitting.find(({ route }) => route.methods.includes(method))
    return hit === undefined ? { found: 'none' } : { found: 'match', target: hit.route.target, params: hit.params }
  }
}

/** As the real server has them: an empty segment is one, `%2F` stays what it is, and so does what encodes no text. */
function segments(path: string): readonly string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decoded)
}

function decoded(segment: string): string {
  return segment
    .split(/(%2f)/i)
    .map((part) => {
      try {
        return /^%2f$/i.test(part) ? part : decodeURIComponent(part)
      } catch {
        return part
      }
    })
    .join('')
}
