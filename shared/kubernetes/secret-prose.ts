import { isRandomLike, isTrivial } from './secret-names.ts'
import { isDrawn } from './secret-prefixed.ts'
import type { Shape } from './secret-shape.ts'

/**
 * Secrets in sentences: `the password is …`, `using token …`. Words after such a word are mostly about it (`password is
 * wrong`, `token expired`), and names, digests and ids are evidence: only what nobody would call a thing is taken.
 */

/** Neither the kind of a pseudonym, nor the digest that makes pods start anew when a Secret changes. */
const apart = '(?<!‹redacted:[a-z-]{0,20}|checksum/|publickey|\\barn:[\\w:-]{1,100}:)'
const password = `${apart}(?:password|passwd|passphrase|passcode)s?(?![\\w-])`
/** Of several words as well, which no `name=value` has. */
const credential = `${apart}(?:(?:(?:api|access|account|auth|client|encryption|license|master|private|secret|shared|signing)[ _-]?key)|secret|token|credential)s?(?![\\w-])`
/** `for user admin`, `of the shop`. */
const whose = `(?:\\s{1,3}(?:for|of)(?:\\s{1,3}[\\w@./'"-]{1,60}){1,3}?)?`
const says = `(?:\\s(?:provided|supplied|given)(?=:))?(?:\\s{0,2}(?::|=|->|=>)\\s{0,3}|(?:['’]s|\\s{1,3}(?:(?:(?:is|was|has been|been)\\s)?(?:set|changed|reset|updated|rotated)\\s(?:to|as)|is|was|equals))\\s{1,3}(?:now\\s{1,3})?)`
const quoted = `\\\\{0,2}(?:"([^"\\\\\\n]{1,256})\\\\{0,2}"|'([^'\\\\\\n]{1,256})\\\\{0,2}'|\`([^\`\\n]{1,256})\`)`
const bare = `([^\\s"'\`,;()<>‹›[\\]{}\\\\]{3,256}[^\\s"'\`,.:;?()<>‹›[\\]{}\\\\])`

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const hex = /^(?:0x)?[\da-f]{32,}$/i
/** `30d`, `12:00:07`, `8-32`, `10.0.0.1:5432`. */
const measure = /^\d[\d.,:/-]*(?:[a-z%]{1,3}|days|hours|minutes|seconds|chars|characters|bytes|bits)?$/i
/** `base64-encoded`, `SHA256`, `v2`: how it is kept or sent. */
const technique =
  /^(?:base(?:32|58|64)|sha-?\d|md[45]|aes|bcrypt|argon2|pbkdf2|utf-?8|rfc-?\d|oauth2?|x\.?509|pkcs|ed25519|rsa|hmac|jwt|v\d+(?:[a-z]+\d*)?$|tls|ipv[46]|k8s|s3|ec2|https?|line:?\d)/i
const place = /^(?:\.{0,2}\/|~\/|[A-Za-z][A-Za-z\d+.-]*:\/\/|[a-z\d.-]+\/[a-z\d._/-]+$)/
const isWord = (value: string): boolean =>
  isTrivial(value) || uuid.test(value) || measure.test(value) || technique.test(value) || place.test(value)

/** Letters with digits among them, or with what stands in no word: chosen by a person, or made. */
const isChosenLike = (value: string): boolean =>
  value.length >= 5 && !isWord(value) && ((/\d/.test(value) && /[a-z]/i.test(value)) || /\w[@$!#%^&*+~]\w/.test(value))
/** A part of an object's name, or a file. */
const isNamedLike = (value: string): boolean =>
  (/^[a-z\d]+(?:[-.][a-z\d]+)+$/.test(value) && !/[a-z\d]{28}/.test(value)) ||
  /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*$/.test(value) ||
  /\w[=:]\S/.test(value)
const isMadeLike = (value: string): boolean =>
  !isWord(value) && value.length >= 8 && /\d/.test(value) && !isNamedLike(value) && isRandomLike(value)
const isLong = (value: string): boolean =>
  hex.test(value) ||
  (isDrawn(value) && !isNamedLike(value)) ||
  (value.length >= 20 && isMadeLike(value) && /[A-Z]/.test(value) && /[a-z]/.test(value) && /^[\w+/=.-]+$/.test(value))

const shape = (kind: string, hints: readonly string[], source: string, when: (value: string) => boolean): Shape => ({
  kind,
  hints,
  pattern: new RegExp(source, 'dgi'),
  when,
})
const passwords = ['passw', 'passphrase', 'passcode']
const credentials = ['secret', 'token', 'credential', 'key']

export const prose: readonly Shape[] = [
  // Quotation marks make a value of any word; a variable or an object is also named within them.
  shape('password', passwords, `${password}(?:${whose}${says}|\\s{1,3})${quoted}`, (value) => {
    return !isWord(value) && !isNamedLike(value)
  }),
  shape('password', passwords, `${password}${whose}${says}${bare}`, isChosenLike),
  shape(
    'password',
    passwords,
    `${password}\\s{1,3}[([]?${bare}`,
    (value) => isChosenLike(value) && !isNamedLike(value),
  ),
  shape('value', credentials, `${credential}${whose}${says}(?:${quoted}|${bare})`, isMadeLike),
  shape('value', credentials, `${credential}\\s{1,3}(?:${quoted}|${bare})`, isLong),
  {
    kind: 'password',
    hints: ['pwd'],
    pattern: new RegExp(`(?<![\\w$-])pwd\\s{1,3}${bare}`, 'dg'),
    when: (value) => isChosenLike(value) && !isNamedLike(value),
  },
]
