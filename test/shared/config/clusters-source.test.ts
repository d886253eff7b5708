import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ClustersSourceDeps, clustersSource } from '../../../shared/config/clusters-source.ts'
import { clustersFromBlob, clustersFromFile } from '../../../shared/config/clusters-text.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'

const yaml = (...names: string[]) =>
  `clusters:\n${names.map((name) => `  - { name: ${name}, mcp: { endpoint: "https://${name}.example/mcp" } }`).join('\n')}`
const none = { added: [], removed: [], modified: [] }

function held(start: string | undefined) {
  let version = 1
  let text = start
  let reads = 0
  const logged: string[] = []
  const read: ClustersSourceDeps['read'] = async (known) => {
    reads++
    if (text === undefined) return undefined
    return known === String(version) ? 'unchanged' : { text, etag: String(version) }
  }
  const put = (next: string | undefined) => {
    version++
    text = next
  }
  return { read, put, logged, log: (line: string) => logged.push(line), reads: () => reads }
}

test('added, removed and modified clusters are taken up without a restart', async () => {
  const file = held(yaml('a', 'b'))
  const source = clustersSource({ where: 'clusters.yaml', ...file })
  expect(await source.current()).toMatchObject({ changed: { ...none, added: ['a', 'b'] } })
  expect(await source.current()).toMatchObject({ changed: none })
  file.put(
    `${yaml('b', 'c')}\n    environment: x`.replace('b.example', 'b2.example').replace('\n    environment: x', ''),
  )
  const { clusters, changed } = await source.current()
  expect(changed).toEqual({ added: ['c'], removed: ['a'], modified: ['b'] })
  expect(clusters.map(({ mcp }) => mcp.endpoint)).toEqual(['https://b2.example/mcp', 'https://c.example/mcp'])
})

test('a wrong file leaves the last good one in force, is told once, and once more when it is right again', async () => {
  const file = held(yaml('a', 'b'))
  const source = clustersSource({ where: 'clusters.yaml', ...file })
  await source.current()
  file.put(`${yaml('a', 'c')}\n  - { name: x }`)
  for (let at = 0; at < 3; at++) {
    const { clusters, problem, changed } = await source.current()
    expect(clusters.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(changed).toEqual(none)
    expect(problem).toBe('clusters.yaml is wrong:\n  clusters[2].mcp: is required')
  }
  file.put(undefined)
  expect((await source.current()).problem).toBe(
    'clusters.yaml is missing. Put your clusters there: a list under clusters:.',
  )
  file.put(yaml('a'))
  const back = await source.current()
  expect(back).not.toHaveProperty('problem')
  expect(back.changed).toEqual({ ...none, removed: ['b'] })
  expect(file.logged).toHaveLength(3)
  expect(file.logged.at(-1)).toBe('clusters.yaml is right again.')
})

test('without a good file yet: a missing one is one sentence, a wrong one gives the clusters that are right', async () => {
  const missing = clustersSource({ where: 'config/clusters.yaml', ...held(undefined) })
  expect(await missing.current()).toEqual({
    clusters: [],
    notifications: [],
    discovery: [],
    mutes: [],
    maintenance: [],
    changed: none,
    problem: 'config/clusters.yaml is missing. Put your clusters there: a list under clusters:.',
  })
  const wrong = clustersSource({ where: 'clusters.yaml', ...held(`${yaml('a', 'b')}\n  - { name: x }`) })
  const { clusters, problem } = await wrong.current()
  expect(clusters.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(problem).toContain('clusters[2].mcp')
})

test('a new process with a wrong file goes on with the good one that another process kept', async () => {
  let kept: string | undefined
  const lastGood = {
    read: async () => kept,
    write: async (text: string) => {
      kept = text
    },
  }
  await clustersSource({ where: 'clusters.yaml', ...held(yaml('a', 'b')), lastGood }).current()
  const fresh = clustersSource({ where: 'clusters.yaml', ...held('clusters: ['), lastGood })
  const { clusters, problem } = await fresh.current()
  expect(clusters.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(problem).toContain('not YAML')
})

test('storage that is away is a problem to tell, not the end of the watch', async () => {
  const file = held(yaml('a'))
  let away = false
  const read: ClustersSourceDeps['read'] = async (known) => {
    if (away) throw new Error('connect ECONNREFUSED')
    return file.read(known)
  }
  const source = clustersSource({ where: 'clusters.yaml', read, log: file.log })
  await source.current()
  away = true
  const { clusters, problem } = await source.current()
  expect(clusters).toHaveLength(1)
  expect(problem).toBe('clusters.yaml cannot be read: connect ECONNREFUSED.')
  away = false
  expect(await source.current()).not.toHaveProperty('problem')
})

test('a local file is read again when its time or size changes, and only then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clusters-'))
  const path = join(folder, 'clusters.yaml')
  const read = clustersFromFile(path)
  expect(await read(undefined)).toBeUndefined()
  await writeFile(path, yaml('a'))
  const first = await read(undefined)
  if (first === undefined || first === 'unchanged') return expect.fail('it should have been read')
  expect(first.text).toBe(yaml('a'))
  expect(await read(first.etag)).toBe('unchanged')
  await utimes(path, 1_000, 1_000)
  expect(await read(first.etag)).toMatchObject({ text: yaml('a') })
  await rm(folder, { recursive: true })
})

test('a blob is read again when its etag changes, and only then', async () => {
  const blobs = memoryBlobs()
  let reads = 0
  const read = clustersFromBlob(
    {
      info: blobs.info,
      read: (name, most) => {
        reads++
        return blobs.read(name, most)
      },
    },
    'config/clusters.yaml',
  )
  const source = clustersSource({ where: 'config/clusters.yaml', read, log: () => {} })
  expect((await source.current()).problem).toContain('is missing')
  await blobs.write('config/clusters.yaml', yaml('a'))
  expect((await source.current()).clusters).toHaveLength(1)
  const before = reads
  await source.current()
  expect(reads).toBe(before)
  await blobs.write('config/clusters.yaml', yaml('a', 'b'))
  expect((await source.current()).changed.added).toEqual(['b'])
})
