/** Where a slash begins a pattern and no division. */
const BEFORE_PATTERN = /(^|[(,=:[!&|?{};>\n]|\breturn)\s*$/

/** The identifiers of a TypeScript source, without what its comments, texts, templates and patterns say. */
export function identifiersOf(source: string): ReadonlySet<string> {
  let code = ''
  /** Braces that are open in each template's expression that we are in. */
  const open: number[] = []
  let at = 0
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at
    at += pattern.exec(source)?.[0].length ?? 1
    code += ' '
  }
  const template = () => {
    while (at < source.length) {
      const char = source[at]
      if (char === '\\') at += 2
      else if (char === '`') return void at++
      else if (source.startsWith('${', at)) {
        open.push(0)
        at += 2
        return
      } else at++
    }
  }
  while (at < source.length) {
    const char = source[at] ?? ''
    if (source.startsWith('//', at)) skip(/.*/y)
    else if (source.startsWith('/*', at)) skip(/\/\*[\s\S]*?\*\//y)
    else if (char === "'") skip(/'(?:\\.|[^'\\\n])*'/y)
    else if (char === '"') skip(/"(?:\\.|[^"\\\n])*"/y)
    else if (char === '/' && BEFORE_PATTERN.test(code.slice(-20)))
      skip(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/y)
    else {
      code += char === '`' ? ' ' : char
      at++
      if (char === '`') template()
      else if (char === '{' && open.length > 0) open.push((open.pop() ?? 0) + 1)
      else if (char === '}' && open.length > 0) {
        const braces = open.pop() ?? 0
        if (braces === 0) template()
        else open.push(braces - 1)
      }
    }
  }
  return new Set(code.match(/[A-Za-z_$][\w$]*/g))
}
