import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { consulted } from '../consulted.ts'
import { crashingWeb, crashOfWeb, foreignVerdict } from '../crashing-web.ts'
import { standIn, type Way } from './stand-in.ts'

const root = mkdtempSync(join(tmpdir(), 'stand-ins-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const shapes = {
  claude: { provider: 'anthropic', model: 'claude-haiku-4-5' },
  codex: { provider: 'openai-compatible', model: 'gpt-5' },
  gemini: { provider: 'google', model: 'gemini-2.5-pro' },
  goose: { provider: 'anthropic', model: 'claude-haiku-4-5' },
} as const
type Name = keyof typeof shapes

async function run(name: Name, way: Way, changes: object = {}) {
  const folder = join(root, `${name}-${way}`)
  await standIn(folder, name, way, foreignVerdict)
  return consulted({
    simulator: crashingWeb,
    incident: crashOfWeb,
    runner: name,
    ...shapes[name],
    path: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
    script: () => ({ text: 'ok' }),
    ...changes,
  })
}
const factsOf = (one: Awaited<ReturnType<typeof run>>) => one.report.verdict?.facts.map(({ text }) => text)

describe.each(Object.keys(shapes) as Name[])('the runner %s', (name) => {
  test.concurrent.each(['tool', 'words'] as const)(
    'hands in by %s; calls, tokens and cost are counted by the broker and told by itself',
    async (way) => {
      const one = await run(name, way)
      expect(one.codes).toEqual({ broker: 0, agent: 0 })
      expect(factsOf(one)).toContain('Said by the foreign program.')
      expect(one.bundle.usage).toMatchObject({ turns: 1, toolCalls: 1, model: shapes[name].model })
      expect(one.bundle.usage.costUsd).toBeGreaterThan(0)
      expect(one.model.requests[0]!.body).toContain('Find the cause of this incident')
      const log = one.bundle.files['logs/agent.log']!
      expect(log).toMatch(/command: .*pods_list_in_namespace/)
      expect(log).toMatch(
        /the runner's own count: .*"inputTokens":110.*"outputTokens":50|the runner's own count: .*"outputTokens":50/,
      )
    },
  )
  test.concurrent('a spent quota, spent turns, a crash and no end are told apart, and the rules stand', async () => {
    const quota = await run(name, 'quota')
    expect(quota.codes.agent).toBe(10)
    expect(quota.report.notes.join('\n')).toMatch(/handed in no verdict \(quota: .*429/)
    expect((await run(name, 'turns')).codes.agent).toBe(10)
    const crash = await run(name, 'crash')
    expect(crash.codes.agent).toBe(1)
    expect(crash.report.verdict).toMatchObject({ by: 'rules', outcome: 'cause' })
  }, 60_000)
})

test('a program that never ends is ended at the deadline, and what it started with it', async () => {
  const one = await run('claude', 'hang', { seconds: 7 })
  expect(one.codes).toEqual({ broker: 0, agent: 11 })
  expect(one.report.verdict).toMatchObject({ by: 'rules', outcome: 'cause' })
}, 60_000)

test('a program that is not there, and one that does not speak the vendor’s shape, are told as that', async () => {
  const missing = await consulted({
    simulator: crashingWeb,
    incident: crashOfWeb,
    runner: 'gemini',
    ...shapes.gemini,
    path: '/nowhere',
    script: () => ({ text: 'ok' }),
  })
  expect(missing.report.notes.join('\n')).toContain('gemini could not be started')
  const wrong = await run('claude', 'tool', shapes.gemini)
  expect(wrong.report.notes.join('\n')).toContain('The runner claude speaks to anthropic, not to google')
})
