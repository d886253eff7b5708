import { expect, test } from 'vitest'
import { signedCursors } from '../../../shared/mcp-server/objects/list-cursor.ts'
import { boundText, fitValue } from '../../../shared/mcp-server/server/bounds.ts'
import { running, webPod } from './pods.ts'
import { east } from './setup.ts'

const bytes = (value: unknown) => Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value))

const pods = Array.from({ length: 3_000 }, (_, at) =>
  webPod(`p-${at}`, running, { name: `web-${at}`, metadata: { namespace: `ns${at % 7}` } }),
)
test.each([
  ['as rows', {}, 32 * 1024, 10],
  ['whole', { detail: 'whole' }, 32 * 1024, 300],
  ['for a program that reads the structure', { detail: 'whole', limit: 500, maxBytes: 400_000 }, 432 * 1024, 20],
  ['as rows for a program', { limit: 5_000, maxBytes: 1_000_000 }, 1_000_000, 2],
])(
  '3,000 pods are reached in pages, %s, each half of an answer within its bound, none twice and none left out',
  async (_, how, most, calls) => {
    const { client } = await east({ objects: pods })
    const seen = new Set<string>()
    let next: string | undefined
    let pages = 0
    do {
      const answer = await client.callTool({
        name: 'pods_list',
        arguments: { ...how, ...(next ? { continue: next } : {}) },
      })
      const page: {
        items?: { metadata: { name: string } }[]
        rows?: string[][]
        columns?: string[]
        continue?: string
        complete: boolean
      } = Object(answer.structuredContent)
      const [first] = Array.isArray(answer.content) ? answer.content : []
      expect(bytes(page)).toBeLessThanOrEqual(most)
      expect(bytes(first?.text)).toBeLessThanOrEqual(most * 1.5)
      const at = page.columns?.indexOf('NAME') ?? -1
      const names = page.rows?.map((row) => row[at] ?? '') ?? page.items?.map(({ metadata }) => metadata.name) ?? []
      for (const name of names) {
        expect(seen.has(name)).toBe(false)
        seen.add(name)
      }
      // Whoever reads only the text has the same.
      if (most <= 32 * 1024) for (const name of names) expect(first?.text).toMatch(new RegExp(`\\b${name}\\b`))
      next = page.continue
      expect(page.complete).toBe(next === undefined)
      pages += 1
    } while (next !== undefined && pages < 300)
    expect(seen.size).toBe(3_000)
    expect(pages).toBeLessThanOrEqual(calls)
  },
)

test('a page that was cut by bytes goes on where it ended, also when its last object has gone meanwhile', async () => {
  const big = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop' },
    data: { text: 'x'.repeat(700) },
  })
  const { call, simulator } = await east({ objects: [big('a'), big('b'), big('c')] })
  const list = (more: object) =>
    call('resources_list', { apiVersion: 'v1', kind: 'ConfigMap', detail: 'whole', maxBytes: 3_000, ...more })
  const first = await list({})
  expect(first.structured.items).toHaveLength(2)
  simulator.remove({ kind: 'ConfigMap', namespace: 'shop', name: 'b' })
  const second = await list({ continue: first.structured.continue })
  expect(second.structured.items.map((item) => item.metadata.name)).toEqual(['c'])
  expect(second.structured.complete).toBe(true)
})

test('a cursor of another question, or a made-up one, is refused', async () => {
  const { call } = await east({ objects: [webPod('a', running), webPod('b', running, { name: 'web-b' })] })
  const first = await call('pods_list', { limit: 1 })
  const next = first.structured.continue
  for (const args of [{ continue: 'nonsense' }, { continue: next, namespace: 'shop' }]) {
    const { text, isError } = await call('resources_list', { apiVersion: 'v1', kind: 'Service', ...args })
    expect(isError).toBe(true)
    expect(text).toBe('continue is not what an earlier answer to this same question gave. Leave it out to begin again.')
  }
  const mine = signedCursors('key of this server', 'ann')
  const cursor = mine.write({ of: 'x', after: 'a/b' })
  expect(mine.read(cursor, 'x')).toEqual({ of: 'x', after: 'a/b' })
  expect(() => mine.read(cursor, 'y')).toThrow('continue is not')
  expect(() => signedCursors('key of this server', 'bob').read(cursor, 'x')).toThrow('continue is not')
  expect(() => signedCursors('another key', 'ann').read(cursor, 'x')).toThrow('continue is not')
  const forged = Buffer.from(JSON.stringify({ of: 'x', after: 'a/a' })).toString('base64url')
  expect(() => mine.read(`${forged}.${cursor.split('.')[1]}`, 'x')).toThrow('continue is not')
})

test('one object that is too big is shown with its long values cut and marked', async () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'huge', namespace: 'shop' },
    data: { text: 'y'.repeat(300_000), small: 'kept' },
  }
  const { call } = await east({ objects: [object] })
  const args = { apiVersion: 'v1', kind: 'ConfigMap', name: 'huge', namespace: 'shop' }
  const { text, structured } = await call('resources_get', args)
  expect(bytes(text)).toBeLessThanOrEqual(32 * 1024)
  expect(structured).toMatchObject({ shortened: true, object: { data: { small: 'kept' } } })
  expect(structured.object?.data.text).toMatch(/y…\[cut here: 292000 characters are not shown\]$/)
})

test('the end of a long log is kept, in whole lines, and what is missing is said', async () => {
  const lines = Array.from({ length: 4_000 }, (_, at) => `line ${at} äöü`)
  const { call } = await east({
    objects: [webPod('p-1', running)],
    logs: { 'shop/web-6bf586c785-chf5m/web': `${lines.join('\n')}\n` },
  })
  const args = { name: 'web-6bf586c785-chf5m', namespace: 'shop', tail: 0 }
  const { text, structured } = await call('pods_log', args)
  expect(bytes(text)).toBeLessThanOrEqual(32 * 1024)
  expect(structured.truncated).toBe(true)
  expect(structured.log.endsWith('line 3999 äöü\n')).toBe(true)
  expect(structured.log).toMatch(/^line \d+ äöü\n/)
  expect(text).toContain('[cut here: earlier lines are not shown]')
})

test('a text is cut at a character, and says how much is missing', () => {
  const cut = boundText('ä'.repeat(100), 100)
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(100)
  expect(cut).toMatch(/^ä+\n\[cut here: \d+ of 200 bytes are not shown\]$/)
  expect(boundText('short', 100)).toBe('short')
})

test('even an object of thousands of keys is brought within its bound', () => {
  const data = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`key${at}`, 'v']))
  const { value, cut } = fitValue({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }, 24_000)
  expect(cut).toBe(true)
  expect(bytes(value)).toBeLessThanOrEqual(24_000)
  expect(value).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a' } })
})
