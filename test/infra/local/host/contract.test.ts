import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildFixture, type FixtureHost, startFixtureHost } from '../fixture-host.ts'
import { ask, rows } from './contract.ts'

let app: Awaited<ReturnType<typeof buildFixture>>
let host: FixtureHost
beforeAll(async () => {
  app = await buildFixture()
  host = await startFixtureHost(app.folder, { 'AzureWebJobs.work.Disabled': 'true' }, { restartMs: 50 })
}, 120_000)
afterAll(async () => {
  await host.stop()
  app.remove()
})

test.each(rows)('$what', async (row) => {
  const seen = await ask(host.url, row)
  expect(seen.status).toBe(row.status)
  if (row.json !== undefined) expect(JSON.parse(seen.text)).toEqual(row.json === undefined ? {} : row.json)
  if (row.cookie !== undefined) expect(seen.cookies).toEqual([row.cookie])
})

test('a body above the limit of the app settings is refused before it is taken in', async () => {
  const environment = { 'AzureWebJobs.work.Disabled': 'true', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' }
  const small = await startFixtureHost(app.folder, environment)
  const post = (body: string) => ask(small.url, { what: '', method: 'POST', path: '/api/rest/a', body, status: 0 })
  expect((await post('x'.repeat(1_000))).status).toBe(200)
  expect((await post('x'.repeat(1_001))).status).toBe(500)
  await small.stop()
})

test('a signal ends a worker as it ends any program, and it is started again', async () => {
  const before = host.workers().find(({ functions }) => functions.includes('supervisor-1'))!.pid
  process.kill(before, 'SIGTERM')
  const now = () => host.workers().find(({ functions }) => functions.includes('supervisor-1'))!.pid
  await expect.poll(now, { timeout: 20_000 }).not.toBe(before)
})

test('a worker that ends with 0 is not started again, and the log says so', async () => {
  expect((await ask(host.url, { what: '', path: '/api/odd/exit', status: 200 })).status).toBe(200)
  await expect.poll(() => host.output.join('\n'), { timeout: 10_000 }).toContain('and is not started again')
  // Twenty times its first pause.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await expect(fetch(`${host.url}/api/alive`)).rejects.toThrow()
})

test('a run past its time ends the worker by its terminate hooks', async () => {
  const late = await startFixtureHost(
    app.folder,
    { 'AzureWebJobs.work.Disabled': 'true', TICK_TAKES: '600000' },
    { functionTimeoutMs: 300, restartMs: 50 },
  )
  late.trigger('supervisor-1')
  await expect.poll(() => late.journal().map(({ event }) => event), { timeout: 20_000 }).toContain('terminate')
  await late.stop()
})
