import { isRandomLike, isSecret, isTrivial, type Strength, strengthOf } from './secret-names.ts'
import { prefixed } from './secret-prefixed.ts'
import { prose } from './secret-prose.ts'
import type { Shape } from './secret-shape.ts'
import { mixed, vendors } from './secret-vendors.ts'

/** A value: quoted (also within JSON that is itself a string), or up to the next blank or separator. */
/** What languages and formats put before a value: an anchor, a tag, `b'…'`, `Some(…)`, `"""`, CDATA. */
const before =
  '(?:&[\\w-]{1,40}\\s{1,4}|!{1,2}[\\w-]{1,20}\\s{1,4}|[bBuUrRfF](?=["\'])|(?:Some|Ok|Just|String|Secret\\w{0,12}|Opaque)\\(\\s{0,4}|""(?=")|\\[\\s{0,4}(?=["\'])|<!\\[CDATA\\[)?'
const value = `${before}(?:(\\{\\{[^{}\\n]{0,200}\\}\\}|<[^<>\\n]{1,60}>)|\\\\"([^"\\\\\\n]{1,4096})\\\\"|"([^"\\n]{1,4096})"|'([^'\\n]{1,4096})'|([^\\s"',;&\\\\]{1,4096}))`
const keyword =
  'passw(?:or)?d|passphrase|pwd|(?<![a-z\\d])p(?:ass|w)(?![a-z])|secret|token|credential|api[_-]?key|passwort|kennwort|mot[ _-]?de[ _-]?passe|contrase(?:ñ|n)a|senha|пароль|密码|密碼|パスワード|비밀번호|wachtwoord|lösenord|adgangskode|has[łl]o|heslo|parola|[şs]ifre|jelsz[óo]|salasana|passord|palavra[ _-]?passe|passcode|(?<![a-z\\d])(?:pat|jwt|bearer|hmac|creds?|seed|mnemonic|pepper|otp[_-]?seed)(?![a-z])|(?:access|account|auth|encryption|license|master|private|shared|signing|subscription)[_-]?(?:access[_-]?)?(?:key|signature)|client-key-data|(?:erlang|release)[_-]?cookie|(?<![a-z\\d])(?:sig|signature|dsn|sessionid|jsessionid)(?![a-z])'

const named = (kind: string, hints: readonly string[], pattern: RegExp): Shape => ({
  kind,
  hints,
  pattern,
  when: (secret, match) => {
    const strength = strengthOf(match[1] ?? '')
    return strength !== undefined && isSecret(strength, secret)
  },
})

const written: readonly Shape[] = [
  {
    // Go's DSN for MySQL: user:password@tcp(db:3306)/orders
    kind: 'url-password',
    hints: ['@tcp(', '@unix('],
    pattern: /(?<![\w/.-])[\w.-]{1,64}:([^\s"'<>]{1,200})@(?:tcp|unix)\(/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'url-password',
    hints: ['jdbc:oracle'],
    pattern: /jdbc:oracle:\w{1,20}:[^\s/@"']{1,100}\/([^\s@"']{1,200})@/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'argument',
    hints: ['mysql', 'mariadb'],
    pattern: /\b(?:mysql|mariadb)[\w-]{0,20}\b[^\n;|&]{0,200}?\s-p([^\s"';|&]{2,200})/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'argument',
    hints: ['redis-cli', 'sshpass'],
    pattern: /\b(?:redis-cli\b[^\n;|&]{0,200}?\s-a|sshpass\s{1,4}-p)\s{0,4}["']?([^\s"';|&]{2,200})/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'argument',
    hints: ['-setcookie'],
    pattern: /-setcookie[\s=]{1,4}["']?([\w@.-]{6,200})/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'argument',
    hints: ['login'],
    pattern: /\blogin\b[^\n;|&]{0,200}?\s-p[ =]["']?([^\s"';|&]{4,400})/dg,
    // A port, of a command that maps it.
    when: (secret) => !isTrivial(secret) && !/^\d+(?:\/(?:tcp|udp))?$/.test(secret),
  },
  {
    // ~/.pgpass: host:port:database:user:password
    kind: 'password',
    hints: [':5432:', ':6432:', ':*:'],
    pattern: /(?<![^\s"'])[^\s:"']{1,200}:(?:5432|6432|\*):[^\s:]{1,100}:[^\s:]{1,100}:([^\s"']{3,200})/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    // The same as a list of arguments, as programs log a command.
    kind: 'argument',
    hints: ['redis-cli'],
    pattern: /"-a",\s{0,4}"([^"\n]{4,200})"/dg,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'password',
    hints: ['auth '],
    pattern: /\bAUTH\s{1,2}(?:\w{1,40}\s{1,2})?(\S{6,200})\s{1,2}failed\b/dg,
    when: (secret) => !isTrivial(secret) && isRandomLike(secret),
  },
  {
    // .npmrc: //host/path/:_auth=base64 of name and password
    kind: 'value',
    hints: ['_auth'],
    pattern: /:_auth\s{0,4}=\s{0,4}["']?([^\s"']{4,1000})/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    // What `vault operator init` and `kubeadm init --upload-certs` print once.
    kind: 'key',
    hints: ['unseal key', 'certificate key'],
    pattern: /\b(?:unseal key(?:\s\d{1,3})?|certificate key):\s{0,10}([\w+/=-]{16,200})/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'key',
    hints: ['license key', 'licence key'],
    pattern: /\blicen[cs]e key[\s:=]{1,4}["']?((?:[A-Z\d]{4,8}-){2,8}[A-Z\d]{4,8})\b/dgi,
    when: (secret) => !isTrivial(secret),
  },
  named('value', ['value='], /\b(?:key|name)=["']([\w.:-]{1,100})["']\s{1,4}value=["']([^"'\n]{1,1000})["']/dgi),
  named('value', ['define'], /\bdefine\(\s{0,4}["']([\w.-]{1,100})["']\s{0,4},\s{0,4}["']([^"'\n]{1,1000})["']/dgi),
  named('value', ['</'], /<(?:\w{1,20}:)?([\w.-]{3,60})>([^<>\n]{1,1000})<\//dg),
  {
    // https://user:password@host, greedy to the last @ before the path: passwords hold @ too.
    kind: 'url-password',
    hints: ['://'],
    pattern: /\b[a-z][a-z\d+.-]{1,30}:\/\/[^\s/?#:@"'<>]{0,200}:([^\s/?#"'<>]{1,500})@/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    kind: 'url-password',
    hints: ['://'],
    pattern: /\b[a-z][a-z\d+.-]{1,30}:\/\/([^\s/?#:@"'<>]{8,300})@/dgi,
    when: isRandomLike,
  },
  {
    kind: 'webhook',
    hints: ['hooks.slack.com', 'discord', 'webhook.office', 'webhookb2'],
    pattern:
      /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|\/webhookb2\/)([\w/@.+-]{20,400})/dgi,
  },
  {
    kind: 'authorization',
    hints: ['authorization'],
    pattern:
      /authorization["'\\]{0,3}\s{0,4}[:=]\s{0,4}[["'\\]{0,4}(?:bearer|basic|token|digest|negotiate|apikey|sharedkey|aws4-hmac-sha256)\s{1,4}([^\s"'\\\]]{3,8192})/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    // Schemes of their own, or none.
    kind: 'authorization',
    hints: ['authorization'],
    pattern:
      /authorization["'\\]{0,3}\s{0,4}[:=]\s{0,4}["'\\]{0,4}(?:[A-Za-z][\w-]{1,30}\s{1,4})?([^\s"'\\\],]{8,8192})/dgi,
    when: (secret) => !isTrivial(secret) && isRandomLike(secret),
  },
  {
    // Go prints the whole value before the header's name when it ends in a line end.
    kind: 'header',
    hints: ['invalid header field value'],
    pattern: /invalid header field value\s{1,2}["'](?:[A-Za-z]{3,20} )?([^"'\s][^"'\n]{2,4096}?)\s{0,8}["'] for key/dgi,
    when: (secret) => !secret.includes('‹redacted:'),
  },
  {
    kind: 'secret',
    hints: ['data:map[', 'data":{'],
    pattern: /\b(?:stringData|data)"?:(?:map\[|\{)([^\]}]{1,8000})/dg,
    parts: /[\w.-]{1,200}"?:"?([^\s"\],]{1,4000}(?:\s(?![\w.-]{1,200}:)[^\s"\],]{1,4000}){0,40})/dg,
    when: (_, match) =>
      match[0].startsWith('stringData') ||
      /\bSecret\b/.test(match.input.slice(Math.max(0, match.index - 400), match.index)),
  },
  {
    // Keys as a segment of a path, for services that have them there.
    kind: 'path-key',
    hints: ['infura.io', 'alchemy', 'datadoghq', 'quiknode', 'ankr.com', 'hooks.zapier', 'getblock', 'chainstack'],
    pattern:
      /:\/\/[\w.-]{0,100}(?:infura\.io|alchemy(?:api)?\.(?:com|io)|datadoghq\.\w{2,4}|quiknode\.pro|ankr\.com|hooks\.zapier\.com|getblock\.io|chainstack\.com)\/(?:[a-z\d_-]{1,30}\/){0,3}([\w-]{16,200})/dgi,
  },
  { kind: 'digest', hints: ['response='], pattern: /\bresponse="([\da-f]{32,64})"/dgi },
  {
    kind: 'password-hash',
    hints: ['{sha', '{ssha', '{md5', '{crypt', 'scram-sha', 'scrypt:', 'pbkdf2:'],
    pattern:
      /(\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT)\}[\w+/=$.]{16,400}|SCRAM-SHA-(?:1|256)\$\d{1,7}:[\w+/=]{8,100}\$[\w+/=]{20,100}:[\w+/=]{20,100}|(?:scrypt|pbkdf2):[\w:]{1,40}\$\w{4,64}\$[\da-f]{32,256})/dgi,
  },
  {
    kind: 'bearer',
    hints: ['bearer', 'basic'],
    pattern: /\b(?:bearer|basic)\s{1,4}([\w.~+/=-]{8,8192})/dgi,
    when: isRandomLike,
  },
  {
    kind: 'cookie',
    hints: ['cookie'],
    pattern:
      /\b(?:set-)?cookie["'\\]{0,3}\s{0,4}[:=]\s{0,4}\[?\s{0,4}["'\\]{0,3}([\w.-]{1,100}=[^\s"'\\][^"'\\\n]{0,4096})/dgi,
    // Each value; what a cookie says of itself is no secret.
    parts:
      /(?:^|;\s{0,4}|cookie["']{0,2}\s{0,4}[:=]\s{0,4})(?!(?:path|domain|expires|max-age|samesite|version|priority|theme|lang|locale)=)[\w.-]{1,100}=([^\s;]{4,4096})/dgi,
  },
  {
    // SAS, S3, GCS; and function keys in a query.
    kind: 'signature',
    hints: ['sig=', 'signature=', 'code='],
    pattern: /(?:[?&;]|\b)(?:sig|signature|x-(?:amz|goog)-signature|code)=([\w%+/=~-]{20,2048})/dgi,
    // `code=SELF_SIGNED_CERT_IN_CHAIN` names the cause; a key mixes cases and digits, a signature is hex at least.
    when: (secret) => mixed(secret) || /^[\da-f]{32,}$/i.test(secret) || /%[\dA-F]{2}|[+/=]/.test(secret),
  },
  {
    kind: 'bootstrap-token',
    hints: ['token', 'join'],
    pattern: /(?:token|join)[^\n]{0,40}?(?<![\w.-])([a-z\d]{6}\.[a-z\d]{16})(?![\w.-])/dgi,
  },
  {
    // Docker's config.json: user and password in Base64.
    kind: 'registry-auth',
    hints: ['auth'],
    pattern: /(?<![A-Za-z\d])auth\\?"\s{0,4}:\s{0,4}\\?"([A-Za-z\d+/]{8,}={0,2})\\?"/dg,
    when: (secret) => Buffer.from(secret, 'base64').includes(':'),
  },
  {
    kind: 'password-hash',
    hints: ['$'],
    pattern: /(?<![\w$])\$(?:2[abxy]|5|6|y|apr1|argon2(?:id|i|d)|scrypt)\$[\w./$,=+-]{20,400}/dg,
  },
  { kind: 'azure-key', hints: ['=='], pattern: /(?<![A-Za-z\d+/=-])[A-Za-z\d+/]{86}==/dg, when: mixed },
  {
    // --password hunter2, "--token", "x"
    kind: 'argument',
    hints: ['--'],
    pattern: new RegExp(
      `(?<![\\w-])--?[\\w-]{0,40}?(?:passw(?:or)?d|passphrase|pass|pwd|pw|token|secret|api-?key|(?:access|secret|account|certificate|private|encryption)-key)["']{0,1}[\\s,]{1,4}${value}`,
      'dgi',
    ),
    when: (secret) => !isTrivial(secret) && !secret.startsWith('-'),
  },
  {
    kind: 'argument',
    hints: ['-u', '--user'],
    pattern: /(?<!\S)(?:-u|--user)[ =]["']?[^\s:"']{1,100}:([^\s"']{2,200})/dg,
    when: (secret) => !/^\d+$/.test(secret) && !isTrivial(secret),
  },
  {
    kind: 'password',
    hints: ['identified by', 'requirepass', 'masterauth', 'machine ', 'default login'],
    pattern:
      /\b(?:identified\s{1,4}by|requirepass|masterauth|(?:machine\s{1,4}\S{1,100}|default)\s{1,4}login\s{1,4}\S{1,100}\s{1,4}password)\s{1,4}["']?([^\s"';]{1,200})/dgi,
    when: (secret) => !isTrivial(secret),
  },
  {
    // An entry of a container's environment, written out as YAML or JSON.
    kind: 'env',
    hints: ['value'],
    pattern: new RegExp(
      `\\bname["'\\\\]{0,3}\\s{0,4}:\\s{0,4}["'\\\\]{0,3}([\\w.-]{1,120})["'\\\\]{0,3},?\\s{0,40}["'\\\\]{0,3}value["'\\\\]{0,3}\\s{0,4}:\\s{0,4}${value}`,
      'dgi',
    ),
    when: (secret, match) => {
      const strength = strengthOf(match[1] ?? '')
      return strength !== undefined && !isTrivial(secret) && (strength !== 'weak' || isRandomLike(secret))
    },
  },
  {
    // password: |⏎  hunter2
    kind: 'value',
    hints: ['|', '>'],
    pattern: new RegExp(
      `(${keyword})([\\w-]{0,40})["']?\\s{0,4}:\\s{0,4}[|>][+-]?\\d?[ \\t]{0,4}\\r?\\n((?:[ \\t]{1,40}[^\\n]{1,4096}(?:\\n|$)){1,60})`,
      'dgi',
    ),
    parts: /^[ \t]*(\S[^\n]*?)[ \t\r]*$/dgm,
    when: (secret, match) => {
      const strength = strengthOf(`${match[1]}${match[2]}`)
      if (strength === undefined || secret.includes('‹redacted:')) return false
      return strength === 'strong' || secret.split('\n').some((line) => isRandomLike(line.trim()))
    },
  },
  {
    // name=value, "name": "value", name%3Dvalue. What stands before the keyword does not matter, so it is not read.
    kind: 'value',
    hints: [
      ...[
        'pass',
        'pw',
        'secret',
        'token',
        'credential',
        'key',
        'sig',
        'dsn',
        'session',
        'cookie',
        'kennwort',
        'contrase',
        'senha',
      ],
      ...[
        'пароль',
        '密码',
        '密碼',
        'パスワード',
        '비밀번호',
        'wachtwoord',
        'lösenord',
        'adgangskode',
        'hasło',
        'haslo',
        'heslo',
      ],
      ...[
        'parola',
        'şifre',
        'sifre',
        'jelsz',
        'salasana',
        'jwt',
        'bearer',
        'hmac',
        'cred',
        'seed',
        'mnemonic',
        'pepper',
        'pat',
      ],
    ],
    pattern: new RegExp(
      `(?<!‹redacted:[a-z-]{0,20}|checksum/)(${keyword})([\\w-]{0,40})(?:\\\\?["'])?\\s{0,4}(?::=|=>|[:=]|%3D|%3A)\\s{0,4}${value}`,
      'dgi',
    ),
    when: (secret, match) => {
      const strength = strengthOf(`${match[1]}${match[2]}`)
      // A .NET assembly's name tells its public key.
      const head = match.input.slice(Math.max(0, match.index - 120), match.index)
      if (strength === undefined || /(?:publickey|\barn:[\w:-]{1,100}:)$/i.test(head)) return false
      return isSecret(spokenOf(strength, match), secret)
    },
  },
]

/** `Secret shop/api-keys: MountVolume…`, `MissingSecret: …`, `arn:aws:secretsmanager:…`: a thing is spoken of by name. */
const spokenName =
  /(?:[a-z\d][a-z\d.-]{0,252}\/[a-z\d.-]{0,252}|\b(?:Missing|No|Invalid|Unknown|Wrong|Unused)|\barn:[\w:/-]{0,200}|\b(?:secret|secrets|configmap)\s{1,2}["']?[\w.-]{0,100}|\bvolume\s{1,2}["'][\w.-]{0,100})$/
function spokenOf(strength: Strength, match: RegExpExecArray): Strength {
  if (strength !== 'strong' || !/:\s/.test(match[0])) return strength
  const head = match.input.slice(Math.max(0, match.index - 260), match.index)
  return spokenName.test(head) ? 'medium' : strength
}

export const shapes: readonly Shape[] = [...vendors, ...prefixed, ...written, ...prose]
