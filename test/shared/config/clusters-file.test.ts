import { expect, test } from 'vitest'
import { parseClusters, problemText } from '../../../shared/config/clusters-file.ts'

const one = (extra: string) => `clusters:\n  - name: east\n    mcp: { endpoint: "https://mcp.example/mcp" }\n${extra}`
const errorsOf = (text: string) => parseClusters(text).errors

import { readYaml } from '../../../shared/config/yaml-text.ts'

test('a whole cluster comes out with its defaults', () => {
  const { clusters, errors } = parseClusters(one('    labels: { region: us-east }'))
  expect(errors).toEqual([])
  expect(clusters).toEqual([
    {
      name: 'east',
      environment: '',
      labels: { region: 'us-east' },
      enabled: true,
      priority: 0,
      mcp: { endpoint: 'https://mcp.example/mcp' },
      triage: {
        enabled: false,
        allow_secrets_access: false,
        model: '',
        runner: '',
        extra_prompt: '',
      },
    },
  ])
})

test('mcp_endpoint alone is one cluster named default, and cannot stand beside clusters', () => {
  expect(parseClusters('mcp_endpoint: https://mcp.example/mcp').clusters).toMatchObject([
    { name: 'default', mcp: { endpoint: 'https://mcp.example/mcp' } },
  ])
  expect(errorsOf(`${one('')}\nmcp_endpoint: https://mcp.example/mcp`)).toEqual([
    'mcp_endpoint: cannot stand beside clusters. Move it into clusters as mcp.endpoint of one of them',
  ])
})

test('all that is wrong in a file is one message, each fault with its path and remedy', () => {
  const text = `
clusters:
  - name: Prod
    mcp: { endpoint: "not a url" }
  - name: prod
    mcp: { endpont: "https://x.example", api_key: "keyvault:a_b" }
    lables: { a: b }
    labels: { tier: 1, "a b": c }
    enabled: "yes"
    triage: { enabled: true, severity_threshold: high, kubeconfg: "keyvault:x" }
  - mcp: 7
    triage:
  - 5
  - name: a b
    triage: { enabled: true, kubeconfig: ./kube.yaml }
    mcp: { endpoint: "https://user:pass@x.example/" }
max_concurrent_agents: 3
`
  expect(problemText('config/clusters.yaml', errorsOf(text))).toMatchInlineSnapshot(`
    "config/clusters.yaml is wrong:
      clusters[0].mcp.endpoint: must be an http:// or https:// URL
      clusters[1].labels.tier: must be text: put it in quotes
      clusters[1].labels.a b: its name must be letters, digits, and - _ . /
      clusters[1].enabled: must be true or false
      clusters[1].mcp.endpoint: is required
      clusters[1].mcp.api_key: must be keyvault:<secret name> (letters, digits and - only) or file:<path>
      clusters[1].mcp.endpont: is not a known key. Did you mean endpoint?
      clusters[1].triage.severity_threshold: must be one of info, warning, critical
      clusters[1].triage.kubeconfg: is not a known key. Did you mean kubeconfig?
      clusters[1].triage.kubeconfig: is required when triage.enabled is true (or set triage.enabled: false)
      clusters[1].lables: is not a known key. Did you mean labels?
      clusters[2].name: is required
      clusters[2].mcp: must be a group of keys
      clusters[2].triage: is empty; it must be a group of keys
      clusters[3]: must be a group of keys
      clusters[4].name: must be 1 to 63 letters, digits, - or _
      clusters[4].mcp.endpoint: must not hold a user or password. Use api_key
      clusters[4].triage.kubeconfig: must be keyvault:<secret name>, file:<path>, or aks:<resource id of an AKS cluster>
      max_concurrent_agents: belongs in the environment: set MAX_CONCURRENT_AGENTS there
      clusters[1].name: "prod" is the name of clusters[0] too (upper and lower case count as the same). Names must be unique"
  `)
  expect(problemText('config/clusters.yaml', errorsOf(text))).not.toContain('pass@')
})

test('a wrong cluster takes no other with it, and of two with one name the first stays', () => {
  const { clusters } = parseClusters(`
clusters:
  - { name: east, mcp: { endpoint: "https://a.example" } }
  - { name: EAST, mcp: { endpoint: "https://b.example" } }
  - { name: west, mcp: { endpoint: nonsense } }
  - { name: north, mcp: { endpoint: "https://c.example" } }
`)
  expect(clusters.map(({ name }) => name)).toEqual(['east', 'north'])
})

test.each([
  ['', ['the file is empty. List at least one cluster under clusters:']],
  ['# nothing here', ['the file is empty. List at least one cluster under clusters:']],
  ['just words', ['the file: must be a group of keys']],
  ['clusters: []', ['clusters: is empty. List at least one cluster']],
  ['clusters:', ['clusters: is empty; it must be a list']],
  ['{}', ['clusters: is required: list at least one cluster, or a place under discovery:']],
  ['clusters:\n  - name: a\n   mcp: {}', [expect.stringMatching(/^line 3, column \d+: not YAML/)]],
  ['clusters: [\n', [expect.stringMatching(/^line 2, column 1: not YAML/)]],
  [
    'clusters:\n  - name: a\n    name: b',
    expect.arrayContaining([expect.stringMatching(/^line 3, column 5: not YAML/)]),
  ],
  ['clusters: *nobody', ['the file uses aliases (*name) too often, or one without its anchor. Write the values out']],
  [`clusters:\n${' '.repeat(1024 * 1024)}`, ['the file is over 1 MiB. Split the clusters over two installations']],
])('%j is refused in words', (text, expected) => {
  expect(parseClusters(text)).toEqual({
    clusters: [],
    notifications: [],
    discovery: [],
    mutes: [],
    maintenance: [],
    errors: expected,
  })
})

test('a broken line is told by its place, never quoted, since it may hold a key', () => {
  const errors = errorsOf('clusters:\n  - name: a\n    mcp: { api_key: hunter2hunter2 ]')
  expect(errors.length).toBeGreaterThan(0)
  expect(errors.join()).not.toContain('hunter2')
})

test('a misspelt reference is never taken for the key itself', () => {
  for (const key of ['keyvault:under_score', 'keyvault:', 'file:', 'two words'])
    expect(errorsOf(`clusters:\n  - { name: a, mcp: { endpoint: "https://a.example", api_key: "${key}" } }`)).toEqual([
      expect.stringMatching(/^clusters\[0\]\.mcp\.api_key: must be keyvault:<secret name>/),
    ])
})

test('5,000 clusters are read in seconds of work, one more is refused', () => {
  const list = (count: number) =>
    `clusters:\n${Array.from({ length: count }, (_, at) => `  - {name: c${at}, mcp: {endpoint: "https://c${at}.example/mcp"}}`).join('\n')}`
  const began = process.cpuUsage()
  expect(parseClusters(list(5_000)).clusters).toHaveLength(5_000)
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000)
  expect(errorsOf(list(5_001))).toEqual(['clusters: 5001 are more than 5000. Split them over two installations'])
})

test('a file whose alias holds itself is refused in words, whatever its shape', () => {
  for (const text of [
    'clusters: &a\n  - *a\n',
    '&a\nclusters: *a\n',
    'clusters:\n- &x\n  name: a\n  mcp: {endpoint: *x}\n',
  ])
    expect(readYaml(text), text).toMatchObject({ errors: [expect.stringMatching(/holds itself|aliases/)] })
})

test('files that grow by aliases are refused before they cost anything', () => {
  const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let at = 1; at < 12; at++)
    laughs.push(
      `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
    )
  const wide = `clusters:\n  - &c { name: a, labels: {${Array.from({ length: 2_000 }, (_, at) => `k${at}: v`).join(', ')}} }\n${'  - *c\n'.repeat(4_000)}`
  const began = process.cpuUsage()
  expect(errorsOf(laughs.join('\n')).join()).toContain('aliases')
  expect(errorsOf(wide).join()).toContain('aliases')
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000)
})

test('a file with a thousand faults says fifty of them and how many more', () => {
  const errors = errorsOf(`clusters:\n${'  - 5\n'.repeat(1_000)}`)
  const lines = problemText('clusters.yaml', errors).split('\n')
  expect(lines).toHaveLength(52)
  expect(lines.at(-1)).toBe('  and 950 more')
})

test('keys that stand beside the name of a cluster are told where they belong', () => {
  const text = `clusters:
  - name: prod
    mcp_endpoint: https://mcp.example/mcp
    kubeconfig: /etc/kube/prod
    severity_threshold: critical
`
  expect(parseClusters(text).errors).toEqual([
    'clusters[0].mcp: is required',
    'clusters[0].mcp_endpoint: belongs into mcp.endpoint',
    'clusters[0].kubeconfig: belongs into triage.kubeconfig, as file:<path> or keyvault:<name>',
    'clusters[0].severity_threshold: belongs into triage.severity_threshold',
  ])
})
