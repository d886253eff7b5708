import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import type { AzureClusters } from '../../../../shared/azure/clusters.ts'
import { readConfig } from '../../../../shared/mcp-server/server/read-config.ts'
import { openSources } from '../../../../shared/mcp-server/sources/open-sources.ts'
import { sourcedTargets } from '../../../../shared/mcp-server/sources/sourced-targets.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { GiveUp } from '../../../../shared/runtime/errors.ts'
import { startRancher } from '../../../fakes/rancher.ts'
import { node } from '../pods.ts'
import { caller, redactHunter2, simulated } from '../setup.ts'

const noAzure: AzureClusters = {
  marked: async () => [],
  kubeconfig: async () => {
    throw new GiveUp('There is no Azure.')
  },
}
type Given = {
  readonly flags?: Parameters<typeof readConfig>[1]
  readonly environment?: Record<string, string>
  readonly azure?: AzureClusters
  readonly readyMs?: number
}
/** The server's clusters as its command line would have them. */
async function opened(yaml: string, files: Record<string, string>, given: Given = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'discovered-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'kubeconfigs'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  for (const name of Object.keys(files)) if (name.startsWith('nsk')) chmodSync(join(folder, name), 0o755)
  const clusters = join(folder, 'clusters.yaml')
  writeFileSync(clusters, yaml)
  const { flags = {}, environment = {}, azure = noAzure, ...rest } = given
  const { config } = readConfig(undefined, { clusters, ...flags }, environment)
  const sources = await openSources(config, {
    environment,
    clock: systemClock,
    allowExec: false,
    log: () => undefined,
    azure,
  })
  const targets = sourcedTargets(sources, rest)
  onTestFinished(targets.close)
  await targets.ready()
  return { targets, folder }
}
const rancherOf = async (options: Parameters<typeof startRancher>[0]) => {
  const rancher = await startRancher(options)
  onTestFinished(rancher.stop)
  return rancher
}
/** Where a simulated cluster is, and the token that it asks for. */
function apiOf(kubeconfig: string) {
  const { clusters, users } = parse(kubeconfig)
  return { url: clusters[0].cluster.server, token: users[0].user.token }
}

test('places under discovery: are served beside the file: through Rancher, by nsk, from a folder; a wrong one harms no other', async () => {
  const { simulator } = await simulated({ objects: [node] })
  const rancher = await rancherOf({
    clusters: [
      { id: 'c-m-1', name: 'prod-east', api: apiOf(simulator.kubeconfig) },
      { id: 'c-m-2', name: 'BY-HAND', api: apiOf(simulator.kubeconfig) },
    ],
  })
  const yaml = `
clusters:
  - { name: by-hand, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "file:hand.yaml" } }
  - { name: told-only, mcp: { endpoint: "https://x.example" } }
discovery:
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:token" }
    endpoint: https://mcp.example/{name}
    environment: production
    labels: { from: rancher }
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:wrong-token" }
    endpoint: https://mcp.example/{id}
  - nsk: { nsk_path: ./nsk }
    endpoint: https://nsk.example/{name}
  - kubeconfig_dir: kubeconfigs
    endpoint: https://files.example/{name}
`
  const { targets } = await opened(yaml, {
    'hand.yaml': simulator.kubeconfig,
    token: rancher.state.token,
    'wrong-token': 'token-wrong:not-the-secret',
    nsk: `#!/bin/sh\nif [ "$2" = list ]; then echo from-nsk; echo told-only; else cat <<'X'\n${simulator.kubeconfig}\nX\nfi\n`,
    'kubeconfigs/edge.yaml': simulator.kubeconfig,
  })
  // By hand wins, in upper and lower case, and also where the file gives no way to a cluster.
  expect(targets.list().map(({ name, source }) => `${name}: ${source}`)).toEqual([
    'by-hand: clusters.yaml',
    `prod-east: Rancher ${rancher.url}`,
    'from-nsk: nsk',
    'edge: the folder kubeconfigs',
  ])
  expect(targets.find('c-m-1')).toMatchObject({
    name: 'prod-east',
    labels: { from: 'rancher', environment: 'production' },
  })
  expect(targets.problems()).toEqual([
    expect.stringMatching(/^Rancher http.*: clusters could not be discovered, none is known from before.*401/),
  ])
  const { call } = await caller({ targets, redact: redactHunter2 })
  const { text, structured } = await call('clusters_exec_all', {
    operation: 'resources_list',
    parameters: { apiVersion: 'v1', kind: 'Node' },
  })
  // Every one answers, and yet the answer is not whole: one place could not be looked at.
  expect(structured).toMatchObject({ complete: false })
  expect(text).toContain('4 ok')
  expect(text).toMatch(/! Clusters may be missing: Rancher .*401/)
  expect(text).not.toMatch(/s3cretpart|not-the-secret/)
})

test('a place that hangs holds up neither start nor others, is told, and is seen once it answers', async () => {
  const rancher = await rancherOf({ clusters: [{ id: 'c-m-1', name: 'late' }] })
  rancher.state.hangs = true
  const yaml = `
clusters: [{ name: by-hand, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "file:hand.yaml" } }]
discovery:
  - rancher: { rancher_url: "${rancher.url}", rancher_token: "file:token" }
    endpoint: https://mcp.example/{name}
`
  const began = performance.now()
  const files = { 'hand.yaml': 'x', token: rancher.state.token }
  const { targets } = await opened(yaml, files, { readyMs: 200 })
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(targets.list().map(({ name }) => name)).toEqual(['by-hand'])
  expect(targets.problems()).toEqual(['The places under discovery: in clusters.yaml have not answered yet.'])
  rancher.state.hangs = false
  rancher.state.clusters.push({ id: 'c-m-2', name: 'later' })
  // As clusters_refresh does: places are asked anew, however lately they were asked.
  await Promise.all(targets.sources.map((source) => source.refresh(true)))
  expect(targets.list().map(({ name }) => name)).toEqual(['by-hand', 'late', 'later'])
  expect(targets.problems()).toEqual([])
}, 30_000)

const aksId = (name: string) =>
  `/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`
const row = (name: string, tags: Record<string, string> = {}) => ({
  id: aksId(name),
  name,
  location: 'westeurope',
  tags: { nightcrier: 'watch', ...tags },
})

test('AKS clusters that are marked are served with the own identity, or by a secret of the vault', async () => {
  const { simulator } = await simulated({ objects: [node] })
  const asked: string[] = []
  const azure: AzureClusters = {
    marked: async (subscriptions) => {
      asked.push(...subscriptions)
      return [
        row('aks-1', { 'nightcrier-name': 'shop', 'nightcrier-environment': 'production' }),
        row('aks-2', { 'nightcrier-kubeconfig': 'shop-kubeconfig' }),
        row('aks-3'),
        row('by-hand'),
      ]
    },
    kubeconfig: async (id) => {
      if (id !== aksId('aks-1')) throw new GiveUp(`${id} has users of its own.`)
      return simulator.kubeconfig
    },
    vault: { secret: async (name) => (name === 'shop-kubeconfig' ? simulator.kubeconfig : '') },
  }
  const yaml = `clusters: [{ name: by-hand, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "aks:${aksId('aks-1')}" } }]`
  const { targets } = await opened(yaml, {}, { azure, environment: { DISCOVER_AKS: ' s1, s2 ' } })
  expect(asked).toEqual(['s1', 's2'])
  expect(targets.list().map(({ name }) => name)).toEqual(['by-hand', 'shop', 'aks-2', 'aks-3'])
  expect(targets.find(aksId('aks-1'))).toMatchObject({
    name: 'shop',
    labels: { region: 'westeurope', environment: 'production' },
  })
  const { call } = await caller({ targets, redact: redactHunter2 })
  const { structured, text } = await call('clusters_status', {})
  expect(structured).toMatchObject({
    // What is wrong comes first.
    clusters: [
      { cluster: 'aks-3', status: 'error' },
      { cluster: 'by-hand', status: 'ok' },
      { cluster: 'shop', status: 'ok' },
      { cluster: 'aks-2', status: 'ok' },
    ],
  })
  expect(text).toContain('has users of its own')
})

test('an Azure that refuses is one sentence, and the other clusters are served', async () => {
  const azure: AzureClusters = {
    ...noAzure,
    marked: async () => {
      throw new Error('The client does not have authorization to perform the action.')
    },
  }
  const yaml = `clusters: [{ name: by-hand, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "file:x" } }]`
  const { targets } = await opened(yaml, {}, { azure, flags: { aks: ['s1'] } })
  expect(targets.list().map(({ name }) => name)).toEqual(['by-hand'])
  expect(targets.problems()).toEqual([
    'AKS (1 subscription) cannot be asked: The client does not have authorization to perform the action. Log in with az or azd, or give the identity of this server the role Reader there.',
  ])
})

test('subscriptions come from flag, file or environment, and wrong ones are told with their path', () => {
  const of = (flags: Parameters<typeof readConfig>[1], environment = {}, text?: string) =>
    readConfig(text === undefined ? undefined : { text, where: 'x.toml', folder: '/' }, flags, environment).config.aks
      ?.subscriptions
  const DISCOVER_AKS = 'from-env'
  expect(of({ aks: ['a'] }, { DISCOVER_AKS }, '[aks]\nsubscriptions = ["b"]')).toEqual(['a'])
  expect(of({}, { DISCOVER_AKS }, '[aks]\nsubscriptions = ["b"]')).toEqual(['b'])
  expect(of({}, { DISCOVER_AKS }, '[aks]\nauto_refresh = true')).toEqual(['from-env'])
  expect(of({ clusters: 'clusters.yaml' }, { DISCOVER_AKS })).toEqual(['from-env'])
  // A shell may hold it for the watch: alone it makes no source.
  expect(of({ kubeconfig: ['x'] }, { DISCOVER_AKS })).toBeUndefined()
  expect(() => of({ aks: ['a b'] })).toThrow('aks.subscriptions[0]: must be the id of an Azure subscription')
})
