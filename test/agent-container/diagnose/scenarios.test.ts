import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { faultClasses } from '../../../agent-container/diagnose/rules/class.ts'
import { putGenerated } from '../../simulator/author/generated.ts'
import { readScenario } from '../../simulator/scenario.ts'
import { everyIncident, unmetBy } from './on-scenario.ts'

const made = mkdtempSync(join(tmpdir(), 'scenarios-'))
putGenerated(made)
afterAll(() => rmSync(made, { recursive: true }))
const folders = [join(import.meta.dirname, '..', '..', 'scenarios'), made].flatMap((root) =>
  readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .map((name) => ({ name, folder: join(root, name) })),
)

test.each(folders)('scenario $name comes out as it expects, by rules alone', async ({ name, folder }) => {
  const scenario = readScenario(folder)
  const expected = scenario.expect
  if (expected === undefined) return
  const found = await everyIncident({ read: scenario, trigger: expected.trigger })
  expect(unmetBy(expected, found), found.map(({ result }) => result.verdict?.headline).join('\n')).toEqual([])
  // Only who speaks to a machine is told to: nobody is called an attacker for a log.
  const flagged = found.some(({ result }) => result.injectionFlags.length > 0)
  expect({ name, flagged }).toEqual({ name, flagged: name === 'orders-in-the-log' })
  // Made-up secrets are all called so.
  expect(JSON.stringify(found.map(({ result }) => result.files))).not.toMatch(/canary[-.]\w/)
  for (const { calls, milliseconds } of found) {
    expect(calls).toBeLessThanOrEqual(60)
    expect(milliseconds).toBeLessThan(5_000)
  }
})

test('the rules use the same words that scenarios use, and each has a sentence', () => {
  for (const [word, sentence] of Object.entries(faultClasses)) {
    expect(word).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(sentence.length).toBeGreaterThan(15)
  }
})
