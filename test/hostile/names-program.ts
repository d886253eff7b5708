import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import process from 'node:process'
import { openSession } from '../../shared/subscription/session.ts'
import { startFaultServer } from '../fakes/fault-server.ts'

/**
 * One case of names, in a network and with files of names of its own. It says what came of each name; whether that is
 * right, its test knows.
 */
const [, , which = ''] = process.argv
const setNames = (lines: readonly string[]) => writeFile('/etc/hosts', `127.0.0.1 localhost\n${lines.join('\n')}\n`)

const server = await startFaultServer()
const port = Number(new URL(server.endpoint('east')).port)
const at = (host: string, to = port) => `http://${host}:${to}/${host.split('.')[0]}/mcp`

async function opened(endpoint: string): Promise<{ ms: number; problem: string }> {
  const startedAt = performance.now()
  const problem = await openSession({
    endpoint,
    headers: {},
    callTimeoutMs: 15_000,
    onNotice: () => {},
    onGarbage: () => {},
    onStreamEnd: () => {},
    signal: new AbortController().signal,
  }).then(
    async (session) => {
      await session.ping()
      await session.close()
      return ''
    },
    (error: unknown) => String(error),
  )
  return { ms: performance.now() - startedAt, problem }
}
/** Passes on to the server, at this address. */
async function doorAt(host: string, on = 0) {
  const door = createServer((socket) => {
    const onward = connect(port, '127.0.0.1')
    for (const one of [socket, onward]) one.on('error', () => {})
    socket.pipe(onward).pipe(socket)
  })
  door.listen(on, host)
  await once(door, 'listening')
  const address = door.address()
  return { close: () => door.close(), port: typeof address === 'object' && address !== null ? address.port : 0 }
}

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  silent: async () => {
    // A name server that takes every question, and answers none.
    const sink = createSocket('udp4')
    sink.bind(53, '127.0.0.1')
    await once(sink, 'listening')
    const good = Array.from({ length: 12 }, (_, index) => `good${index}.example`)
    const mute = Array.from({ length: 8 }, (_, index) => `mute${index}.example`)
    await setNames(good.map((name) => `127.0.0.1 ${name}`))
    const all = Promise.all(mute.map((name) => opened(at(name))))
    const known = await Promise.all(good.map((name) => opened(at(name))))
    const startedAt = performance.now()
    await readFile('/etc/hosts')
    const readMs = performance.now() - startedAt
    const again = await Promise.all(good.map((name) => opened(at(name))))
    return { known, again, readMs, mute: await all }
  },
  attempts: async () => {
    await setNames(['2001:db8::1 far.example', '127.0.0.1 far.example', '::1 shut.example', '127.0.0.1 shut.example'])
    return { far: await opened(at('far.example')), shut: await opened(at('shut.example', 9)) }
  },
  two: async () => {
    await setNames(['::1 two.example', '127.0.0.1 two.example'])
    return opened(at('two.example'))
  },
  moves: async () => {
    await setNames(['127.0.0.2 moving.example'])
    const old = await doorAt('127.0.0.2')
    const before = await opened(at('moving.example', old.port))
    old.close()
    await setNames(['127.0.0.3 moving.example'])
    const other = await doorAt('127.0.0.3', old.port)
    return { before, after: await opened(at('moving.example', other.port)) }
  },
}
console.log(`\nRESULT ${JSON.stringify(await cases[which]?.())}`)
process.exit(0)
