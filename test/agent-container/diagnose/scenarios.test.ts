import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { faultClasses } from '../../../agent-container/diagnose/rules/class.ts'
import { isWhole, share } from '../../run/share.ts'
import { composed } from '../../shared/report/real-reports.ts'
import { headlineFaults } from '../../simulator/headline-rules.ts'
import { type Judged, judged } from '../../simulator/judge.ts'
import { measureTable, shortfalls } from '../../simulator/measure-table.ts'
import { memoryRun } from '../../simulator/memory-run.ts'
import { readPlaced, scenariosOf, sets } from '../../simulator/sets.ts'

const rows: Judged[] = []

describe.each([...sets])('the set %s', (set, rules) => {
  const asExpected = async (placed: ReturnType<typeof scenariosOf>[number]) => {
    const run = await memoryRun(readPlaced(placed.folder))
    rows.push(judged(run))
    // Only who speaks to a machine is told to: nobody is called an attacker for a log.
    const flagged = run.investigations.some(({ injectionFlags }) => injectionFlags.length > 0)
    expect({ flagged }).toEqual({ flagged: placed.name === 'hostile/orders-in-the-log' })
    // Made-up secrets are all called so.
    expect(JSON.stringify(run.investigations.map(({ files }) => files))).not.toMatch(/canary[-.]\w/)
    expect(run.reads).toBeLessThanOrEqual(60)
    const reports = run.incidents.map((incident, at) => composed(incident, run.investigations[at]!))
    expect(reports.flatMap(headlineFaults)).toEqual([])
    if (rules.misses.includes(placed.name)) return
    expect(run.missed, run.parts.map(({ summary }) => summary).join('\n')).toEqual([])
  }
  const changes = ({ folder }: { readonly folder: string }) => existsSync(join(folder, 'changes.yaml'))
  const name = '$name comes out as it expects, by rules alone'
  const placed = share(scenariosOf(set), 6)
  test.each(placed.filter((one) => !changes(one)))(name, { timeout: 90_000 }, asExpected)
  // Those that change are waited for in real time, all at once.
  test.concurrent.each(placed.filter(changes))(name, { timeout: 180_000 }, asExpected)

  test.runIf(isWhole)('reaches what it has reached before', () => {
    const short = shortfalls(
      set,
      rules,
      rows.filter((row) => row.set === set),
    )
    // How long one takes is measured alone on a machine, not among all other tests.
    expect(short.filter((sentence) => !sentence.includes('seconds is'))).toEqual([])
  })
})
afterAll(() => console.log(measureTable(rows)))

test('the rules use the same words that scenarios use, and each has a sentence', () => {
  for (const [word, sentence] of Object.entries(faultClasses)) {
    expect(word).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(sentence.length).toBeGreaterThan(15)
  }
})
