import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../shared/mcp-server/server/read-config.ts'
import { ServerConfig } from '../../../shared/mcp-server/server/server-config.ts'

const read = (text: string, environment: Record<string, string> = {}, flags: Parameters<typeof readConfig>[1] = {}) =>
  readConfig({ text, where: 'mcp.toml', folder: '/etc/nightcrier' }, flags, environment)

const production = `
[nsk]
rancher_url = "https://rancher.example.io"
rancher_token = "\${PROD_RANCHER_TOKEN}"
profile = "prod"
config_dir = "/etc/kubernetes/clusters/prod"
auto_refresh = true
refresh_interval = "1h"
cluster_pattern = "^c1-.*"

kubeconfig_dir = "/etc/kubernetes/clusters/prod"
default_cluster = "c1-sv5"
auto_discovery = true

[cluster_aliases]
"production" = "c1-sv5"
"prod-west" = "c1-lax1"
`

test('a config as people write it, with keys of the whole file below [nsk], means what it looks like and says so', () => {
  const { config, warnings } = read(production, { PROD_RANCHER_TOKEN: 'token-x:y' })
  expect(config).toMatchObject({
    kubeconfig_dir: ['/etc/kubernetes/clusters/prod'],
    default_cluster: 'c1-sv5',
    auto_discovery: true,
    cluster_aliases: { production: 'c1-sv5', 'prod-west': 'c1-lax1' },
    nsk: {
      rancher_url: 'https://rancher.example.io',
      rancher_token: 'token-x:y',
      profile: 'prod',
      auto_refresh: true,
      refresh_interval: 3_600,
      cluster_pattern: '^c1-.*',
      nsk_path: 'nsk',
    },
  })
  expect(warnings).toHaveLength(3)
  expect(warnings[0]).toContain('kubeconfig_dir stands below [nsk]')
})

test('everything that is wrong is one message, each with its path and the nearest key; no value is quoted', () => {
  const text = `
kubeconfig_dri = "/x"
default_cluster = 3
[rancher]
rancher_url = "http://rancher.example"
rancher_token = "\${NOT_SET}"
refresh_interval = "1 hour"
cluster_pattern = "(?=x)("
exclude_cluster = ["a"]
access = "direct"
[nsk]
kubeconfig_args = ["cluster"]
rancher_token = "two s3cret words"
`
  let said = ''
  try {
    read(text)
  } catch (error) {
    said = String(error)
  }
  expect(said.split('\n  ')).toEqual([
    'GiveUp: mcp.toml is wrong:',
    'rancher.rancher_token: the environment variable NOT_SET is not set',
    'default_cluster: must be text: put it in quotes',
    expect.stringContaining('nsk.rancher_token: must be a token without spaces'),
    'nsk.kubeconfig_args: must have {name} in one of its arguments',
    'rancher.rancher_url: must be an https:// address (http:// on this machine only), without user, query or fragment',
    'rancher.refresh_interval: must be such as 30s, 15m or 1h30m',
    'rancher.cluster_pattern: must be a regular expression (RE2, without look-around)',
    'rancher.access: must be one of proxy, kubeconfig',
    'rancher.exclude_cluster: is not a known key. Did you mean exclude_clusters?',
    'kubeconfig_dri: is not a known key. Did you mean kubeconfig_dir?',
  ])
  expect(said).not.toContain('s3cret')
})

test('a file that is no TOML is told by line and column, without the line, which may hold a token', () => {
  expect(() => read('a = 1\nrancher_token = "s3cret')).toThrow(/^mcp\.toml: line 2, column \d+: [^\n]*$/)
  expect(() => read('a = 1\nrancher_token = "s3cret')).not.toThrow('s3cret')
})

test('a value from the environment cannot become syntax, and a bare $NAME stays as it is', () => {
  const { config } = read(`default_cluster = "\${A}"\nkubeconfig = "\${B}/c"\ncluster_aliases = { x = "$A" }`, {
    A: 'x"\nkubeconfig_dir = "/evil',
    B: '/b',
  })
  expect(config.default_cluster).toBe('x"\nkubeconfig_dir = "/evil')
  expect(config.kubeconfig).toEqual(['/b/c'])
  expect(config.kubeconfig_dir).toEqual([])
  expect(config.cluster_aliases.x).toBe('$A')
})

test('file names count from the config’s folder, on the command line from where it was given', () => {
  const { config } = read(
    'kubeconfig = ["a", "/b"]\nkubeconfig_dir = "~/clusters"\n[nsk]\nnsk_path = "./bin/nsk"\nrancher_token = "file:token"',
  )
  expect(config.kubeconfig).toEqual(['/etc/nightcrier/a', '/b'])
  expect(config.kubeconfig_dir[0]).toMatch(/^\/.+\/clusters$/)
  expect(config.nsk).toMatchObject({ nsk_path: '/etc/nightcrier/bin/nsk', rancher_token: 'file:/etc/nightcrier/token' })
  expect(read('', {}, { kubeconfigDir: ['here'] }).config.kubeconfig_dir).toEqual([join(process.cwd(), 'here')])
})

test('the command line wins over the file, and the environment fills in what neither says', () => {
  const environment = {
    RANCHER_URL: 'https://env.example',
    RANCHER_TOKEN: 'env',
    NSK_PROFILE: 'staging',
    NSK_CONFDIR: '/tmp/s',
  }
  const flags = { nskRancherUrl: 'https://flag.example', nskAutoRefresh: true, kubeconfigDir: ['/tmp/s'] }
  const { config } = read('[nsk]\nrancher_url = "https://file.example"\nprofile = "file"', environment, flags)
  expect(config.nsk).toMatchObject({
    rancher_url: 'https://flag.example',
    rancher_token: 'env',
    profile: 'file',
    config_dir: '/tmp/s',
    auto_refresh: true,
  })
  // As the whole command line of a shell: flags of nsk make its table, the environment fills it.
  expect(readConfig(undefined, { nskAutoRefresh: true, kubeconfigDir: ['/x'] }, environment).config.nsk).toMatchObject({
    rancher_url: 'https://env.example',
    profile: 'staging',
  })
})

test('RANCHER_URL and RANCHER_TOKEN make a source only where nothing else is named', () => {
  const environment = { RANCHER_URL: 'https://env.example', RANCHER_TOKEN: 'env' }
  expect(readConfig(undefined, {}, environment).config.rancher).toMatchObject({ rancher_url: 'https://env.example' })
  expect(readConfig(undefined, { kubeconfig: ['/x'] }, environment).config.rancher).toBeUndefined()
  expect(() => readConfig(undefined, { rancherUrl: 'https://x.example' }, {})).toThrow(
    'rancher.rancher_token: is required (or set RANCHER_TOKEN)',
  )
})

test('a token on the command line is warned of, and so is TLS that is not checked', () => {
  const flags = { rancherUrl: 'https://x.example', rancherToken: 's3cret' }
  const { warnings } = read('[rancher]\nrancher_insecure = true', {}, flags)
  expect(warnings).toEqual([
    expect.stringContaining('--rancher-token: every program on this machine can read the command line'),
    expect.stringContaining('rancher.rancher_insecure: whoever stands between can read the token'),
  ])
  expect(warnings.join()).not.toContain('s3cret')
})

test('the example in the docs is right', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/mcp-server.md'), 'utf8')
  const examples = [...page.matchAll(/```toml\n(.*?)```/gs)].map(([, text]) => text ?? '')
  expect(examples.length).toBeGreaterThan(0)
  for (const text of examples) expect(read(text, { PROD_RANCHER_TOKEN: 'token-x:y' }).warnings).toEqual([])
})

/** Every key that there is, as somebody writes it, with what it means; those of a table stand in both. */
const ofBoth: [string, unknown][] = [
  ['rancher_insecure = true', true],
  ['profile = "prod"', 'prod'],
  ['config_dir = "/c"', '/c'],
  ['auto_refresh = true', true],
  ['refresh_interval = "1h30m"', 5_400],
  ['cluster_pattern = "^c1-.*"', '^c1-.*'],
  ['exclude_clusters = ["a", "b"]', ['a', 'b']],
  ['access = "kubeconfig"', 'kubeconfig'],
]
const ofNsk: [string, unknown][] = [
  ['rancher_url = "https://r.example"', 'https://r.example'],
  [`rancher_token = "\${T}"`, 'token-t:from-the-environment'],
  ['nsk_path = "/usr/bin/nsk"', '/usr/bin/nsk'],
  ['list_args = ["ls"]', ['ls']],
  ['kubeconfig_args = ["get", "{name}"]', ['get', '{name}']],
]
const keys: [string, string, unknown][] = [
  ['', 'kubeconfig = "/k"', ['/k']],
  ['', 'kubeconfig = ["/k", "/l"]', ['/k', '/l']],
  ['', 'kubeconfig_dir = "/d"', ['/d']],
  ['', 'clusters_file = "/c.yaml"', '/c.yaml'],
  ['', 'in_cluster = true', true],
  ['', `default_cluster = "\${D}"`, 'from-the-environment'],
  ['', 'cluster_aliases = { p = "c1" }', { p: 'c1' }],
  ['', 'auto_discovery = false', false],
  ...ofBoth.map(([line, value]): [string, string, unknown] => ['nsk', line, value]),
  ...ofNsk.map(([line, value]): [string, string, unknown] => ['nsk', line, value]),
  ...ofBoth.map(([line, value]): [string, string, unknown] => ['rancher', line, value]),
  ['aks', 'subscriptions = ["s1", "s2"]', ['s1', 's2']],
  ['aks', 'auto_refresh = true', true],
  ['aks', 'refresh_interval = "1h30m"', 5_400],
  ['aks', 'cluster_pattern = "^c1-.*"', '^c1-.*'],
  ['aks', 'exclude_clusters = ["old"]', ['old']],
]
test.each(keys)('in [%s] the line %s is heeded', (table, line, meant) => {
  const needed = 'rancher_url = "https://r.example"\nrancher_token = "token-x:y"\n'
  const first =
    table === 'rancher' ? needed : table === 'aks' && !line.startsWith('subs') ? 'subscriptions = ["s"]\n' : ''
  const text = table === '' ? line : `[${table}]\n${first}${line}`
  const { config } = read(text, { D: 'from-the-environment', T: 'token-t:from-the-environment' })
  const name = line.split(' = ')[0] ?? ''
  const found: Record<string, unknown> = {
    ...(table === 'nsk' || table === 'rancher' || table === 'aks' ? config[table] : config),
  }
  expect(found[name]).toEqual(meant)
})
test('the table above leaves out no key', () => {
  const { rancher, nsk, aks, ...whole } = ServerConfig.shape
  const names = (table: string) => new Set(keys.flatMap(([at, line]) => (at === table ? [line.split(' = ')[0]] : [])))
  expect([...names('')].sort()).toEqual(Object.keys(whole).sort())
  expect([...names('nsk')].sort()).toEqual(Object.keys(nsk.unwrap().shape).sort())
  expect([...names('aks')].sort()).toEqual(Object.keys(aks.unwrap().shape).sort())
  const needed = ['rancher_url', 'rancher_token']
  expect([...names('rancher'), ...needed].sort()).toEqual(Object.keys(rancher.unwrap().shape).sort())
})

test.each<[string, Parameters<typeof readConfig>[1], Record<string, string>, object]>([
  ['--kubeconfig', { kubeconfig: ['/k'] }, {}, { kubeconfig: ['/k'] }],
  ['--kubeconfig-dir', { kubeconfigDir: ['/d'] }, {}, { kubeconfig_dir: ['/d'] }],
  ['--clusters', { clusters: '/c.yaml' }, {}, { clusters_file: '/c.yaml' }],
  ['--in-cluster', { inCluster: true }, {}, { in_cluster: true }],
  ['--default-cluster', { defaultCluster: 'a' }, {}, { default_cluster: 'a' }],
  [
    '--rancher-url',
    { rancherUrl: 'https://r.example', rancherToken: 't' },
    {},
    { rancher: { rancher_url: 'https://r.example' } },
  ],
  ['--nsk-rancher-url', { nskRancherUrl: 'https://r.example' }, {}, { nsk: { rancher_url: 'https://r.example' } }],
  ['--nsk-profile', { nskProfile: 'dev' }, {}, { nsk: { profile: 'dev' } }],
  ['--nsk-config-dir', { nskConfigDir: '/n' }, {}, { nsk: { config_dir: '/n' } }],
  ['--nsk-auto-refresh', { nskAutoRefresh: true }, {}, { nsk: { auto_refresh: true } }],
  [
    'RANCHER_URL',
    { nskProfile: 'a' },
    { RANCHER_URL: 'https://e.example' },
    { nsk: { rancher_url: 'https://e.example' } },
  ],
  ['RANCHER_TOKEN', { nskProfile: 'a' }, { RANCHER_TOKEN: 'token-e:x' }, { nsk: { rancher_token: 'token-e:x' } }],
  ['NSK_PROFILE', { nskAutoRefresh: true }, { NSK_PROFILE: 'staging' }, { nsk: { profile: 'staging' } }],
  ['NSK_CONFDIR', { nskAutoRefresh: true }, { NSK_CONFDIR: '/tmp/s' }, { nsk: { config_dir: '/tmp/s' } }],
])('%s is heeded', (_, flags, environment, meant) => {
  expect(readConfig(undefined, flags, environment).config).toMatchObject(meant)
})
