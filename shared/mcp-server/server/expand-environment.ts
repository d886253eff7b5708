import { pathText } from '../../config/describe-issues.ts'

type Environment = Readonly<Record<string, string | undefined>>
/** Deeper than any config that is right. */
const MAX_DEPTH = 8

/**
 * `${NAME}` in texts becomes the variable's value. After parsing, so that a value cannot become syntax. One that is not
 * set is an error: an empty token would be sent as if it were one.
 */
export function expandEnvironment(
  value: unknown,
  environment: Environment,
): { readonly value: unknown; readonly errors: readonly string[] } {
  const errors: string[] = []
  const walk = (at: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof at === 'string')
      return at.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
        const found = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? environment[name] : undefined
        if (found !== undefined && found !== '') return found
        errors.push(`${pathText(path)}: the environment variable ${name.slice(0, 80) || 'without a name'} is not set`)
        return ''
      })
    if (typeof at !== 'object' || at === null || at instanceof Date || path.length >= MAX_DEPTH) return at
    if (Array.isArray(at)) return at.map((item, index) => walk(item, [...path, index]))
    return Object.fromEntries(Object.entries(at).map(([key, item]) => [key, walk(item, [...path, key])]))
  }
  return { value: walk(value, []), errors }
}
