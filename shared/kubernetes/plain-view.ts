/**
 * A text as its reader would see it, without the escapes of JSON (also within JSON), of addresses, of XML, and without
 * colours; and for each of its characters, where it stands in the text as given. So a secret is found behind `\n`, `%3D`
 * or `\u003d`, and exactly what stands for it is taken out.
 */
export type PlainView = { readonly text: string; readonly from: Uint32Array; readonly to: Uint32Array }

/** JSON within JSON within JSON, and an address in it. */
const MOST_LEVELS = 4
const ESC = String.fromCharCode(27)
const escapes =
  /\\+u[\da-fA-F]{4}|\\+x[\da-fA-F]{2}|\\[nrtbf"'\\/]|%[2-7][\da-fA-F]|%0[AaDd9]|&(?:quot|amp|lt|gt|apos|#3[49]);/g
const colours = new RegExp(`${ESC}\\[[\\d;?]{0,20}[A-Za-z]`, 'g')
const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' }
const entities: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  '#39': "'",
  '#34': '"',
}

/** Undefined when nothing is written in another way than it is read. */
export function plainView(given: string): PlainView | undefined {
  if (!/[\\%&]/.test(given)) return undefined
  let view: PlainView | undefined
  for (let level = 0; level < MOST_LEVELS; level++) {
    const next = replaced(view ?? identity(given), escapes, meaning)
    if (next === undefined) break
    view = replaced(next, colours, () => '') ?? next
  }
  return view
}

function identity(text: string): PlainView {
  const from = new Uint32Array(text.length)
  const to = new Uint32Array(text.length)
  for (let at = 0; at < text.length; at++) {
    from[at] = at
    to[at] = at + 1
  }
  return { text, from, to }
}

function meaning(written: string): string {
  if (written.startsWith('%')) return String.fromCharCode(Number.parseInt(written.slice(1), 16))
  if (written.startsWith('&')) return entities[written.slice(1, -1)] ?? written
  const code = /[ux]([\da-fA-F]{2,4})$/.exec(written)?.[1]
  if (code !== undefined && written.length > 2) return String.fromCharCode(Number.parseInt(code, 16))
  const letter = written.slice(1)
  return letters[letter] ?? letter
}

/** Each match by one character, or by none. */
function replaced(view: PlainView, pattern: RegExp, by: (written: string) => string): PlainView | undefined {
  const { text } = view
  const from = new Uint32Array(text.length)
  const to = new Uint32Array(text.length)
  const parts: string[] = []
  let length = 0
  let at = 0
  const copy = (until: number) => {
    parts.push(text.slice(at, until))
    from.set(view.from.subarray(at, until), length)
    to.set(view.to.subarray(at, until), length)
    length += until - at
  }
  for (const match of text.matchAll(pattern)) {
    copy(match.index)
    const one = by(match[0])
    at = match.index + match[0].length
    if (one === '') continue
    parts.push(one)
    from[length] = view.from[match.index] ?? 0
    to[length] = view.to[at - 1] ?? 0
    length += 1
  }
  if (at === 0) return undefined
  copy(text.length)
  return { text: parts.join(''), from, to }
}
