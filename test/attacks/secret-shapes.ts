import { createHash } from 'node:crypto'

/** A form of secret: what it is written like, and the part that must not be seen. */
export type SecretShape = {
  readonly id: string
  readonly write: (draw: Draw) => readonly [text: string, secret: string]
}
export type Draw = (length: number, alphabet?: string) => string

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const alnum = upper + lower + digits
const hex = '0123456789abcdef'
const url64 = `${alnum}_-`

/** Random characters that are the same in each run: nothing in this file looks like a secret as it is written. */
export function drawOf(seed: string): Draw {
  let turn = 0
  return (length, alphabet = alnum) => {
    let out = ''
    while (out.length < length) {
      const bytes = createHash('sha256').update(`${seed}:${turn++}`).digest()
      for (const byte of bytes) if (out.length < length) out += alphabet[byte % alphabet.length]
    }
    return out
  }
}

/** Facts of prefixes, alphabets and lengths, as vendors and public rule sets give them. */
const vendorTokens: Readonly<Record<string, (draw: Draw) => string>> = {
  github: (d) => `ghp_${d(36)}`,
  'github-server': (d) => `ghs_${d(36)}`,
  'github-fine': (d) => `github_pat_${d(22)}_${d(59)}`,
  gitlab: (d) => `glpat-${d(20)}`,
  'gitlab-runner': (d) => `glrt-${d(20)}`,
  slack: (d) => `xoxb-${d(12, digits)}-${d(12, digits)}-${d(24)}`,
  'slack-app': (d) => `xapp-1-A${d(10, upper + digits)}-${d(13, digits)}-${d(40, hex)}`,
  stripe: (d) => `sk_live_${d(24)}`,
  'stripe-hook': (d) => `whsec_${d(32)}`,
  npm: (d) => `npm_${d(36)}`,
  anthropic: (d) => `sk-ant-api03-${d(93, url64)}AA`,
  openai: (d) => `sk-${d(20)}T3BlbkFJ${d(20)}`,
  'openai-project': (d) => `sk-proj-${d(70)}`,
  aws: (d) => `AKIA${d(16, `${upper}234567`)}`,
  gcp: (d) => `AIza${d(35, url64)}`,
  hugging: (d) => `hf_${d(34)}`,
  sendgrid: (d) => `SG.${d(22)}.${d(43)}`,
  vault: (d) => `hvs.${d(90)}`,
  grafana: (d) => `glsa_${d(32)}_${d(8, hex)}`,
  docker: (d) => `dckr_pat_${d(27)}`,
  pypi: (d) => `pypi-AgEIcHlwaS5vcmc${d(70)}`,
  digitalocean: (d) => `dop_v1_${d(64, hex)}`,
  databricks: (d) => `dapi${d(32, hex)}`,
  newrelic: (d) => `NRAK-${d(27, upper + digits)}`,
  terraform: (d) => `${d(14)}.atlasv1.${d(67)}`,
  telegram: (d) => `${d(10, '123456789')}:AA${d(33)}`,
  shopify: (d) => `shpat_${d(32, hex)}`,
  age: (d) => `AGE-SECRET-KEY-1${d(58, upper + digits)}`,
  okta: (d) => `SSWS ${d(42)}`,
  atlassian: (d) => `ATATT3${d(186)}`,
  discord: (d) => `M${d(25)}.${d(6)}.${d(38)}`,
  linear: (d) => `lin_api_${d(40)}`,
  notion: (d) => `ntn_${d(46)}`,
  doppler: (d) => `dp.pt.${d(43)}`,
  postman: (d) => `PMAK-${d(24, hex)}-${d(34, hex)}`,
  mailgun: (d) => `key-${d(32, hex)}`,
  mailchimp: (d) => `${d(32, hex)}-us12`,
  square: (d) => `sq0csp-${d(43)}`,
  rubygems: (d) => `rubygems_${d(48, hex)}`,
  groq: (d) => `gsk_${d(52)}`,
  xai: (d) => `xai-${d(80)}`,
  replicate: (d) => `r8_${d(37)}`,
  langsmith: (d) => `lsv2_pt_${d(32, hex)}_${d(10, hex)}`,
  posthog: (d) => `phc_${d(43)}`,
  tailscale: (d) => `tskey-auth-k${d(10)}CNTRL-${d(32)}`,
  pulumi: (d) => `pul-${d(40, hex)}`,
  contentful: (d) => `CFPAT-${d(43)}`,
  nvidia: (d) => `nvapi-${d(64)}`,
  twilio: (d) => `SK${d(32, hex)}`,
  paseto: (d) => `v4.local.${d(120)}`,
  airtable: (d) => `pat${d(14)}.${d(64, hex)}`,
  figma: (d) => `figd_${d(40)}`,
  netlify: (d) => `nfp_${d(36)}`,
  planetscale: (d) => `pscale_pw_${d(43)}`,
  sentry: (d) => `sntryu_${d(64, hex)}`,
  snyk: (d) => `snyk_uat.${d(36)}`,
  sonar: (d) => `sqp_${d(40, hex)}`,
  supabase: (d) => `sbp_${d(40, hex)}`,
  buildkite: (d) => `bkua_${d(40, lower + digits)}`,
  dynatrace: (d) => `dt0c01.${d(24, upper + digits)}.${d(64, upper + digits)}`,
  perplexity: (d) => `pplx-${d(48)}`,
  openrouter: (d) => `sk-or-v1-${d(64, hex)}`,
  brevo: (d) => `xkeysib-${d(64, hex)}-${d(16)}`,
  wallet: (d) => `xprv${d(107, '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')}`,
  bootstrap: (d) => `kubeadm join --token ${d(6, lower + digits)}.${d(16, lower + digits)}`,
}
const names = [
  ...[
    'password',
    'Password',
    'DB_PASSWORD',
    'spring.datasource.password',
    'passwd',
    'passphrase',
    'client_secret',
    'clientSecret',
  ],
  ...[
    'api_key',
    'apiKey',
    'API-KEY',
    'access_token',
    'auth_token',
    'refreshToken',
    'secret',
    'SECRET_KEY',
    'private_key',
    'credentials',
  ],
  ...[
    'Passwort',
    'Kennwort',
    'contraseña',
    'senha',
    'пароль',
    '密码',
    'パスワード',
    'wachtwoord',
    'hasło',
    'heslo',
    'parola',
    'lösenord',
  ],
  ...[
    'PASSWORT',
    'DB_KENNWORT',
    'GH_PAT',
    'JWT',
    'HMAC',
    'CREDS',
    'OTP_SEED',
    'signing_key',
    'encryptionKey',
    'master_key',
    'session_secret',
  ],
]
type Syntax = (name: string, secret: string) => string
const syntaxes: Readonly<Record<string, Syntax>> = {
  equals: (n, s) => `${n}=${s}`,
  colon: (n, s) => `${n}: ${s}`,
  quoted: (n, s) => `${n}="${s}"`,
  json: (n, s) => `{"user":"svc","${n}":"${s}"}`,
  yaml: (n, s) => `user: svc\n${n}: '${s}'\nport: 5432`,
  block: (n, s) => `${n}: |\n  ${s}\nport: 5432`,
  rust: (n, s) => `Config { ${n}: Some("${s}"), port: 5432 }`,
  python: (n, s) => `{'${n}': b'${s}', 'port': 5432}`,
}
const written: Readonly<Record<string, (draw: Draw) => readonly [string, string]>> = {
  postgres: (d) => form(d(20), (s) => `cannot connect to postgres://svc:${s}@db:5432/shop`),
  amqp: (d) => form(d(20), (s) => `amqps://svc:${s}@mq.example:5671/v`),
  'mysql-dsn': (d) => form(d(20), (s) => `svc:${s}@tcp(db:3306)/orders`),
  oracle: (d) => form(d(20), (s) => `jdbc:oracle:thin:svc/${s}@//db:1521/x`),
  'url-user': (d) =>
    form(d(40, hex), (s) => `fatal: unable to access 'https://${s}@github.com/org/app.git/': error 403`),
  infura: (d) => form(d(32, hex), (s) => `POST https://sepolia.infura.io/v3/${s} -> 429`),
  alchemy: (d) => form(d(32), (s) => `https://eth-mainnet.g.alchemy.com/v2/${s}`),
  datadog: (d) => form(d(32, hex), (s) => `https://http-intake.logs.datadoghq.com/v1/input/${s}`),
  'slack-hook': (d) =>
    form(d(24), (s) => `https://hooks.slack.com/services/T0${'A'.repeat(8)}/B0${'B'.repeat(8)}/${s}`),
  bearer: (d) => form(d(40), (s) => `Authorization: Bearer ${s}`),
  basic: (d) => form(Buffer.from(`svc:${d(16)}`).toString('base64'), (s) => `authorization: Basic ${s}`),
  'token-scheme': (d) => form(d(32), (s) => `Authorization: Token ${s}`),
  'own-scheme': (d) => form(d(40), (s) => `Authorization: PlatformKey ${s}`),
  digest: (d) => form(d(32, hex), (s) => `Authorization: Digest username="svc", response="${s}"`),
  cookie: (d) => form(d(24), (s) => `Cookie: theme=dark; sid=${s}`),
  'set-cookie': (d) => form(d(24), (s) => `Set-Cookie: sid=${s}; Path=/; HttpOnly`),
  'x-api-key': (d) => form(d(24), (s) => `X-Api-Key: ${s}`),
  'go-header': (d) => form(d(24), (s) => `net/http: invalid header field value "Bearer ${s}\n" for key Authorization`),
  sas: (d) => form(`${d(42)}%3D`, (s) => `https://acct.blob.core.windows.net/c/b?sv=2024&sig=${s}`),
  's3-signed': (d) => form(d(64, hex), (s) => `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4&X-Amz-Signature=${s}`),
  's3-token': (d) => form(d(200), (s) => `https://b.s3.amazonaws.com/k?X-Amz-Security-Token=${s}&X-Amz-Date=2026`),
  cloudfront: (d) => form(d(80), (s) => `https://d1.cloudfront.net/x?Expires=1&Signature=${s}&Key-Pair-Id=K1`),
  'function-key': (d) => form(`${d(54)}==`, (s) => `https://app.azurewebsites.net/api/run?code=${s}`),
  'azure-account': (d) => form(`${d(86)}==`, (s) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s}`),
  'flag-password': (d) => form(d(16), (s) => `occ install --database-user oc --database-pass ${s} --admin-user admin`),
  'flag-token': (d) => form(d(24), (s) => `+ deploy --token ${s} --env prod`),
  'curl-user': (d) => form(d(16), (s) => `+ curl -sf -u deploy:${s} https://repo/x`),
  mysqladmin: (d) => form(d(16), (s) => `+ mysqladmin ping -uroot -p${s}`),
  'redis-cli': (d) => form(d(16), (s) => `redis-cli -h redis -a ${s} ping`),
  sshpass: (d) => form(d(16), (s) => `sshpass -p ${s} ssh deploy@host`),
  pgpass: (d) => form(d(16), (s) => `db.example:5432:shop:svc:${s}`),
  netrc: (d) => form(d(16), (s) => `machine api.example login svc password ${s}`),
  sql: (d) => form(d(16), (s) => `CREATE USER svc IDENTIFIED BY '${s}'`),
  bcrypt: (d) => form(d(53), (s) => `hash $2b$12$${s}`),
  scram: (d) => form(`${d(27)}=`, (s) => `SCRAM-SHA-256$4096:${'c2FsdHNhbHRzYWx0'}==$${s}:${s}`),
  ssha: (d) => form(`${d(31)}=`, (s) => `userhash {SSHA}${s}`),
  werkzeug: (d) => form(d(64, hex), (s) => `scrypt:32768:8:1$saltsalt$${s}`),
  'secret-map': (d) =>
    form(d(14), (s) => `Secret "pay" is invalid: patch: Invalid value: "map[stringData:map[merchant:${s} pin:1207]]"`),
  jwt: (d) => {
    const head = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url')
    return form(`${head}.${Buffer.from(`{"sub":"${d(12)}"}`).toString('base64url')}.${d(86)}`, (s) => `token ${s}`)
  },
  sentence: (d) => form(`${d(8)}7x${d(4)}`, (s) => `the password is "${s}"`),
  'docker-auth': (d) =>
    form(Buffer.from(`svc:${d(16)}`).toString('base64'), (s) => `{"auths":{"r.example":{"auth":"${s}"}}}`),
  'xml-element': (d) => form(d(20), (s) => `<password>${s}</password>`),
  properties: (d) => form(d(20), (s) => `spring.datasource.password=${s}`),
  php: (d) => form(d(20), (s) => `define('DB_PASSWORD', '${s}');`),
}
const form = (secret: string, text: (secret: string) => string) => [text(secret), secret] as const

/** Over 400 shapes: each vendor's token, each name in each way of writing, and forms of their own. */
export const secretShapes: readonly SecretShape[] = [
  ...Object.entries(vendorTokens).map(([id, make]) => ({
    id: `vendor ${id}`,
    write: (draw: Draw) => {
      const token = make(draw)
      return [`the upstream said no to ${token} again`, token.split(' ').at(-1) ?? token] as const
    },
  })),
  ...names.flatMap((name) =>
    Object.entries(syntaxes).map(([id, syntax]) => ({
      id: `${name} ${id}`,
      write: (draw: Draw) => {
        const secret = `${draw(8)}4${draw(7)}Kz`
        return [syntax(name, secret), secret] as const
      },
    })),
  ),
  ...Object.entries(written).map(([id, write]) => ({ id: `form ${id}`, write })),
]

const json = (value: unknown) => JSON.stringify(value)
const esc = String.fromCharCode(27)
/** Ways on which a text reaches us. `object`: a Kubernetes object that bears it. */
export const secretCarriers: Readonly<Record<string, (text: string) => string | Readonly<Record<string, unknown>>>> = {
  'a log line': (text) => `2026-01-12T09:41:00Z ERROR worker-3 ${text}`,
  'a JSON log line': (text) => json({ level: 'error', ts: 1_767_000_000, msg: `failed:\n\t${text}`, code: 7 }),
  'JSON in JSON': (text) => json({ log: json({ msg: `said\n${text}` }), stream: 'stderr' }),
  'JSON in JSON in JSON': (text) => json({ a: json({ b: json({ msg: text }) }) }),
  logfmt: (text) => `ts=2026-01-12 level=error msg=${json(text)} component=api`,
  colours: (text) => `${esc}[31mERROR${esc}[0m ${esc}[1m${text}${esc}[0m`,
  'an Event': (text) => ({ kind: 'Event', reason: 'Failed', message: `Error: ${text}` }),
  'an annotation': (text) => ({ kind: 'Pod', metadata: { name: 'x', annotations: { note: text } } }),
  'a ConfigMap': (text) => ({
    kind: 'ConfigMap',
    metadata: { name: 'x' },
    data: { 'app.conf': `mode: fast\n${text}\n` },
  }),
  'a status': (text) => ({ kind: 'Thing', status: { conditions: [{ type: 'Ready', message: `sync: ${text}` }] } }),
}
