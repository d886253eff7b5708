import { expect, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from './loopback-api.ts'

/** As the API does it: the last lines, and of those the first bytes. */
async function serving(lines: readonly string[]) {
  const api = await loopbackApi((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams
    const text = lines
      .slice(-Number(query.get('tailLines')))
      .map((line) => `${line}\n`)
      .join('')
    const limit = query.get('limitBytes')
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end(limit === null ? text : Buffer.from(text).subarray(0, Number(limit)))
  })
  return { api, cluster: connectCluster(kubeconfigFor(api.url)) }
}
const of = { namespace: 'shop', pod: 'web-0', container: 'app' }

test.each([
  ['20 KB lines', 300, 20_000, 100],
  ['300 byte lines', 8_000, 300, 5_000],
  ['lines that grow', 500, 0, 500],
])('of %s the newest are kept, and what is missing is missing at the beginning', async (_, count, size, tailLines) => {
  const lines = Array.from({ length: count }, (_, at) => `line ${at} ${'x'.repeat(size || at * 100)}`)
  const { api, cluster } = await serving([...lines, 'panic: out of luck'])
  const { text, truncated } = await cluster.log({ ...of, tailLines, limitBytes: 1024 * 1024 })
  expect(text.trimEnd().split('\n').at(-1)).toBe('panic: out of luck')
  expect(truncated).toBe(true)
  expect(text.split('\n')[0]).toMatch(/^line \d+ x+$/)
  expect(text.length).toBeGreaterThan(150_000)
  await cluster.close()
  await api[Symbol.asyncDispose]()
})

test('a log that fits is whole', async () => {
  const { api, cluster } = await serving(['one', 'two'])
  expect(await cluster.log({ ...of, tailLines: 40, limitBytes: 1_000 })).toEqual({
    text: 'one\ntwo\n',
    truncated: false,
  })
  await cluster.close()
  await api[Symbol.asyncDispose]()
})

test('bytes that are no text, rewritten lines and a line of 300 KB leave readable lines', async () => {
  const parts = [
    Buffer.from('日本語').subarray(0, 5),
    Buffer.from('日本語').subarray(5),
    Buffer.from([10, 0xff, 0xfe, 0, 10]),
    Buffer.from('\u001b[31mERR\u001b[0m\n'),
    Buffer.from(Array.from({ length: 4_000 }, (_, at) => `${at} of 4000`).join('\r')),
    Buffer.from(`\n${'y'.repeat(300_000)}\npanic: x`),
  ]
  await using api = await loopbackApi((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    for (const part of parts) response.write(part)
    response.end()
  })
  const cluster = connectCluster(kubeconfigFor(api.url))
  const { text } = await cluster.log({ ...of, tailLines: 100, limitBytes: 1024 * 1024 })
  const lines = text.split('\n')
  expect(lines.slice(0, 4)).toEqual(['日本語', '\ufffd\ufffd', 'ERR', '3999 of 4000'])
  expect(lines.at(-1)).toBe('panic: x')
  const small = await cluster.log({ ...of, tailLines: 100, limitBytes: 2_000 })
  expect(small.text).toMatch(/panic: x$/)
  await cluster.close()
})

test.each([
  [
    200,
    'unable to retrieve container logs for containerd://3bb6fd00e2a1',
    /The node no longer has the log of the earlier run/,
  ],
  [400, 'previous terminated container "app" in pod "web-0" not found', /has no earlier run: it has not restarted/],
  [400, 'container "app" in pod "web-0" is waiting to start: ContainerCreating', /has not started.*ContainerCreating/],
])('an answer %i that speaks of the log is no log', async (status, message, words) => {
  await using api = await loopbackApi((_, response) => {
    if (status === 200) response.writeHead(200, { 'content-type': 'text/plain' }).end(message)
    else json(response, statusObject(status, 'BadRequest', message), status)
  })
  const cluster = connectCluster(kubeconfigFor(api.url))
  await expect(cluster.log({ ...of, previous: true, tailLines: 10, limitBytes: 1_000 })).rejects.toThrow(words)
  await cluster.close()
})

test('the same sentence as one line among others is a line', async () => {
  const { api, cluster } = await serving(['before', 'unable to retrieve container logs for containerd://3bb6fd00e2a1'])
  expect((await cluster.log({ ...of, tailLines: 10, limitBytes: 1_000 })).text).toContain('unable to retrieve')
  await cluster.close()
  await api[Symbol.asyncDispose]()
})
