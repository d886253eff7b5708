import { textWithin } from './packed-text.ts'
import { isPublic } from './said-public.ts'
import type { Shape } from './secret-shape.ts'

/** What APIs call their objects, in the same form as keys: `evt_1Nx…`, `user_2ab…`. Ids are evidence; a digest is, too. */
const ofThings = new Set(
  (
    'acct app asst ba batch blob build cache call card ch chatcmpl checksum cluster commit cs cus customer cv digest ' +
    'doc dp ep etag event evt fi file hash id image img in inv invoice ip item job k8s layer lease link md5 msg ' +
    'node obj object order org page pay pi pl pm po pod price prod proj project py req request resp rev run sess ' +
    'seti sha sha1 sha256 sha512 si span step sub svc task team thread tr trace txn txr upload user usr wf workflow ws'
  ).split(' '),
)
const classOf = (letter: string): string => (/\d/.test(letter) ? 'digit' : /[a-z]/.test(letter) ? 'lower' : 'upper')

/** How often small letters, capitals and digits take turns: in words seldom, in what is drawn all the time. */
function turns(text: string): number {
  let turned = 0
  for (let at = 1; at < text.length; at++) if (classOf(text[at] ?? '') !== classOf(text[at - 1] ?? '')) turned += 1
  return turned / Math.max(1, text.length - 1)
}

/** Three kinds of letters in turns, or a long row of small ones and digits: no name is written like that. */
export function isDrawn(text: string): boolean {
  const bare = text.replace(/[_-]/g, '')
  if (bare.length >= 20 && /[A-Z]/.test(bare) && /[a-z]/.test(bare) && /\d/.test(bare)) return turns(bare) >= 0.4
  const row = /[a-z\d]{32,}/.exec(text)?.[0]
  return row !== undefined && /[a-z]/.test(row) && turns(row) >= 0.25
}

/** A key that stands by itself. Below this there are ids of that form, and what is text or a certificate is evidence. */
const LEAST_ALONE = 32
export function isKeyAlone(token: string, text: string, at: number): boolean {
  if (token.length < LEAST_ALONE || token.length > 300 || !/^[\w-]+={0,2}$/.test(token)) return false
  if (!/[A-Z]/.test(token) || /^sha\d{1,3}-/i.test(token) || /sha\d{1,3}:$/i.test(text.slice(Math.max(0, at - 8), at)))
    return false
  if (!isDrawn(token) || isPublic(token, text, at)) return false
  const before = text.slice(Math.max(0, at - 8_000), at)
  return before.lastIndexOf('-----BEGIN ') <= before.lastIndexOf('-----END ')
}

const uuid = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'

/** Keys of makers whom no rule names: nearly all write their own prefix, a line below, and then what was drawn. */
export const prefixed: readonly Shape[] = [
  {
    kind: 'key',
    hints: ['_'],
    pattern: /(?<![\w-])([A-Za-z][A-Za-z\d]{1,11}_[\w-]{20,250})(?![\w-])/dg,
    when: (value, match) => {
      if (isPublic(value, match.input, match.index)) return false
      const first = value.slice(0, value.indexOf('_'))
      const named = ofThings.has(first.toLowerCase()) && !/^_(?:live|prod|test|dev)_/.test(value.slice(first.length))
      return !named && !/_?(?:sha\d*|md5|id)_/i.test(value) && isDrawn(value.slice(first.length))
    },
  },
  {
    // With a name before it, an id says whom it lets in: `sdk-…` is the key of a program, `pat-eu1-…` of a person.
    kind: 'key',
    hints: ['sdk-', 'mob-', 'api-', 'pat-', 'access-', 'xaat-', 'xapt-', 'geniekey'],
    pattern: new RegExp(
      `(?<![\\w-])(?:sdk-|mob-|api-|pat-\\w{2}\\d-|access-(?:sandbox|development|production)-|xa[ap]t-|geniekey\\s{1,4})(${uuid})(?![\\w-])`,
      'dgi',
    ),
  },
  {
    // Fastly-Key: …, "routing_key": "…". What is found by a key is found by words or an id, and these stay.
    kind: 'key',
    hints: ['-key', '_key'],
    pattern:
      /(?<![A-Za-z\d])(?!(?:cache|public|primary|foreign|partition|sort|object|row|unique|lookup|shard|idempotency|host)[_-]?key)[a-z][a-z\d]{1,30}[_-]key\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:base64:)?([\w+/-]{20,400})={0,2}(?![\w+/=-])/dgi,
    when: isDrawn,
  },
  {
    // key = AQ…==, as Ceph keeps it. What a store names so reads as text.
    kind: 'key',
    hints: ['key'],
    pattern: /(?<![\w-])key\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?([A-Za-z\d+/]{30,100}={1,2})(?![\w+/=-])/dg,
    when: (value) => isDrawn(value.replace(/[+/=]/g, '')) && textWithin(value, 'base64') === undefined,
  },
  {
    // A key beside its id. Nothing says what it is; the id does.
    kind: 'key',
    hints: ['akia', 'asia', 'goog1', 'ltai', '‹redacted:aws:'],
    pattern:
      /(?:A[KS]IA[A-Z\d]{16}|GOOG1[A-Z\d]{20,60}|LTAI[A-Za-z\d]{12,24}|‹redacted:aws:[\da-f]{6}›)[^\S\n]?[^\n]{0,60}?\n?[^\n]{0,40}?(?<![\w+/=.:-])([A-Za-z\d+/]{30,44})(?![\w+/.-])/dg,
    when: (value) => isDrawn(value.replace(/[+/]/g, '')),
  },
  {
    // https://deploy.example/hook?key=…
    kind: 'key',
    hints: ['?key=', '&key='],
    pattern: /[?&]key=([\w-]{10,200})(?![\w%./-])/dg,
    when: (value) => /[a-z]/.test(value) && /[A-Z\d]/.test(value) && turns(value.replace(/[_-]/g, '')) >= 0.4,
  },
  {
    // auth=('id', 'key'), as Python writes a pair.
    kind: 'password',
    hints: ["', '"],
    pattern: /\(\s{0,2}'[^'\n]{1,100}',\s{1,2}'([\w+/=-]{16,200})'\s{0,2}\)/dg,
    when: isDrawn,
  },
]
