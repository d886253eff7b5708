import { afterEach, expect, test } from 'vitest'
import { program } from '../../../shared/cli/program.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { type Answer, type LoopbackServer, loopbackServer } from '../../fakes/loopback-server.ts'

let app: LoopbackServer | undefined
afterEach(() => app?.stop())

const clock = { ...systemClock, sleep: async () => {} }
async function run(url: string, ...words: string[]) {
  let said = ''
  const write = (text: string) => {
    said += text
    return true
  }
  const stream = { write, isTTY: false }
  const code = await program(
    {
      out: stream,
      error: stream,
      environment: { NIGHTCRIER_URL: url, NIGHTCRIER_KEY: 'secret' },
      clock,
      signal: new AbortController().signal,
      serve: () => Promise.reject(new Error('not asked for')),
      scenarioRunner: '',
      folder: '/nowhere',
      piped: async () => '',
    },
    ['doctor', ...words],
  )
  return { code, said }
}
const alive: Answer = { status: 200, body: { status: 'alive' } }
const findings = (ok: boolean): Answer => ({
  status: 200,
  body: { findings: [{ check: 'queue faults', ok, ...(ok ? {} : { problem: '403', remedy: 'Give it the role.' }) }] },
})

test.each<[string, Answer, Answer, RegExp]>([
  [
    'a stopped app',
    { status: 403, body: '<html>Error 403 - This web app is stopped.</html>' },
    alive,
    /is stopped.*\n.*az functionapp start/,
  ],
  [
    'a host that does not run',
    { status: 503, body: 'Function host is not running.' },
    alive,
    /host is not running.*\n.*Storage Blob Data Owner/,
  ],
  ['an app without functions', { status: 404 }, alive, /no functions of nightcrier.*\n.*azd deploy/],
  ['somebody else', { status: 200, body: '<html>Welcome</html>' }, alive, /none of nightcrier/],
  ['a key that is not taken', alive, { status: 401 }, /function key.*\n.*az functionapp keys list/],
  ['an older version', alive, { status: 404 }, /has no doctor.*\n.*azd deploy/],
  ['settings that are wrong', alive, { status: 500 }, /answers 500.*\n.*wrong settings are all named/],
  ['a role that is missing', alive, findings(false), /queue faults: 403.*\n.*Give it the role/],
])('%s is told in words with what to do', async (_what, health, doctor, words) => {
  app = await loopbackServer(({ path }) => (path === '/api/health' ? health : doctor))
  const { code, said } = await run(app.url)
  expect(code).toBe(1)
  expect(said).toMatch(words)
  expect(said).not.toMatch(/<html>|\n {4}at /)
})

test('an address where nobody is', async () => {
  const { code, said } = await run('http://127.0.0.1:1')
  expect(code).toBe(1)
  expect(said).toMatch(/cannot be reached.*\n.*NIGHTCRIER_URL/)
})

test('when all is well it says so and ends with 0; with --wait it asks until then', async () => {
  let asked = 0
  app = await loopbackServer(({ path, method, headers }) => {
    if (path === '/api/health') return alive
    if (method !== 'POST' || headers['x-functions-key'] !== 'secret') return { status: 401 }
    asked += 1
    return findings(asked > 2)
  })
  const { code, said } = await run(app.url, '--wait', '120')
  expect(code).toBe(0)
  expect(asked).toBe(3)
  expect(said).toContain('All is well.')
})

test('with --agent one trial is asked for until it has ended, and never a second', async () => {
  const asked: (string | null)[] = []
  let looks = 0
  app = await loopbackServer(({ path, query }) => {
    if (path === '/api/health') return alive
    asked.push(query.get('agent'))
    const trial =
      ++looks < 3
        ? { check: 'an agent starts', ok: false, pending: true, problem: 'it is pending', remedy: 'wait' }
        : { check: 'an agent starts', ok: true }
    const other = { check: 'queue faults', ok: looks > 4, problem: '403', remedy: 'Give it the role.' }
    return { status: 200, body: { findings: [other, ...(query.has('agent') ? [trial] : [])] } }
  })
  const { code, said } = await run(app.url, '--agent', '--wait', '300')
  expect(code).toBe(0)
  expect(said).toMatch(/well.*queue faults\n.*well.*an agent starts/)
  const [id] = asked
  expect(id).toMatch(/^[a-z0-9]{16}$/)
  expect(asked).toEqual([id, id, id, null, null])
})

test('a trial that fails is told, with what to do', async () => {
  const problem = 'the agent ended with exit code 1 and left nothing'
  const trial = { check: 'an agent starts', ok: false, problem, remedy: 'See the image.' }
  app = await loopbackServer(({ path }) =>
    path === '/api/health' ? alive : { status: 200, body: { findings: [trial] } },
  )
  const { code, said } = await run(app.url, '--agent')
  expect(code).toBe(1)
  expect(said).toMatch(/NOT.*an agent starts: the agent ended with exit code 1.*\n.*See the image\./)
})
