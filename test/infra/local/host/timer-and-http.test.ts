import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { buildFixture, type FixtureHost, startFixtureHost } from '../fixture-host.ts'

let app: Awaited<ReturnType<typeof buildFixture>>
let host: FixtureHost | undefined

beforeAll(async () => {
  app = await buildFixture()
})
afterAll(() => app.remove())
afterEach(async () => {
  await host?.stop()
  host = undefined
})
const start = (environment: Record<string, string>, options: Parameters<typeof startFixtureHost>[2] = {}) =>
  startFixtureHost(
    app.folder, // Nothing here needs a queue, and so no storage.
    { 'AzureWebJobs.work.Disabled': 'true', ...environment },
    options,
  )

test('a timer never overlaps itself; a run that outlasts its schedule is followed by one other at once', async () => {
  host = await start({ TICK: '* * * * * *', TICK_TAKES: '1300' })
  const runs = () => host?.journal().filter(({ name }) => name === 'supervisor-1') ?? []
  // Asking for more runs by hand does not overlap either.
  await expect.poll(() => runs().length, { timeout: 5_000 }).toBe(1)
  host.trigger('supervisor-1')
  await expect.poll(() => runs().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(5)
  expect(
    runs()
      .slice(0, 4)
      .map(({ event }) => event),
  ).toEqual(['start', 'end', 'start', 'end'])
  const [, end, next] = runs()
  expect(next!.at - end!.at).toBeLessThan(100)
  expect(runs().every(({ isPastDue }) => isPastDue !== true)).toBe(true)
  expect(new Set(runs().map(({ id }) => id)).size).toBe(Math.ceil(runs().length / 2))
})

test('a timer can be run now, whatever its schedule', async () => {
  host = await start({})
  host.trigger('supervisor-1')
  await expect.poll(() => host?.journal().filter(({ event }) => event === 'end').length).toBe(1)
})

test('with two instances there are two supervisors, and still one of everything that serves HTTP', async () => {
  host = await start({}, { instances: 2 })
  const names = host.workers().map(({ functions, instance }) => `${functions.toSorted().join('+')}#${instance}`)
  expect(names).toEqual(['alive+broken+odd+rest+things#0', 'supervisor-1#0', 'supervisor-1#1'])
  expect(new Set(host.workers().map(({ pid }) => pid)).size).toBe(3)
})

test('HTTP functions are reached by route and key, and refuse what they should', async () => {
  host = await start({})
  const status = async (path: string, init: RequestInit = {}) => (await fetch(`${host?.url}${path}`, init)).status
  expect(await (await fetch(`${host.url}/api/alive`)).json()).toEqual({ ok: true })
  expect(await status('/api/alive', { method: 'POST' })).toBe(404)
  expect(await status('/api/nothing')).toBe(404)
  expect(await status('/alive')).toBe(404)
  expect(await status('/api/broken')).toBe(500)
  expect(await status('/api/things/7')).toBe(401)
  expect(await status('/api/things/7?code=wrong')).toBe(401)
  expect(await status('/api/things/7?code=local')).toBe(201)
  const answer = await fetch(`${host.url}/api/things/a%2Fb/part?q=1`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-functions-key': 'local' },
  })
  expect(answer.headers.get('x-seen')).toBe('yes')
  expect(await answer.json()).toEqual({ params: { id: 'a%2Fb', part: 'part' }, query: '1', body: 'hello' })
})

test('a killed HTTP worker comes back on the same port', async () => {
  host = await start({}, { restartMs: 50 })
  process.kill(host.workers()[0]!.pid, 'SIGKILL')
  const alive = () =>
    fetch(`${host?.url}/api/alive`)
      .then(({ status }) => status)
      .catch(() => 0)
  await expect.poll(alive, { timeout: 10_000, interval: 100 }).toBe(200)
})

test('an app whose functions are not the expected ones is refused, and both lists are said', async () => {
  const expected = ['alive', 'broken', 'odd', 'rest', 'things', 'work', 'sweep']
  await expect(start({}, { expected })).rejects.toThrow('(missing: sweep; not expected: supervisor-1)')
})

test('a setting that a binding needs and nobody gave stops the start with its name', async () => {
  await expect(start({ TICK: '' })).rejects.toThrow('Function supervisor-1 cannot be started: setting TICK is not set')
})
