import { expect, test } from 'vitest'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { east } from './setup.ts'

const long = Array.from({ length: 4_000 }, (_, at) => `line ${at}: 日本語 𝕏 server_name s${at}.example;`).join('\n')
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'shop' },
  data: { 'nginx.conf': long, nginx: 'short', 'a.b': 'dotted', password: 'fake-but-hidden-9d8f7' },
  list: [{ deep: [1, { x: 'y' }] }],
}
const get = { kind: 'ConfigMap', name: 'web', namespace: 'shop' }

test('a value that is too long for one answer is read whole, piece by piece, by what an answer says', async () => {
  const { client, call } = await east({ objects: [configMap] })
  const whole = await call('resources_get', get)
  expect(whole.text).toContain('resources_get with path (such as data.KEY) shows one whole')
  expect(whole.text).toMatch(/cut here: \d+ characters are not shown/)
  let read = ''
  let offset: number | undefined = 0
  for (let calls = 0; offset !== undefined && calls < 60; calls += 1) {
    const answer = await client.callTool({
      name: 'resources_get',
      arguments: { ...get, path: 'data.nginx.conf', offset },
    })
    const { part } = Object(answer.structuredContent)
    const [first] = Array.isArray(answer.content) ? answer.content : []
    // Text and structured content tell the same.
    expect(first?.text).toContain(part.text)
    expect(Buffer.byteLength(first?.text)).toBeLessThan(32 * 1024)
    read += part.text
    offset = part.nextOffset
  }
  expect(read).toBe(long)
})

test.each([
  ['data.nginx', 'short'],
  ['data.a.b', 'dotted'],
  ['.data.a.b', 'dotted'],
  ['list[0].deep[1].x', 'y'],
  ['list.0.deep.1', 'x: y\n'],
  ['metadata.name', 'web'],
])('%s leads to its value', async (path, value) => {
  const { client } = await east({ objects: [configMap] })
  const answer = await client.callTool({ name: 'resources_get', arguments: { ...get, path } })
  expect(Object(answer.structuredContent).part).toMatchObject({ text: value, characters: value.length })
})

test.each([
  [{ path: 'data.nope' }, /^path: there is nothing at data\.nope\. There: nginx\.conf, nginx, a\.b, password\.$/],
  [{ path: 'list[3]' }, /There: 0 to 0\./],
  [{ path: 'data.nginx.more' }, /there is nothing at data\.nginx\.more/],
  [{ path: 'data.nginx', offset: 9 }, /^offset: what stands at path has 5 characters, and 9 is beyond them\.$/],
])('%j is answered with what there is', async (args, words) => {
  const { call } = await east({ objects: [configMap] })
  const { text, isError } = await call('resources_get', { ...get, ...args })
  expect(isError).toBe(true)
  expect(text).toMatch(words)
})

test('a path leads to nothing that is hidden in the whole', async () => {
  const { call } = await east({ objects: [configMap] }, { redact: createRedactor({ key: 'a key of sixteen bytes' }) })
  for (const path of ['data.password', 'data'])
    expect((await call('resources_get', { ...get, path })).text, path).not.toContain('9d8f7')
})
