import { deflateSync, gzipSync } from 'node:zlib'

/** Random characters of a fixed sequence: no real secret stands in this file, and none looks like one as it is written. */
function letters(seed: number, length: number, alphabet: string): string {
  let state = seed * 2_654_435_761 + 1
  let out = ''
  while (out.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    out += alphabet[(state >>> 8) % alphabet.length]
  }
  return out
}
const alnum = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz0123456789'
const hex = '0123456789abcdef'
const some = (seed: number, length: number, alphabet = alnum) => letters(seed, length, alphabet)
const b64url = (text: string) => Buffer.from(text).toString('base64url')

export const jwt = `${b64url('{"alg":"RS256","kid":"k1"}')}.${b64url('{"sub":"system:serviceaccount:shop:default"}')}.${some(1, 80)}`
export const pem = [
  '-----BEGIN RSA PRIVATE KEY-----',
  ...Array.from({ length: 12 }, (_, at) => some(at + 2, 64)),
  `${some(40, 31)}=`,
  '-----END RSA PRIVATE KEY-----',
].join('\n')

const hexOf = (text: string) => Buffer.from(text).toString('hex')
/** A piece that holds a secret within: all of it is hidden. */
const packed = (piece: string): readonly [string, string] => [`payload ${piece}`, piece.slice(8, 60)]

/** Kind of secret → [text in which it stands, the part that must not be seen]. */
export const canaries: Readonly<Record<string, readonly [string, string]>> = {
  jwt: [jwt, jwt.split('.')[2]!],
  bearer: [`Authorization: Bearer ${some(3, 40)}`, some(3, 40)],
  basic: [
    `authorization: Basic ${Buffer.from(`app:${some(4, 12)}`).toString('base64')}`,
    Buffer.from(`app:${some(4, 12)}`).toString('base64'),
  ],
  pem: [pem, some(5, 64)],
  pemInJson: [JSON.stringify({ k: pem }), some(6, 64)],
  awsId: [`AKIA${some(7, 16, 'ABCDEFGHIJKLMNOP234567')}`, some(7, 16, 'ABCDEFGHIJKLMNOP234567')],
  awsSecret: [`aws_secret_access_key = ${some(8, 40)}`, some(8, 40)],
  gcpKey: [`AIza${some(9, 35)}`, some(9, 35)],
  gcpOauth: [`ya29.${some(10, 60)}`, some(10, 60)],
  azureAccount: [
    `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${some(11, 86)}==;EndpointSuffix=core.windows.net`,
    some(11, 86),
  ],
  azureSecret: [`${some(12, 3)}8Q~${some(13, 34)}`, some(13, 34)],
  sas: [`https://shop.blob.core.windows.net/c/b?sv=2024-11-04&sr=b&sig=${some(14, 43)}%3D&se=2026`, some(14, 43)],
  serviceBus: [
    `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${some(15, 43)}=`,
    some(15, 43),
  ],
  presigned: [`https://b.s3.amazonaws.com/o?X-Amz-Signature=${some(16, 64, hex)}`, some(16, 64, hex)],
  postgres: [`postgres://app:${some(17, 14)}@db.shop.svc:5432/orders?sslmode=disable`, some(17, 14)],
  postgresOdd: [`postgresql://app:p@${some(18, 10)}@db:5432/orders`, some(18, 10)],
  redis: [`redis://:${some(19, 16)}@cache:6379/0`, some(19, 16)],
  adoNet: [`Server=db;User Id=sa;Password=${some(20, 12)};Encrypt=true`, some(20, 12)],
  github: [`ghp_${some(21, 36)}`, some(21, 36)],
  githubFine: [`github_pat_${some(22, 22)}_${some(23, 59)}`, some(23, 59)],
  gitlab: [`glpat-${some(24, 20)}`, some(24, 20)],
  slack: [`xoxb-${some(25, 12, '0123456789')}-${some(26, 24)}`, some(26, 24)],
  slackHook: [`https://hooks.slack.com/services/T${some(27, 8)}/B${some(28, 8)}/${some(29, 24)}`, some(29, 24)],
  stripe: [`sk_live_${some(30, 24)}`, some(30, 24)],
  npm: [`//registry.example.com/:_authToken=npm_${some(31, 36)}`, some(31, 36)],
  openai: [`sk-proj-${some(32, 48)}`, some(32, 48)],
  anthropic: [`sk-ant-api03-${some(33, 60)}`, some(33, 60)],
  huggingface: [`hf_${some(34, 34)}`, some(34, 34)],
  vault: [`hvs.${some(35, 90)}`, some(35, 90)],
  rancher: [`token-${some(36, 5, lower)}:${some(37, 54, lower)}`, some(37, 54, lower)],
  rancherKubeconfig: [`kubeconfig-u-${some(38, 10, lower)}:${some(39, 54, lower)}`, some(39, 54, lower)],
  bootstrap: [`kubeadm join 10.0.0.1:6443 --token ${some(40, 6, lower)}.${some(41, 16, lower)}`, some(41, 16, lower)],
  flag: [`mysqld --user root --password ${some(42, 9)} --port 3306`, some(42, 9)],
  curl: [`curl -u admin:${some(43, 9)} https://api.example/`, some(43, 9)],
  pair: [`level=error msg="login failed" db_password=${some(44, 8, lower)}`, some(44, 8, lower)],
  quoted: [`config {"clientSecret": "${some(45, 9)} ${some(46, 9)}"}`, some(46, 9)],
  escaped: [`"{\\"password\\":\\"${some(47, 6)} ${some(48, 6)}\\"}"`, some(48, 6)],
  encodedPair: [`body: grant=password&password%3D${some(49, 12)}`, some(49, 12)],
  yaml: [`spring:\n  datasource:\n    password: ${some(50, 7, lower)}\n`, some(50, 7, lower)],
  envText: [`- name: DB_PASSWORD\n  value: ${some(51, 9)}`, some(51, 9)],
  bcrypt: [`admin:$2y$10$${some(52, 53)}`, some(52, 53)],
  cookie: [`Set-Cookie: sid=${some(53, 24)}; HttpOnly`, some(53, 24)],
  apiKeyHeader: [`x-api-key: ${some(54, 32)}`, some(54, 32)],
  base64Pair: [
    Buffer.from(`password=${some(55, 12)}`).toString('base64'),
    Buffer.from(`password=${some(55, 12)}`)
      .toString('base64')
      .slice(4, 24),
  ],
  base64Pem: [Buffer.from(pem).toString('base64'), Buffer.from(pem).toString('base64').slice(100, 160)],
  dockerConfig: [
    `{"auths":{"registry.example":{"auth":"${Buffer.from(`robot:${some(56, 16)}`).toString('base64')}"}}}`,
    Buffer.from(`robot:${some(56, 16)}`).toString('base64'),
  ],
  netrc: [`machine github.com login bot password ${some(57, 12)}`, some(57, 12)],
  sql: [`CREATE USER app IDENTIFIED BY '${some(58, 10)}'`, some(58, 10)],
  helm: [`H4sIAAAAAAAA${some(59, 400)}`, some(59, 100)],
  sendgrid: [`SG.${some(60, 22)}.${some(61, 43)}`, some(61, 43)],
  jwtWrapped: [`token:\n${jwt.slice(0, 76)}\n${jwt.slice(76)}\n`, jwt.slice(-60)],
  jwtHeader: [
    b64url(`{"alg":"HS256","kid":"${some(70, 8)}"}`),
    b64url(`{"alg":"HS256","kid":"${some(70, 8)}"}`).slice(4, 30),
  ],
  jwtClaims: [
    b64url(`{"iss":"x","sub":"${some(71, 12)}"}`),
    b64url(`{"iss":"x","sub":"${some(71, 12)}"}`).slice(12, 34),
  ],
  dsnGo: [`app:${some(72, 12)}@tcp(db:3306)/orders`, some(72, 12)],
  oracle: [`jdbc:oracle:thin:scott/${some(73, 12)}@//db:1521/x`, some(73, 12)],
  mysqlFlag: [`mysql -uroot -p${some(74, 12)} orders`, some(74, 12)],
  redisFlag: [`redis-cli -h cache -a ${some(75, 12)} ping`, some(75, 12)],
  sshpass: [`sshpass -p ${some(76, 12)} ssh host`, some(76, 12)],
  netrcDefault: [`default login bot password ${some(77, 12)}`, some(77, 12)],
  pgpass: [`db.shop.svc:5432:orders:app:${some(78, 12)}`, some(78, 12)],
  xml: [`<config><dbPassword>${some(79, 12)}</dbPassword></config>`, some(79, 12)],
  xmlAttribute: [`<add key="Db.Password" value="${some(80, 12)}"/>`, some(80, 12)],
  php: [`define('DB_PASSWORD', '${some(81, 12)}');`, some(81, 12)],
  envPw: [`ADMIN_PW=${some(82, 12)}`, some(82, 12)],
  base64Twice: [
    Buffer.from(Buffer.from(`password=${some(83, 24)}`).toString('base64')).toString('base64'),
    Buffer.from(Buffer.from(`password=${some(83, 24)}`).toString('base64'))
      .toString('base64')
      .slice(8, 48),
  ],
  prose: [`the database password is ${some(84, 10)}7`, some(84, 10)],
  proseOf: [`Password for user admin: ${some(85, 10)}7`, some(85, 10)],
  proseSet: [`root password was changed to ${some(86, 10)}7!`, some(86, 10)],
  proseWith: [`connecting with password ${some(87, 10)}7 as app`, some(87, 10)],
  proseQuoted: [`login with password "${some(88, 9, lower)}" refused`, some(88, 9, lower)],
  proseBrackets: [`password [${some(89, 8)}4] accepted`, some(89, 8)],
  proseToken: [`the api key is ${some(90, 24)}5`, some(90, 24)],
  pwdBare: [`user app pwd ${some(91, 9)}6`, some(91, 9)],
  pwdPair: [`user=app;pwd=${some(92, 9)};host=db`, some(92, 9)],
  hexToken: [`using token ${some(93, 64, hex)}`, some(93, 64, hex)],
  hexKey: [`encryption key is ${some(94, 64, hex)}`, some(94, 64, hex)],
  hexPrefixed: [`secret 0x${some(95, 40, hex)}`, some(95, 40, hex)],
  hexPair: [hexOf(`password=${some(96, 16)}`), hexOf(some(96, 16))],
  zlib: packed(deflateSync(`{"password":"${some(97, 16)}"}`).toString('base64')),
  zlibUrl: packed(deflateSync(`{"password":"${some(98, 16)}"}`).toString('base64url')),
  gzip: packed(gzipSync(`{"password":"${some(99, 16)}"}`).toString('base64')),
  gzipHex: packed(gzipSync(`{"password":"${some(100, 16)}"}`).toString('hex')),
  gzipTwice: packed(Buffer.from(gzipSync(`{"token":"${some(101, 30)}"}`).toString('base64')).toString('base64')),
  // The end of the stream is missing, as in a line that was cut.
  gzipCut: packed(
    gzipSync(`{"password":"${some(102, 16)}","rest":"${some(103, 90)}"}`)
      .toString('base64')
      .slice(0, 96),
  ),
  azureDevops: [`${some(62, 76)}AZDO${some(63, 4)}`, some(62, 76)],
}
