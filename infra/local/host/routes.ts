export type Route<T> = { readonly methods: readonly string[]; readonly template: string; readonly target: T }
export type Match<T> =
  | { readonly found: 'match'; readonly target: T; readonly params: Readonly<Record<string, string>> }
  | { readonly found: 'method'; readonly allowed: readonly string[] }
  | { readonly found: 'none' }

/** `incidents/{id}`, `{rest?}` (may be missing) and `{*rest}` (all that follows); constraints are not done here. */
function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/').filter(Boolean)
  const given = path.split('/').filter(Boolean)
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const [, star, name, optional] = /^\{(\*?)(\w+)(\??)\}$/.exec(part) ?? []
    const segment = given[index]
    if (name === undefined) {
      if (part.includes('{')) throw new Error(`This host cannot do the route ${template}.`)
      if (segment?.toLowerCase() !== part.toLowerCase()) return undefined
    } else if (star === '*') {
      params[name] = given.slice(index).map(decodeURIComponent).join('/')
      return params
    } else if (segment !== undefined) params[name] = decodeURIComponent(segment)
    else if (optional === '') return undefined
  }
  return given.length > wanted.length ? undefined : params
}

/** Fixed segments win over parameters, whatever the order of registration. */
const openness = (template: string): number =>
  (template.match(/\{/g) ?? []).length + (template.includes('{*') ? 100 : 0)

export function createRouter<T>(routes: readonly Route<T>[]): (method: string, path: string) => Match<T> {
  const sorted = routes.toSorted((a, b) => openness(a.template) - openness(b.template))
  for (const { template } of sorted) match(template, '')
  return (method, path) => {
    const fitting = sorted.flatMap((route) => {
      const params = match(route.template, path)
      return params === undefined ? [] : [{ route, params }]
    })
    if (fitting.length === 0) return { found: 'none' }
    const hit = fitting.find(({ route }) => route.methods.includes(method))
    if (hit !== undefined) return { found: 'match', target: hit.route.target, params: hit.params }
    return { found: 'method', allowed: fitting.flatMap(({ route }) => route.methods) }
  }
}
