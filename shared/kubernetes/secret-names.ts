/**
 * Whether a name says that its value is secret. `strong`: whatever the value is; `medium`: unless it looks like a name,
 * since tokens and Secrets are also spoken of by name; `weak`: only if the value looks random.
 */
export type Strength = 'strong' | 'medium' | 'weak'

/** `secretName`, `tokenExpirationSeconds`, `PASSWORD_FILE`: about a secret, not the secret. */
const about =
  /(?:names?|refs?|files?|paths?|dir|urls?|uris?|hosts?|port|enabled|types?|mode|methods?|providers?|class|namespaces?|expiry|expirations?|expires|seconds|minutes|ttl|timeout|size|length|count|limits?|version|policy|reviews?|controller|issuer|audiences?|endpoints?|user|username|mounts?|volumes?|store|required|rotation|algorithm|format|prefix|header|id|kind|found|errors?|exceptions?|state|status|publickeytoken)$/i
const strong =
  /passw(?:or)?[dt]|passcode|kennwort|mot[ _.-]?de[ _.-]?passe|contrase(?:ñ|n)a|senha|пароль|密码|密碼|パスワード|비밀번호|wachtwoord|lösenord|adgangskode|has[łl]o|heslo|parola|[şs]ifre|jelsz[óo]|salasana|passord|palavra[ _.-]?passe|passphrase|requirepass|masterauth|(?:erlang|release)[_.-]?cookie|(?:^|[_.-])p(?:ass|wd|w)(?:$|[_.\d-])|(?:^|[_.-])client-(?:key|certificate)-data$/i
const medium = /secret|token|credential|api[_.-]?key/i
/** `passwordSecret: db-credentials`: where it is kept, unless it looks like one itself. */
const kept = /passw(?:or)?d[_.-]?(?:secret|key)(?:[_.-]?(?:key|name))?$/i
const weak =
  /(?:^|[_.-])(?:pat|jwt|bearer|hmac|creds?|licen[sc]e|seed|mnemonic|pepper|otp|private|master)(?:$|[_.-])|(?:access|account|auth|encryption|license|master|private|root|secret|shared|signing|subscription|service)[_.-]?key|(?:^|[_.-])(?:auth|dsn|salt|cookie|session|sessionid|sig|signature|conn(?:ection)?[_.-]?str(?:ing)?|webhook)(?:$|[_.-])/i

/** `clientSecret` and `CLIENT_SECRET` alike. */
export function strengthOf(name: string): Strength | undefined {
  const parts = name.slice(-120).replace(/([a-z\d])([A-Z])/g, '$1_$2')
  if (about.test(parts) && !/secret[_.-]?id$/i.test(parts)) return undefined
  if (/^checksum\//i.test(name)) return undefined
  if (kept.test(parts)) return 'weak'
  if (strong.test(parts)) return 'strong'
  if (medium.test(parts)) return 'medium'
  return weak.test(parts) || /(?:^|[_.-])[a-z\d]+[_.-]key$/i.test(parts) ? 'weak' : undefined
}

const nothing =
  /^(?:|[|>][+-]?\d?|true|false|null|nil|none|undefined|yes|no|\*+|x{3,}|-+|<[^<>]*>|\[[^[\]]*\]|required|missing|empty|not_?present|redacted)$/i
/** A value that is put in later: `$(VAR)`, `${VAR}`, `$VAR`, `{{ .Values.x }}`. */
const reference = /^(?:\$\([\w.-]+\)|\$\{[^{}]*\}|\$[A-Z_]\w*|\{\{[^{}]*\}\})$/
const pseudonym = /^‹redacted:[a-z\d-]+:[\da-f]{6}›$/
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** `/run/secrets/db`, and the shell's PWD. */
const path = /^(?:\/[a-z][\w.-]*)+\/?$/

/** Nothing to hide: empty, a word for nothing, a reference to elsewhere, or hidden already. */
export const isTrivial = (value: string): boolean =>
  [nothing, reference, pseudonym, path].some((pattern) => pattern.test(value)) ||
  // `(using password: YES)`: what closes the sentence is no part of it.
  nothing.test(value.replace(/[).,;:\]]+$/, ''))

/** `default/db-creds-v2`, `web-7d9f8b6c5d-x2x9z`, `registry.example:5000/app`: what objects and images are called. */
function isNameLike(value: string): boolean {
  if (!/^[a-z\d](?:[a-z\d./:-]*[a-z\d])?$/.test(value) || uuid.test(value)) return false
  const parts = value.split(/[./:-]/)
  // Generated parts of names have ten characters at most; a longer mixture is what keys are made of.
  const mixture = (part: string) => part.length >= 12 && /\d/.test(part) && /[a-z]/.test(part)
  return parts.length === 1
    ? !/\d/.test(value) && value.length <= 24
    : parts.every((part) => part.length <= 16 && !mixture(part))
}

/** A time, a digest, an address, a name in capitals: what evidence is made of. */
const shownPlainly =
  /^(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?|sha\d{3}:[\da-f]{16,}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|[A-Z]+(?:_[A-Z]+)*|\d+(?:\.\d+)?(?:ms|s|m|h|d|Mi|Gi|Ki|%)?)$/

/** Neither a name nor words nor a number nor a place. */
export function isRandomLike(text: string): boolean {
  const value = text.replace(/[:.,;!?)\]}>]+$/, '')
  if (value.length < 8 || isNameLike(value) || /^[\d.,:%-]+$/.test(value)) return false
  if (/^(?:\.{0,2}\/|[a-z+]{2,20}:\/\/)/i.test(value) && !/^\/[\w+/]{20,}={0,2}$/.test(value)) return false
  if (shownPlainly.test(value) || /^arn:aws[a-z-]{0,12}:[a-z\d-]{2,40}:/.test(value)) return false
  const words =
    value.length <= 64 &&
    value.replace(
      /[A-Z]?[a-z]{2,}|(?:Up|In|On|By|Of|To|Is|Id|No|At)(?![a-z])|\b[A-Z]{2,6}\b|(?<=[A-Za-z])[._/:-](?=[A-Za-z])/g,
      '',
    ) === ''
  return !words && (/\d/.test(value) || /[^\w\s./:-]/.test(value) || value.length >= 16)
}

/** Whether a value that stands under such a name is one to hide. */
export function isSecret(strength: Strength, value: string): boolean {
  const trimmed = value.trim()
  // `pass=3`, `PASS: 14 tests`: nobody's password has two digits.
  if (isTrivial(trimmed) || /^\d{1,2}$/.test(trimmed)) return false
  return strength === 'strong' || isRandomLike(trimmed)
}
