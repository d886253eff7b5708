import { isSecret, isTrivial, looksRandom, strengthOf } from './secret-names.ts'
import { prose } from './secret-prose.ts'
import type { Shape } from './secret-shape.ts'

const token = (kind: string, hints: readonly string[], source: string, when?: Shape['when']): Shape => ({
  kind,
  hints,
  pattern: new RegExp(`(?<![\\w-])(?:${source})(?![\\w-])`, 'dg'),
  ...(when ? { when } : {}),
})
/** Names of Kubernetes objects are in lower case: `sk-frontend-7d9f8b6c5d-x2x9z` is a pod. */
const mixed = (value: string): boolean => /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value)

function isPartOfToken(value: string): boolean {
  try {
    const part: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'))
    return typeof part === 'object' && part !== null && ['alg', 'iss', 'sub', 'exp'].some((claim) => claim in part)
  } catch {
    return false
  }
}

const vendors: readonly Shape[] = [
  // Wrapped at the end of lines as well; and its parts by themselves, as a table or a variable for each holds them.
  token(
    'jwt',
    ['eyj'],
    'eyJ[\\w-]{8,}(?:\\.[\\w-]*|\\r?\\n[ \\t]{0,8}\\.?[\\w.-]{16,}(?=[ \\t]{0,8}(?:\\r?\\n|$))){1,60}',
    (text) => text.includes('.'),
  ),
  token('jwt', ['eyj'], 'eyJ[\\w-]{17,}', isPartOfToken),
  token('github', ['gh'], 'gh[opsur]_[A-Za-z\\d]{20,}|github_pat_\\w{20,}'),
  token(
    'gitlab',
    ['gl', 'gr1348941'],
    'gl(?:pat|ptt|dt|rt|cbt|ft|soat|imt|agent|oas|ffct)-[\\w.-]{20,}|GR1348941[\\w-]{20}',
  ),
  token('slack', ['xox', 'xapp-'], 'xox[abeoprs]-[\\w-]{10,}|xapp-\\d-[\\w-]{10,}'),
  token(
    'stripe',
    ['k_live_', 'k_test_', 'whsec_'],
    '(?:sk|rk|pk)_(?:live|test)_[A-Za-z\\d]{10,}|whsec_[A-Za-z\\d+/]{20,}=?',
  ),
  token('npm', ['npm_'], 'npm_[A-Za-z\\d]{36}'),
  token('anthropic', ['sk-ant-'], 'sk-ant-[\\w-]{20,}'),
  token('openai', ['sk-'], 'sk-[\\w-]{20,}', mixed),
  token('aws', ['a3t', 'akia', 'asia', 'abia', 'acca'], '(?:A3T[A-Z\\d]|AKIA|ASIA|ABIA|ACCA)[A-Z\\d]{16}'),
  token('gcp', ['aiza', 'ya29.', 'gocspx-'], 'AIza[\\w-]{35}|ya29\\.[\\w-]{20,}|GOCSPX-[\\w-]{20,60}'),
  token('azure', ['q~', 'azdo'], '[\\w.~-]{3}\\dQ~[\\w.~-]{31,34}|[A-Za-z\\d]{76}AZDO[A-Za-z\\d]{4}'),
  token('huggingface', ['hf_'], 'hf_[A-Za-z\\d]{30,60}'),
  token('sendgrid', ['sg.'], 'SG\\.[\\w-]{16,40}\\.[\\w-]{16,60}'),
  token('vault', ['hvs.', 'hvb.', 'hvr.'], 'hv[bsr]\\.[\\w-]{20,}'),
  token('grafana', ['glsa_', 'glc_'], 'glsa_[A-Za-z\\d]{32}_[A-Fa-f\\d]{8}|glc_[A-Za-z\\d+/]{32,}={0,2}'),
  token('docker', ['dckr_'], 'dckr_(?:pat|oat)_[\\w-]{20,}'),
  token('pypi', ['pypi-'], 'pypi-AgE[\\w-]{50,}'),
  token('digitalocean', ['_v1_'], 'do[opr]_v1_[a-f\\d]{64}'),
  token('databricks', ['dapi'], 'dapi[a-f\\d]{32}(?:-\\d)?'),
  token('newrelic', ['nrak-'], 'NRAK-[A-Z\\d]{27}'),
  token('terraform', ['.atlasv1.'], '[A-Za-z\\d]{14}\\.atlasv1\\.[\\w-]{60,}'),
  token('telegram', [':aa'], '\\d{8,10}:AA[\\w-]{33}'),
  token('shopify', ['shp'], 'shp(?:at|ca|pa|ss)_[A-Fa-f\\d]{32}'),
  token('age', ['age-secret-key-'], 'AGE-SECRET-KEY-1[A-Z\\d]{58}'),
  token('rancher', ['token-', 'kubeconfig-'], '(?:token|kubeconfig)-[a-z\\d.-]{3,60}:([a-z\\d]{40,})'),
]

/** A value: quoted (also within JSON that is itself a string), or up to the next blank or separator. */
const value = `(?:\\\\"([^"\\\\\\n]{1,4096})\\\\"|"([^"\\n]{1,4096})"|'([^'\\n]{1,4096})'|([^\\s"',;&\\\\]{1,4096}))`
const keyword =
  'passw(?:or)?d|passphrase|pwd|(?<![a-z\\d])p(?:ass|w)(?![a-z])|secret|token|credential|api[_-]?key|(?:access|account|auth|encryption|license|master|private|shared|signing|subscription)[_-]?(?:access[_-]?)?(?:key|signature)|client-key-data|(?<![a-z\\d])(?:sig|signature|dsn|sessionid|jsessionid)(?![a-z])'

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
    // ~/.pgpass: host:port:database:user:password
    kind: 'password',
    hints: [':5432:', ':6432:', ':*:'],
    pattern: /(?<![^\s"'])[^\s:"']{1,200}:(?:5432|6432|\*):[^\s:]{1,100}:[^\s:]{1,100}:([^\s"']{3,200})/dg,
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
    when: looksRandom,
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
    kind: 'bearer',
    hints: ['bearer', 'basic'],
    pattern: /\b(?:bearer|basic)\s{1,4}([\w.~+/=-]{8,8192})/dgi,
    when: looksRandom,
  },
  {
    kind: 'cookie',
    hints: ['cookie'],
    pattern: /\b(?:set-)?cookie["'\\]{0,3}\s{0,4}[:=]\s{0,4}["'\\]{0,3}([\w.-]{1,100}=[^\s"'\\][^"'\\\n]{0,4096})/dgi,
  },
  {
    // SAS, S3, GCS; and function keys in a query.
    kind: 'signature',
    hints: ['sig=', 'signature=', 'code='],
    pattern: /(?:[?&;]|\b)(?:sig|x-(?:amz|goog)-signature|code)=([\w%+/=~-]{20,2048})/dgi,
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
      `(?<![\\w-])--?[\\w-]{0,40}?(?:passw(?:or)?d|passphrase|token|secret|api-?key)["']{0,1}[\\s,]{1,4}${value}`,
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
      return strength !== undefined && !isTrivial(secret) && (strength !== 'weak' || looksRandom(secret))
    },
  },
  {
    // name=value, "name": "value", name%3Dvalue. What stands before the keyword does not matter, so it is not read.
    kind: 'value',
    hints: ['pass', 'pw', 'secret', 'token', 'credential', 'key', 'sig', 'dsn', 'session'],
    pattern: new RegExp(
      `(?<!‹redacted:[a-z-]{0,20}|checksum/)(${keyword})([\\w-]{0,40})(?:\\\\?["'])?\\s{0,4}(?::=|=>|[:=]|%3D|%3A)\\s{0,4}${value}`,
      'dgi',
    ),
    when: (secret, match) => {
      const strength = strengthOf(`${match[1]}${match[2]}`)
      return strength !== undefined && isSecret(strength, secret)
    },
  },
]

export const shapes: readonly Shape[] = [...vendors, ...written, ...prose]
