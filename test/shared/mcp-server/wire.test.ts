import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { connectCaller, createKubernetesMcp } from '../../../shared/mcp-server/server/server.ts'
import { createStatelessHandler } from '../../../shared/mcp-server/server/stateless.ts'
import { stdioTransport } from '../../../shared/mcp-server/server/stdio-transport.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { running, webPod } from './pods.ts'
import { redactHunter2, simulated, until } from './setup.ts'

type Sent = { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string } }

/** The bytes of standard input and output, as any client writes and reads them. */
async function stdio() {
  const { api } = await simulated({ objects: [webPod('p-1', running, { name: 'web-0' })] })
  const mcp = createKubernetesMcp({ targets: targetsOf([{ name: 'east', api }]), redact: redactHunter2 })
  const [input, output] = [new PassThrough(), new PassThrough()]
  const lines: (Sent | Sent[])[] = []
  let rest = ''
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((line) => JSON.parse(line)))
  })
  const connection = await connectCaller(mcp, stdioTransport(input, output))
  onTestFinished(async () => {
    await connection.close()
    mcp.stop()
  })
  const after = async (text: string | Buffer): Promise<Sent | Sent[] | undefined> => {
    const before = lines.length
    input.write(text)
    await until(() => lines.length > before, 'an answer', 20_000)
    return lines[before]
  }
  return { input, lines, after }
}
const call = (args: object, id = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'pods_list', ...args } })

const taken: readonly [string, object][] = [
  ['absent', {}],
  ['null', { arguments: null }],
  ['the text {}', { arguments: '{}' }],
  ['blank', { arguments: '' }],
  ['JSON text', { arguments: '{"namespace":"shop","limit":"5"}' }],
]
const refused: readonly [string, object][] = [
  ['a list', { arguments: [] }],
  ['a number', { arguments: 5 }],
  ['other text', { arguments: 'pods please' }],
]

test('arguments are taken as clients write them, and refused in one sentence', async () => {
  const { after } = await stdio()
  for (const [what, args] of taken) expect(JSON.stringify(await after(`${call(args)}\n`)), what).toContain('web-0')
  for (const [what, args] of refused)
    expect(await after(`${call(args, 9)}\n`), what).toEqual({
      jsonrpc: '2.0',
      id: 9,
      error: { code: -32602, message: 'arguments must be one object, such as {"name": "web"}.' },
    })
  expect(await after('{"jsonrpc":"2.0","id":"x","method":"ping","params":null}\r\n')).toMatchObject({
    id: 'x',
    result: {},
  })
})

test('a batch is answered in one piece, with what was wrong in it', async () => {
  const { after, input, lines } = await stdio()
  const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' })
  const batch = [ping(1), { jsonrpc: '2.0', method: 'notifications/initialized' }, { id: 3 }, JSON.parse(call({}, 2))]
  const answer = await after(`${JSON.stringify(batch)}\n`)
  expect(Array.isArray(answer)).toBe(true)
  expect(
    [answer]
      .flat()
      .map((one) => one?.id)
      .toSorted(),
  ).toEqual([1, 2, 3])
  expect([answer].flat().find((one) => one?.id === 3)?.error?.code).toBe(-32600)
  // Only notices: nothing is owed.
  input.write(`${JSON.stringify([batch[1]])}\n`)
  expect(await after(`${JSON.stringify(ping(7))}\n`)).toMatchObject({ id: 7 })
  expect(lines).toHaveLength(2)
  expect(await after('[]\n')).toMatchObject({ id: null, error: { code: -32600 } })
})

test('what is no message is answered, too, and the next one is read', async () => {
  const { after, input } = await stdio()
  expect(await after('{not json\n')).toMatchObject({ id: null, error: { code: -32700 } })
  expect(await after('{"id":4}\n')).toMatchObject({ id: 4, error: { code: -32600 } })
  const long = Buffer.from(`${'x'.repeat(11 * 1024 * 1024)}`)
  expect(await after(long)).toMatchObject({ id: null, error: { code: -32600, message: 'A message is over 10 MiB.' } })
  expect(await after('x\n{"jsonrpc":"2.0","id":5,"method":"ping"}\n')).toMatchObject({ id: 5 })
  // A character may come in two pieces.
  const split = Buffer.from('{"jsonrpc":"2.0","id":"日本語","method":"ping"}\n')
  input.write(split.subarray(0, 24))
  const answer = after(split.subarray(24))
  expect(await answer).toMatchObject({ id: '日本語' })
})

async function http(more: { allowedHosts?: readonly string[]; token?: string } = {}) {
  const { api } = await simulated({ objects: [webPod('p-1', running, { name: 'web-0' })] })
  const options = { targets: targetsOf([{ name: 'east', api }]), redact: redactHunter2 }
  const server = await startMcpHttpServer({ ...options, port: 0, ...more })
  onTestFinished(server.stop)
  return { server, stateless: createStatelessHandler(options) }
}
const posted = (body: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  body,
})

test('the same over HTTP, with a session and without', async () => {
  const { server, stateless } = await http()
  const begin = await fetch(
    server.url,
    posted(
      '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"0"}}}',
    ),
  )
  const session = { 'mcp-session-id': begin.headers.get('mcp-session-id') ?? '' }
  await begin.body?.cancel()
  for (const [what, args] of taken) {
    expect(await (await fetch(server.url, posted(call(args), session))).text(), what).toContain('web-0')
    const alone = await stateless(new Request('http://localhost/api/mcp', posted(call(args))))
    expect(await alone.text(), what).toContain('web-0')
  }
  for (const [what, args] of refused) {
    const words = 'arguments must be one object'
    expect(await (await fetch(server.url, posted(call(args), session))).text(), what).toContain(words)
    const alone = await stateless(new Request('http://localhost/api/mcp', posted(call(args))))
    expect(await alone.text(), what).toContain(words)
  }
  const list = '{"jsonrpc":"2.0","id":8,"method":"tools/list","params":null}'
  expect(await (await fetch(server.url, posted(list, session))).text()).toContain('pods_list')
})

test('a page of this machine, or of a name that is served, may ask; no other page may', async () => {
  const { server } = await http({ allowedHosts: ['mcp.example'], token: 'a-fake-token-for-a-test' })
  const before = (origin: string) =>
    fetch(server.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
  for (const origin of ['http://localhost:6274', 'http://127.0.0.1:3000', 'https://mcp.example']) {
    const { status, headers } = await before(origin)
    expect(status, origin).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect(headers.get('access-control-allow-headers')).toMatch(/Authorization, Mcp-Session-Id/)
    const answer = await fetch(server.url, posted('{}', { origin }))
    // Who may ask is not yet who may see.
    expect(answer.status).toBe(401)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('access-control-expose-headers')).toContain('Mcp-Session-Id')
  }
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
    const { status, headers } = await before(origin)
    expect([status, headers.get('access-control-allow-origin')], origin).toEqual([403, null])
  }
  // Programs that are no page see nothing of it.
  expect((await fetch(server.url, posted('{}'))).headers.has('access-control-allow-origin')).toBe(false)
})
