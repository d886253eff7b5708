import { z } from 'zod'

/** What a cluster or an agent might say to a page; `window.ran` tells that something of it ran. */
const attacks = [
  '"><script>window.ran=1</script>',
  '</title></style><style>*{display:none}</style>',
  "'><link rel=stylesheet href=https://outside.example/a.css>",
  '<img src=https://outside.example/a.png onerror=window.ran=1>',
  '<svg onload=window.ran=1>',
  '<a href="javascript:window.ran=1">x</a>',
  '<meta http-equiv=refresh content="0;url=https://outside.example/">',
  '<base href=https://outside.example/>',
  '<iframe srcdoc="<script>parent.ran=1</script>">',
  '&#60;script&#62;window.ran=1&#60;/script&#62;',
  '<!-- --><textarea></main></body>',
  '" onmouseover="window.ran=1" style="position:fixed;inset:0" x="',
  '\u202egnp.exe\u0000\u001b[2J',
]

export const hostileProse = `# Notes ${attacks.join(' ')}

[click](javascript:window.ran=1) ![picture](https://outside.example/a.png) <https://outside.example/> https://outside.example/

[ref]: https://outside.example/ "x"
[ref] ![ref]

<details open ontoggle=window.ran=1>
<script>window.ran=1</script>
<style>*{display:none}</style>

\`\`\`html
${attacks.join('\n')}
\`\`\`

| a | b |
| --- | --- |
| <img src=x onerror=window.ran=1> | [x](data:text/html,<script>window.ran=1</script>) |
`

/** The same thing with an attack in every text that its schema lets through, each in turn. */
export function poisoned<T>(schema: z.ZodType<T>, value: T, least = 20): T {
  let made = structuredClone(value)
  let next = 0
  for (const path of textsOf(value)) {
    for (const text of [`${at(made, path)} ${attacks[next % attacks.length]}`, attacks[next % attacks.length] ?? '']) {
      const candidate = withText(made, path, text)
      const parsed = schema.safeParse(candidate)
      if (!parsed.success) continue
      made = parsed.data
      next += 1
      break
    }
  }
  if (next < least) throw new Error(`only ${next} texts could be poisoned`)
  return made
}

type Path = readonly (string | number)[]
function textsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path]
  if (Array.isArray(value)) return value.flatMap((inner, index) => textsOf(inner, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, [...path, key]))
}
const at = (value: unknown, path: Path): unknown =>
  path.reduce(
    (inner: unknown, key) => z.record(z.string(), z.unknown()).or(z.array(z.unknown())).parse(inner)[key as never],
    value,
  )
function withText(value: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text
  if (Array.isArray(value)) return value.map((inner, index) => (index === key ? withText(inner, rest, text) : inner))
  return Object.fromEntries(
    Object.entries(value as object).map(([name, inner]) => [name, name === key ? withText(inner, rest, text) : inner]),
  )
}
