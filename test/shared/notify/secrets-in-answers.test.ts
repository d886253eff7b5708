import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../../shared/runtime/log.ts'
import { startReceiver } from '../../fakes/receiver.ts'
import { incident } from '../report/sample.ts'
import { placeWorld } from './place-world.ts'

const sig = 'not-real_C%2Bd45-67890efGH'
const pieces = /not-real|67890ef|d45-678/i

/** A receiver that repeats the address it was asked at, in every way that was seen. */
const echo = (path: string) => {
  const plain = decodeURIComponent(path)
  const said = [path, plain, path.replace('%2B', '%2b'), plain.replaceAll('+', ' '), path.slice(0, -9)]
  return { error: { code: 'BadRequest', message: `cannot be handled: ${said.join(' ; ')}` } }
}

test.each([400, 401, 404, 429, 500, 504])(
  'the secret of a signed address stands in no notice, log line or row when a receiver repeats it with a %d',
  async (status) => {
    const teams = await startReceiver(({ path }) => ({ status, body: echo(path) }))
    const other = await startReceiver()
    for (const one of [teams, other]) onTestFinished(one.stop)
    const address = `${teams.url}/workflows/0f1e2d3c4b5a69788/triggers/manual/run?api-version=1&sig=${sig}`
    const world = await placeWorld({
      addresses: { 'keyvault:teams': address, 'keyvault:other': other.url },
      routes: [{ to: [{ teams: 'keyvault:teams' }, { webhook: 'keyvault:other' }] }],
      first: incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' }),
    })
    const lines: string[] = []
    Object.assign(world.deps, { log: createLog('debug', (_, line) => void lines.push(line)) })
    world.event('reported')
    await world.run(26 * 3_600)
    expect(teams.received.length).toBeGreaterThan(0)
    expect(lines.join('\n')).toContain('teams-')
    const rows = JSON.stringify(await world.control.list({ limit: 5_000 }))
    for (const text of [lines.join('\n'), rows, other.received.map(({ body }) => body).join('\n'), ...world.kept])
      expect(text).not.toMatch(pieces)
  },
  30_000,
)
