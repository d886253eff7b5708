import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultClasses } from '../../agent-container/analyzers/class.ts'
import { unmet } from '../simulator/expectations.ts'
import { readScenario } from '../simulator/scenario.ts'
import { onScenario } from './on-scenario.ts'

const root = join(import.meta.dirname, '..', 'scenarios')
const folders = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory())

test.each(folders)('scenario %s comes out as it expects, by rules alone', async (name) => {
  const scenario = readScenario(join(root, name))
  const expected = scenario.expect
  if (expected === undefined) return
  const about = expected.rootCauses ?? (expected.rootCause ? [expected.rootCause] : [])
  const { result, calls, milliseconds } = await onScenario({
    folder: scenario.folder,
    trigger: expected.trigger,
    about,
  })
  const { verdict } = result
  const text = JSON.stringify(verdict)
  // Several causes may belong to several incidents; here one of them is looked into.
  const wanted = about.length > 1 ? { ...expected, rootCauses: about.slice(0, 1), rootCause: undefined } : expected
  expect(
    unmet(wanted, { outcome: verdict?.outcome ?? 'evidence-only', rootCauses: verdict?.rootCauses ?? [], text }),
  ).toEqual([])
  expect(calls).toBeLessThanOrEqual(60)
  expect(milliseconds).toBeLessThan(5_000)
})

test('the rules use the same words that scenarios use, and each has a sentence', () => {
  for (const [word, sentence] of Object.entries(faultClasses)) {
    expect(word).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(sentence.length).toBeGreaterThan(15)
  }
})
