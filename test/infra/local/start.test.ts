import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'

const program = join(import.meta.dirname, '../../../infra/local/start.ts')
const root = mkdtempSync(join(tmpdir(), 'nightcrier-start-test-'))
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** In a temporary folder of its own, by which all that it starts can be found. */
function start(name: string, ...flags: string[]) {
  const temporary = join(root, name)
  mkdirSync(temporary)
  const child = spawn(process.execPath, [program, ...flags], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const ended = once(child, 'close').then(([code]) => code)
  /** Waits until it is said; fails with what was said instead when the program ends before. */
  const said = async (pattern: RegExp) => {
    await expect.poll(() => child.exitCode !== null || pattern.test(stdout), { timeout: 120_000 }).toBe(true)
    expect(stdout, stderr).toMatch(pattern)
  }
  return { child, ended, said, temporary, stdout: () => stdout, stderr: () => stderr }
}

/** Processes whose arguments or environment name the folder. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) =>
      ['cmdline', 'environ'].some((file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(folder)
        } catch {
          return false
        }
      }),
    )

test('with --once the demo ends by itself; its last two lines are the address and the right cause', async () => {
  const { ended, stdout, stderr, temporary } = start('once', '--once', '--port', '0')
  expect(await ended, stderr()).toBe(0)
  const lines = stdout().trimEnd().split('\n')
  expect(lines.at(-2)).toMatch(
    /^report: http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1\/incidents\/demo\.\S+\/index\.html\?\S+$/,
  )
  expect(lines.at(-1)).toBe('cause: Deployment/shop/checkout BadCommand')
  // The address has ended with the program; the page has not.
  const kept = /^page: +(\S+)$/.exec(lines.at(-3) ?? '')?.[1] ?? ''
  expect(readFileSync(kept, 'utf8')).toContain('/app/checkoutd')
  // Readable steps, not raw JSON.
  expect(stdout()).toMatch(/running\s+demo Deployment\/shop\/checkout/)
  expect(stdout()).not.toContain('{"')
  expect(processesOf(temporary)).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
}, 180_000)

test('the demo shows a report that opens, and keeps running until Ctrl-C, then leaves nothing behind', async () => {
  const { child, ended, said, stdout, temporary } = start('demo', '--port', '0')
  await said(/^cause: /m)
  const url = /^report: (\S+)$/m.exec(stdout())?.[1] ?? ''
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await answer.text()).toContain('/app/checkoutd')
  expect(child.exitCode).toBeNull()
  child.kill('SIGINT')
  // As npm does, which passes on what the terminal has sent already.
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(processesOf(temporary)).toEqual([])
  expect(readdirSync(temporary)).toEqual([])
  await expect(fetch(url)).rejects.toThrow()
}, 180_000)

test('killed without warning, it takes all its functions with it', async () => {
  const { child, said, temporary } = start('killed', '--port', '0')
  await said(/api\/health/)
  expect(processesOf(temporary).length).toBeGreaterThan(1)
  child.kill('SIGKILL')
  await expect.poll(() => processesOf(temporary), { timeout: 20_000 }).toEqual([])
}, 180_000)

test.each([
  [['--config', join(root, 'none.yaml')], 1, /^There is no clusters file .*none\.yaml\.$/m],
  [['--kubeconfig', join(root, 'none')], 1, /^There is no kubeconfig .*none\.$/m],
  [['--config', 'a', '--kubeconfig', 'b'], 1, /cannot be used with/],
  [['--instances', '0'], 1, /It must be a whole number from 1 to 20/],
  [['--unknown'], 1, /unknown option/],
])('%j is refused with one sentence', async (flags, code, sentence) => {
  const { ended, stderr, temporary } = start(`refused-${flags.join('').replaceAll('/', '')}`, ...flags)
  expect(await ended).toBe(code)
  expect(stderr()).toMatch(sentence)
  expect(stderr()).not.toContain('    at ')
  expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([])
})
