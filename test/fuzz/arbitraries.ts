import fc from 'fast-check'

/** Names that every object inherits, that steer a terminal, that end a line or a path, and that are merely long. */
const odd = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    '',
    ' ',
    '\u0000',
    '\u001b[2J',
    '\u202e',
    '\u2028',
    '\ud800',
    '‹redacted:x:000000›',
  ],
  ...[
    '../x',
    '%2e%2e',
    'a'.repeat(300),
    '💥',
    '&a',
    '*a',
    '<<',
    '!!js',
    '- ',
    '{',
    '[',
    '"',
    "'",
    '\\',
    '\n---\n',
    '$' + '{X}',
    '$(X)',
  ],
]
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 2, arbitrary: fc.constantFrom(...odd) },
)
/** Any JSON, its keys among the odd ones, too. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1, 1e308, Number.MAX_SAFE_INTEGER),
    text,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('any')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).any

/** What is right, with some of its values replaced, fields added and fields left out. */
export const altered = (right: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(fc.tuple(fc.nat(), fc.oneof(json, fc.constant(undefined))), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>((value, [at, into]) => alter(value, at % Math.max(1, size(value)), into), right),
    )

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
const size = (value: unknown): number =>
  isNested(value) ? Object.values(value).reduce<number>((sum, each) => sum + size(each), 1) : 1

/** The value at this place in the order in which they are written, replaced; `undefined` takes it out. */
function alter(value: unknown, at: number, into: unknown): unknown {
  if (at <= 0) return into
  if (!isNested(value)) return value
  let left = at - 1
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => {
    const here = left
    left -= size(each)
    return here >= 0 && here < size(each) ? [key, alter(each, here, into)] : [key, each]
  })
  return Array.isArray(value)
    ? entries.map(([, each]) => each)
    : Object.fromEntries(entries.filter(([, each]) => each !== undefined))
}

/** A right text with pieces cut out, doubled, moved, or written over. */
export const cutUp = (...right: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...right),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 40 }), text), { minLength: 1, maxLength: 4 }),
    )
    .map(([whole, cuts]) =>
      cuts.reduce((left, [at, length, put]) => {
        const from = at % (left.length + 1)
        return left.slice(0, from) + put + left.slice(from + length)
      }, whole),
    )
