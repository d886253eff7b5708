import { expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import {
  clusterFromTags,
  clustersFromTags,
  type Found,
  type Place,
  withDiscovery,
} from '../../../shared/config/discovered.ts'

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
  const file = {
    clusters: names.map(byHand),
    notifications: [],
    discovery: [],
    mutes: [],
    maintenance: [],
    changed: nothing,
  }
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
    return asked === 1 ? [found('north')] : [found('south')]
  })
  expect(await changed()).toEqual({ added: ['west', 'north'], removed: [], modified: [] })
  await names()
  expect(asked).toBe(1)
  later()
  expect(await names()).toHaveLength(2)
  expect(told).toEqual([expect.stringMatching(/those found last stay \(1, of .*\): throttled/)])
  later()
  expect(await changed()).toEqual({ added: ['south'], removed: ['north'], modified: [] })
})

const place = (name: string, find: Place['find']): Place => ({ key: name, name, find })

test('a place that fails takes no cluster of another along, and is told by its name', async () => {
  const { names, problem } = world(['west'], async () => [found('north')], [
    place('Rancher A', async () => Promise.reject(new Error('401'))),
    place('Rancher B', async () => [byHand('south'), '"a b" makes no cluster']),
  ])
  expect((await names()).map((one) => one.split(' ')[0])).toEqual(['west', 'north', 'south'])
  expect(await problem()).toBe(
    'Rancher A: clusters could not be discovered, none is known from before, so none of its clusters is watched: 401\n"a b" makes no cluster',
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
        mutes: [],
        maintenance: [],
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

const eastToo = ['east', 'west', 'north', 'south'].map((name) => found(name))
function remembering(finds: () => Promise<readonly Found[]>, kept: Map<string, string>) {
  let now = new Date('2026-01-12T09:41:00Z')
  const told: string[] = []
  const source = withDiscovery(
    {
      current: async () => ({
        clusters: [],
        notifications: [],
        discovery: [],
        mutes: [],
        maintenance: [],
        changed: { added: [], removed: [], modified: [] },
      }),
    },
    {
      places: () => [{ key: 'aks', name: 'AKS', find: async () => (await finds()).map(clusterFromTags) }],
      clock: { now: () => now, sleep },
      log: (message) => told.push(message),
      memory: { read: async (key) => kept.get(key), write: async (key, text) => kept.set(key, text) },
    },
  )
  return {
    told,
    standing: source.states,
    look: async (hours = 0.1) => {
      now = new Date(now.getTime() + hours * 3_600_000)
      const { clusters, problem } = await source.current()
      return { names: clusters.map(({ name }) => name), problem }
    },
  }
}

test('a process that begins while the directory is away watches what it told last, and says how old that is', async () => {
  const kept = new Map<string, string>()
  await remembering(async () => eastToo, kept).look()
  const away = async () => {
    throw new Error('no answer in 10 s')
  }
  const { names, problem } = await remembering(away, kept).look(30)
  expect(names).toEqual(['east', 'west', 'north', 'south'])
  expect(problem).toMatch(/AKS: .*those found last stay \(4, of 2026-01-12T09:47:00.000Z\): no answer in 10 s/)
})

test('what was kept and cannot be read back is said, and harms nothing', async () => {
  const { look, told } = remembering(async () => eastToo, new Map([['aks', '{"version": 2']]))
  expect((await look()).names).toHaveLength(4)
  expect(told).toEqual([expect.stringContaining('could not be read back')])
})

test('a list that shrinks to none or under half is doubted, the old one stays, and each that goes is said', async () => {
  let list = eastToo
  const kept = new Map<string, string>()
  const { look, told, standing } = remembering(async () => list, kept)
  await look()
  list = []
  const empty = await look()
  expect(empty.names).toHaveLength(4)
  expect(empty.problem).toContain('it tells of no cluster any more, and told of 4; that is doubted')
  expect(standing()).toMatchObject([{ name: 'AKS', doubted: true }])
  // Also in a process that begins then, and however long it lasts.
  expect((await remembering(async () => [], kept).look(48)).names).toHaveLength(4)
  list = eastToo.slice(0, 1)
  expect((await look()).names).toHaveLength(4)
  list = eastToo.slice(0, 2)
  expect(await look()).toEqual({ names: ['east', 'west'], problem: undefined })
  expect(told.at(-1)).toBe('AKS: not there any more: north, south')
  expect(standing()).toMatchObject([{ doubted: false, trouble: '' }])
})

test('under half is believed when it has been told for a day', async () => {
  let list = eastToo
  const { look } = remembering(async () => list, new Map())
  await look()
  list = eastToo.slice(0, 1)
  expect((await look()).names).toHaveLength(4)
  expect((await look(23)).names).toHaveLength(4)
  expect((await look(2)).names).toEqual(['east'])
})

test('a cluster that is stopped is not watched and not gone: it is held back, with a word', async () => {
  let list: readonly Found[] = eastToo
  const { look } = remembering(async () => list, new Map())
  await look()
  list = eastToo.map((one) => ({ ...one, heldBack: 'stopped' }))
  const { names, problem } = await look()
  expect(names).toEqual([])
  expect(problem).toBe('not watched now: east (stopped), west (stopped), north (stopped), south (stopped)')
})

test('more clusters than may be watched are named', async () => {
  const many = Array.from({ length: 5_003 }, (_, at) => found(`c${at}`))
  const { names, problem } = await remembering(async () => many, new Map()).look()
  expect(names).toHaveLength(5_000)
  expect(problem).toContain('5003 clusters are more than 5000; not watched: c5000, c5001, c5002.')
})

test('clusters of one name in several groups and subscriptions keep names of their own, in whatever order they come', () => {
  const of = (subscription: string, group: string, key = 'resourceGroups'): Found => ({
    ...found('mobile'),
    id: `/subscriptions/${subscription}/${key}/${group}/providers/Microsoft.ContainerService/managedClusters/mobile`,
    tags: { 'nightcrier-endpoint': `https://${subscription}-${group}.example/mcp` },
  })
  const names = (all: readonly Found[]) =>
    clustersFromTags(all)
      .map((one) => (typeof one === 'object' && 'mcp' in one ? `${one.name} ${one.mcp.endpoint}` : 'none'))
      .sort()
  const all = [
    of('s1', 'RG1'),
    of('s1', 'rg.2'),
    of('s2-aaaa-bbbb', 'shared'),
    of('s3-aaaa-bbbb', 'shared'),
    found('east'),
  ]
  expect(names(all)).toEqual([
    'east https://east.example/mcp',
    'mobile-rg-2 https://s1-rg.2.example/mcp',
    'mobile-rg1 https://s1-RG1.example/mcp',
    'mobile-shared-s2-aaaa- https://s2-aaaa-bbbb-shared.example/mcp',
    'mobile-shared-s3-aaaa- https://s3-aaaa-bbbb-shared.example/mcp',
  ])
  expect(names([...all].reverse())).toEqual(names(all))
  // One leaves, and Azure writes its paths in another way: nobody gets another's name.
  const left = [
    of('s3-aaaa-bbbb', 'shared'),
    of('s2-aaaa-bbbb', 'shared', 'resourcegroups'),
    of('s1', 'rg.2', 'resourcegroups'),
  ]
  expect(names(left)).toEqual(names(all).filter((one) => !/east|rg1/.test(one)))
})

test('a name made of a group never meets that of another, neither its own nor one that was cut', () => {
  const of = (name: string, group: string, tags: Record<string, string> = {}): Found => ({
    ...found(name.slice(0, 63), tags),
    name,
    id: `/subscriptions/s1/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`,
  })
  const names = (all: readonly Found[]) =>
    new Map(clustersFromTags(all).map((one, at) => [all[at]!.id, typeof one === 'string' ? one : one.name]))
  const long = 'n'.repeat(63)
  const inputs = {
    'own name': [of('web', 'a'), of('web', 'b'), of('web-a', 'c')],
    'name by a tag': [of('web', 'a'), of('web', 'b'), of('shop', 'c', { 'nightcrier-name': 'Web-A' })],
    cut: [of(long, 'a'), of(long, 'b')],
    'cut within the group': [of('n'.repeat(55), 'production-1'), of('n'.repeat(55), 'production-2')],
    'another sign': [of('web', 'rg.1'), of('web', 'rg-1')],
  }
  for (const [what, all] of Object.entries(inputs)) {
    const made = names(all)
    const different = new Set([...made.values()].map((name) => name.toLowerCase()))
    expect(different.size, what).toBe(all.length)
    for (const name of made.values()) expect(name, what).toMatch(/^[\w-]{1,63}$/)
    const reversed = names(all.toReversed())
    for (const [id, name] of made) expect(reversed.get(id), what).toBe(name)
  }
  expect([...names(inputs['own name']).values()]).toEqual([
    expect.stringMatching(/^web-a-[0-9a-f]{8}$/),
    'web-b',
    'web-a',
  ])
  // Azure writes the parts of an id now so, now so.
  const [first, ...others] = inputs['own name']
  const shouted = { ...first!, id: first!.id.replace('resourceGroups/a', 'resourcegroups/A') }
  expect([...names([shouted, ...others]).values()]).toEqual([...names(inputs['own name']).values()])
})
