import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prices } from '../../infra/cost/prices.ts'
import { byDuty, byPart } from '../../infra/cost/tables.ts'

const root = join(import.meta.dirname, '../..')

test('the tables of the page are what npm run cost prints', () => {
  const { stdout } = spawnSync(process.execPath, [join(root, 'infra/cost/run.ts')], { encoding: 'utf8' })
  const page = readFileSync(join(root, 'docs/cost.md'), 'utf8')
  for (const table of stdout.trim().split('\n\n')) expect(page).toContain(table)
})

test('a month by hand: two supervisors of half a GB that run all the time, and one that visits ten clusters each minute', () => {
  const month = 30 * 86_400
  expect(byPart()[0]!.parts.supervisors).toBeCloseTo(month * (0.000004 + 0.000016), 6)
  const visits = byDuty()[1]!.sizes[1]!
  // Each run is billed a second at least: 43,200 runs.
  expect(visits).toMatchObject({ executions: 43_200, gbSeconds: 21_600, operations: 43_200 * 30 })
  const ready = 0.5 * month * 0.000004
  const secrets = (10 * 24 * 30 * 0.03) / 1e4
  expect(visits.usd).toBeCloseTo(ready + 21_600 * 0.000016 + 0.0432 * 0.4 + 1.296 * 0.036 + secrets, 6)
})

test('a patrol costs less than a watch, and each longer one less again', () => {
  const rows = byDuty().map(({ sizes }) => sizes.map(({ usd }) => usd))
  for (const [at, row] of rows.slice(1).entries())
    for (const [size, usd] of row.entries()) expect(usd).toBeLessThan(rows[at]![size]!)
})

test('every price has its page', () => {
  for (const [name, { source, usd }] of Object.entries(prices)) {
    expect(source, name).toMatch(/^https:\/\/azure\.microsoft\.com\/pricing\/details\//)
    expect(usd, name).toBeGreaterThan(0)
  }
})
