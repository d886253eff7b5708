import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discoverClusters } from '../../../../shared/app/deps/discover-clusters.ts'
import { parseClusters } from '../../../../shared/config/clusters-file.ts'
import { clustersSource } from '../../../../shared/config/clusters-source.ts'
import { clustersFromFile } from '../../../../shared/config/clusters-text.ts'
import { withDiscovery } from '../../../../shared/config/discovered.ts'
import { placeOf } from '../../../../shared/config/discovery-entry.ts'
import { readSecret } from '../../../../shared/config/secret-ref.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { startRancher } from '../../../fakes/rancher.ts'

function fleet(yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'discover-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const where = join(folder, 'clusters.yaml')
  writeFileSync(where, yaml)
  const source = withDiscovery(clustersSource({ where, read: clustersFromFile(where), log: () => undefined }), {
    places: ({ discovery }) =>
      discovery.map((entry) => ({
        key: JSON.stringify(entry),
        name: placeOf(entry),
        find: () => discoverClusters(entry, { folder }, systemClock),
      })),
    clock: systemClock,
    log: () => undefined,
  })
  return { folder, source }
}
const kubeconfig = (token: string) => `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9'}}]
users: [{name: a, user: {token: ${token}}}]
`

test('clusters of a Rancher, of nsk and of a folder join those of the file; a place that is wrong harms no other', async () => {
  const rancher = await startRancher({
    clusters: [
      { id: 'c-m-1', name: 'prod-east' },
      { id: 'c-m-2', name: 'prod-west' },
      { id: 'c-m-3', name: 'test-1' },
      { id: 'c-m-4', name: 'by-hand' },
      { id: 'c-m-5', name: 'odd name/..' },
    ],
  })
  onTestFinished(rancher.stop)
  const { folder, source } = fleet(`
clusters:
  - { name: by-hand, mcp: { endpoint: "https://hand.example/mcp" } }
discovery:
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:token", exclude_clusters: [test-1] }
    endpoint: https://mcp.example/mcp/{name}
    api_key: keyvault:mcp-{id}
    environment: production
    labels: { from: rancher }
    triage: { kubeconfig: "keyvault:kubeconfig-{name}", severity_threshold: critical }
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:wrong-token" }
    endpoint: https://mcp.example/mcp/{id}
  - nsk: { nsk_path: ./nsk, profile: prod }
    endpoint: https://nsk.example/{name}
  - kubeconfig_dir: kubeconfigs
    endpoint: https://files.example/{name}
`)
  writeFileSync(join(folder, 'token'), `${rancher.state.token}\n`)
  writeFileSync(join(folder, 'wrong-token'), 'token-wrong:not-the-secret')
  writeFileSync(join(folder, 'nsk'), '#!/bin/sh\necho from-nsk\necho prod-west\n')
  chmodSync(join(folder, 'nsk'), 0o755)
  mkdirSync(join(folder, 'kubeconfigs'))
  writeFileSync(join(folder, 'kubeconfigs', 'edge.yml'), kubeconfig('not-a-token'))
  writeFileSync(join(folder, 'kubeconfigs', 'broken.yaml'), 'clusters: [')
  const { clusters, problem = '' } = await source.current()
  expect(clusters.map(({ name, mcp }) => `${name} ${mcp.endpoint}`)).toEqual([
    'by-hand https://hand.example/mcp',
    'prod-east https://mcp.example/mcp/prod-east',
    'prod-west https://mcp.example/mcp/prod-west',
    'c-m-5 https://mcp.example/mcp/c-m-5',
    'from-nsk https://nsk.example/from-nsk',
    'edge https://files.example/edge',
  ])
  expect(clusters[1]).toMatchObject({
    environment: 'production',
    labels: { from: 'rancher' },
    mcp: { api_key: 'keyvault:mcp-c-m-1' },
    triage: { enabled: true, kubeconfig: 'keyvault:kubeconfig-prod-east', severity_threshold: 'critical' },
  })
  const edge = clusters.find(({ name }) => name === 'edge')
  expect((await readSecret({ folder })(edge?.triage.kubeconfig ?? '')).text).toContain('not-a-token')
  expect(problem.split('\n')).toEqual([
    expect.stringMatching(/^Rancher http.*: clusters could not be discovered, none is known from before.*401/),
    expect.stringMatching(/broken\.yaml.*not YAML/),
    expect.stringMatching(/^nsk also knows a cluster "prod-west"; the one of Rancher .* counts/),
  ])
  expect(problem).not.toMatch(/s3cretpart|not-the-secret/)
})

test.each([
  [
    'two places at once',
    '{ kubeconfig_dir: a, nsk: {}, endpoint: "https://x.example/{name}" }',
    'discovery[0]: must name one place',
  ],
  ['no place', '{ endpoint: "https://x.example/{name}" }', 'discovery[0]: must name one place'],
  [
    'one endpoint for all',
    '{ kubeconfig_dir: a, endpoint: "https://x.example/mcp" }',
    'discovery[0].endpoint: must hold {name} or {id}',
  ],
  [
    'no address',
    '{ kubeconfig_dir: a, endpoint: "{name}" }',
    'discovery[0].endpoint: must be an http:// or https:// URL',
  ],
  [
    'a token in clear',
    '{ rancher: { rancher_url: "https://r", rancher_token: "token-a:b" }, endpoint: "https://x.example/{name}" }',
    'discovery[0].rancher.rancher_token: must be keyvault:',
  ],
  [
    'a typing error',
    '{ kubeconfig_dir: a, endpoint: "https://x.example/{name}", triage: { kubeconfg: x } }',
    'discovery[0].triage: has unknown keys: kubeconfg',
  ],
])('an entry with %s is refused with its path', (_, entry, error) => {
  expect(parseClusters(`discovery:\n  - ${entry}\n`).errors).toContainEqual(expect.stringContaining(error))
})

test.each([
  ['in two days, of one for ever', 2, 0, true],
  ['in five days', 5, 90, false],
  ['in ten hours, of one that lives for sixteen', 10 / 24, 16 / 24, false],
  ['in five hours, of one that lives for sixteen', 5 / 24, 16 / 24, true],
])('the token of a Rancher that runs out %s: told of beforehand?', async (_, days, ttlDays, isTold) => {
  const expiresAt = new Date(Date.now() + days * 86_400_000).toISOString()
  const rancher = await startRancher({
    clusters: [{ id: 'c-m-1', name: 'prod' }],
    expiresAt,
    ttl: ttlDays * 86_400_000,
  })
  onTestFinished(rancher.stop)
  const { folder, source } = fleet(`
discovery:
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:token" }
    endpoint: https://mcp.example/mcp/{name}
`)
  writeFileSync(join(folder, 'token'), rancher.state.token)
  const { clusters, problem = '' } = await source.current()
  expect(clusters).toHaveLength(1)
  const soon = `its token runs out at ${expiresAt.slice(0, 19)}Z. Make a new API key`
  expect(problem.includes(soon)).toBe(isTold)
  expect(source.states()[0]?.believed?.soon.includes(soon)).toBe(isTold)
})
