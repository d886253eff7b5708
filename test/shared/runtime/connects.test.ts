import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { connectWithPatience } from '../../../shared/runtime/connects.ts'

const before = getDefaultAutoSelectFamilyAttemptTimeout()
afterEach(() => setDefaultAutoSelectFamilyAttemptTimeout(before))

const program = `
const server = require('node:http').createServer((_, answer) => answer.end('well'))
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))
`
/** A server that is stopped with its queue full: the kernel drops what knocks, and lets it in when it knocks again. */
async function slowServer() {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const port = Number(line)
  child.kill('SIGSTOP')
  const waiting = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  const letGo = () => {
    for (const socket of waiting) socket.destroy()
  }
  onTestFinished(letGo)
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')))
  return { port, goOn: () => child.kill('SIGCONT'), letGo }
}

/** Of a name with two addresses: the first slow, the second without anybody. */
function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: 'two.example',
      port,
      agent: false,
      lookup: (_name, _options, done) =>
        done(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '::1', family: 6 },
        ]),
    })
    call.on('response', (answer) => {
      let text = ''
      answer.on('data', (part) => {
        text += part
      })
      answer.on('end', () => resolve(text))
    })
    call.on('error', reject)
    call.end()
  })
}

/** Whether the answer came though the handshake took a second. */
async function answered(): Promise<string> {
  const { port, goOn, letGo } = await slowServer()
  const answer = ask(port).catch((error: unknown) => `${error instanceof Error ? error.name : error}`)
  // Longer than Node gives an attempt by itself, shorter than the second until the kernel knocks again.
  await new Promise((done) => setTimeout(done, 350))
  letGo()
  goOn()
  return answer
}

test.runIf(process.platform === 'linux')(
  'the first of two addresses may take its time, and the other be dead',
  { timeout: 120_000 },
  async () => {
    expect(await answered()).not.toBe('well')
    connectWithPatience()
    // On a busy machine the server may not wake in time; without patience no try would do.
    const tries: string[] = []
    while (tries.length < 5 && tries.at(-1) !== 'well') tries.push(await answered())
    expect(tries.at(-1), tries.join()).toBe('well')
  },
)
