import { expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { clusterFromTags, type Found, type Place, withDiscovery } from '../../../shared/config/discovered.ts'

const found = (name: string, tags: Record<string, string> = {}): Found => ({
  id: `/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`,
  name,
  location: 'westeurope',
  tags: { 'nightcrier-endpoint': `https://${name}.example/mcp`, ...tags },
})
const byHand = (name: string) => Cluster.parse({ name, mcp: { endpoint: `https://hand.example/${name}` } })

const sleep = (_: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => (signal === undefined ? undefined : signal.addEventListener('abort', () => resolve())))

function world(names: readonly string[], finds: () => Promise<readonly Found[]>, more: readonly Place[] = []) {
  let now = new Date('2026-01-12T09:41:00Z')
  const told: string[] = []
  const nothing = { added: [], removed: [], modified: [] }
  const file = { clusters: names.map(byHand), notifications: [], discovery: [], changed: nothing }
  const source = withDiscovery(
    { current: async () => file },
    {
      places: () => [{ key: 'aks', name: 'AKS', find: async () => (await finds()).map(clusterFromTags) }, ...more],
      clock: { now: () => now, sleep },
      log: (message) => told.push(message),
    },
  )
  return {
    told,
    later: () => {
      now = new Date(now.getTime() + 6 * 60_000)
    },
    names: async () => (await source.current()).clusters.map(({ name, mcp }) => `${name} ${mcp.endpoint}`),
    changed: async () => (await source.current()).changed,
    problem: async () => (await source.current()).problem,
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

test('a cluster whose users come from Entra needs no kubeconfig', () => {
  expect(clusterFromTags(found('east', { 'nightcrier-kubeconfig': 'entra' }))).toMatchObject({
    triage: {
      enabled: true,
      kubeconfig: 'aks:/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/east',
    },
  })
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

const place = (name: string, find: Place['find']): Place => ({ key: name, name, find })

test('a place that fails takes no cluster of another along, and is told by its name', async () => {
  const { names, problem } = world(['west'], async () => [found('north')], [
    place('Rancher A', async () => Promise.reject(new Error('401'))),
    place('Rancher B', async () => [byHand('south'), '"a b" makes no cluster']),
  ])
  expect((await names()).map((one) => one.split(' ')[0])).toEqual(['west', 'north', 'south'])
  expect(await problem()).toBe(
    'Rancher A: clusters could not be discovered, those found last stay: 401\n"a b" makes no cluster',
  )
})

test('of two places that know one name the first counts, and it is said of that one only', async () => {
  const { names, problem } = world([], async () => [found('north'), found('east')], [
    place('Rancher B', async () => [byHand('East'), byHand('south')]),
  ])
  expect(await names()).toEqual([
    'north https://north.example/mcp',
    'east https://east.example/mcp',
    'south https://hand.example/south',
  ])
  expect(await problem()).toBe(
    'Rancher B also knows a cluster "East"; the one of AKS counts. Rename or exclude one of them.',
  )
})

test('a place that does not answer holds up nobody for longer than a few seconds, and is heard when it does', async () => {
  let answer = (_: readonly Cluster[]) => {}
  const slow = place(
    'Rancher A',
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  const waited: number[] = []
  const source = withDiscovery(
    {
      current: async () => ({
        clusters: [byHand('west')],
        notifications: [],
        discovery: [],
        changed: { added: [], removed: [], modified: [] },
      }),
    },
    {
      places: () => [slow],
      clock: { now: () => new Date(0), sleep: async (ms) => void waited.push(ms) },
      log: () => undefined,
    },
  )
  expect((await source.current()).clusters.map(({ name }) => name)).toEqual(['west'])
  expect(waited).toEqual([5_000])
  answer([byHand('late')])
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect((await source.current()).clusters.map(({ name }) => name)).toEqual(['west', 'late'])
})
