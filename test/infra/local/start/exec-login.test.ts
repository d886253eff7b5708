import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepRenewed, loggedIn } from '../../../../infra/local/start/exec-login.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-exec-login-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that counts its runs: each gives another token, fails while file `fail` is there, waits while `wait` is. */
const program = join(folder, 'login.cjs')
writeFileSync(
  program,
  `const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const at = (name) => ${JSON.stringify(`${folder}/`)} + name
const run = Number(existsSync(at('runs')) ? readFileSync(at('runs'), 'utf8') : 0) + 1
writeFileSync(at('runs'), String(run))
if (existsSync(at('fail'))) { console.error('your session is over'); process.exit(1) }
const answer = () => {
  if (existsSync(at('wait'))) return setTimeout(answer, 20)
  const expirationTimestamp = new Date(Date.now() + Number(process.env.LASTS_MS)).toISOString()
  console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'token ' + run, expirationTimestamp } }))
}
answer()
`,
)
const at = (name: string) => join(folder, name)
const runs = () => (existsSync(at('runs')) ? Number(readFileSync(at('runs'), 'utf8')) : 0)
const standing = (lastsMs: number) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [
      {
        name: 'u',
        user: {
          exec: { command: process.execPath, args: [program], env: [{ name: 'LASTS_MS', value: String(lastsMs) }] },
        },
      },
    ],
  })
const tokenIn = (text: string) => JSON.parse(text).users[0].user.token

const MINUTE = 60_000
let stop: (() => void) | undefined
let troubles: string[] = []
beforeEach(() => {
  // Only the waits between logins: programs run in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  troubles = []
  for (const name of ['runs', 'fail', 'wait', 'kubeconfig']) rmSync(at(name), { force: true })
})
afterEach(() => {
  stop?.()
  vi.useRealTimers()
})
const keep = (lastsMs: number, again: number) => {
  const renew = () => loggedIn(standing(lastsMs), 'dev')
  stop = keepRenewed(at('kubeconfig'), { again, renew }, (text) => troubles.push(text))
}
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    if (holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`${what} never came`)
}
/** It is in the file, and the next login is due some time. */
const written = (token: string) =>
  until(token, () => {
    const text = existsSync(at('kubeconfig')) ? readFileSync(at('kubeconfig'), 'utf8') : ''
    return text.includes(`"${token}"`) && vi.getTimerCount() === 1
  })

describe('a login by a program', () => {
  test.each([
    ['an hour', 60 * MINUTE, 30 * MINUTE],
    ['a quarter of an hour', 15 * MINUTE, 7.5 * MINUTE],
    ['a day', 24 * 60 * MINUTE, 60 * MINUTE],
    ['no time any more', -MINUTE, 30_000],
  ])(
    'that lasts %s is renewed when half of it is over, at the soonest after 30 s, at the latest after an hour',
    async (_, lasts, again) => {
      const given = await loggedIn(standing(lasts), 'dev')
      expect(tokenIn(given.kubeconfig)).toBe('token 1')
      expect(Math.abs(given.again! - again)).toBeLessThan(5_000)
    },
  )

  test('is renewed again and again, into the same file, which only its owner reads', async () => {
    keep(60 * MINUTE, 10 * MINUTE)
    vi.advanceTimersByTime(10 * MINUTE - 1)
    expect(runs()).toBe(0)
    vi.advanceTimersByTime(1)
    await written('token 1')
    expect(statSync(at('kubeconfig')).mode & 0o777).toBe(0o600)
    vi.advanceTimersByTime(29 * MINUTE)
    expect(runs()).toBe(1)
    vi.advanceTimersByTime(MINUTE)
    await written('token 2')
    expect(troubles).toEqual([])
  })

  test('that fails is told, leaves the old file, and is tried again after 30 s', async () => {
    writeFileSync(at('fail'), '')
    writeFileSync(at('kubeconfig'), 'the old one')
    keep(60 * MINUTE, MINUTE)
    vi.advanceTimersByTime(MINUTE)
    await until('the trouble', () => troubles.length === 1 && vi.getTimerCount() === 1)
    expect(troubles[0]).toMatch(/^context "dev": .* failed: .*Log in by hand and start again\.$/)
    expect(readFileSync(at('kubeconfig'), 'utf8')).toBe('the old one')
    rmSync(at('fail'))
    vi.advanceTimersByTime(29_999)
    expect(runs()).toBe(1)
    vi.advanceTimersByTime(1)
    await written('token 2')
  })

  test('is renewed no more once it is told to stop, even in the midst of a login', async () => {
    writeFileSync(at('wait'), '')
    keep(60 * MINUTE, MINUTE)
    vi.advanceTimersByTime(MINUTE)
    await until('the program', () => runs() === 1)
    stop?.()
    rmSync(at('wait'))
    // The program ends, and its answer is read.
    const end = performance.now() + 500
    await until('half a second', () => performance.now() > end)
    expect(existsSync(at('kubeconfig'))).toBe(false)
    expect(existsSync(at('kubeconfig.new'))).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(troubles).toEqual([])
  })
})
