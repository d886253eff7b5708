import { expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { clusterFromTags, type Found, withDiscovery } from '../../../shared/config/discovered.ts'

const found = (name: string, tags: Record<string, string> = {}): Found => ({
  name,
  location: 'westeurope',
  tags: { 'nightcrier-endpoint': `https://${name}.example/mcp`, ...tags },
})
const byHand = (name: string) => Cluster.parse({ name, mcp: { endpoint: `https://hand.example/${name}` } })

function world(names: readonly string[], finds: () => Promise<readonly Found[]>) {
  let now = new Date('2026-01-12T09:41:00Z')
  const told: string[] = []
  const nothing = { added: [], removed: [], modified: [] }
  const file = { clusters: names.map(byHand), notifications: [], changed: nothing }
  const source = withDiscovery(
    { current: async () => file },
    { find: finds, clock: { now: () => now }, log: (message) => told.push(message) },
  )
  return {
    told,
    later: () => {
      now = new Date(now.getTime() + 6 * 60_000)
    },
    names: async () => (await source.current()).clusters.map(({ name, mcp }) => `${name} ${mcp.endpoint}`),
    changed: async () => (await source.current()).changed,
  }
}

test('tags become an entry as somebody would have written it', () => {
  const tags = {
    'nightcrier-kubeconfig': 'kubeconfig-east',
    'nightcrier-key': 'mcp-east',
    'nightcrier-environment': 'production',
    'nightcrier-severity': 'critical',
  }
  expect(clusterFromTags(found('east', tags))).toEqual(
    Cluster.parse({
      name: 'east',
      environment: 'production',
      labels: { region: 'westeurope' },
      mcp: { endpoint: 'https://east.example/mcp', api_key: 'keyvault:mcp-east' },
      triage: { enabled: true, kubeconfig: 'keyvault:kubeconfig-east', severity_threshold: 'critical' },
    }),
  )
})

test('without a kubeconfig a cluster is heard and not investigated', () => {
  expect(clusterFromTags(found('east'))).toMatchObject({ triage: { enabled: false } })
})

test('discovered clusters join those of the file, and a name given by hand wins', async () => {
  const { names } = world(['East', 'west'], async () => [found('east'), found('north')])
  expect(await names()).toEqual([
    'East https://hand.example/East',
    'west https://hand.example/west',
    'north https://north.example/mcp',
  ])
})

test('wrong tags are told and harm no other cluster', async () => {
  const { names, told } = world([], async () => [found('bad', { 'nightcrier-endpoint': 'nowhere' }), found('good')])
  expect(await names()).toEqual(['good https://good.example/mcp'])
  expect(told).toEqual([expect.stringMatching(/^the tags of bad make no cluster: mcp\.endpoint/)])
})

test('while the directory is away, what it told last stays; it is asked every five minutes and not at each look', async () => {
  let asked = 0
  const { names, told, later, changed } = world(['west'], async () => {
    asked += 1
    if (asked === 2) throw new Error('throttled')
    return asked === 1 ? [found('north')] : []
  })
  expect(await changed()).toEqual({ added: ['west', 'north'], removed: [], modified: [] })
  await names()
  expect(asked).toBe(1)
  later()
  expect(await names()).toHaveLength(2)
  expect(told).toEqual([expect.stringContaining('those found last stay: throttled')])
  later()
  expect(await changed()).toEqual({ added: [], removed: ['north'], modified: [] })
})
