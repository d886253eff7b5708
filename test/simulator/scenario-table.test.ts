import { expect, test } from 'vitest'
import { Expect } from './scenario.ts'
import { tableHead, tableRow } from './scenario-table.ts'

const secret = { kind: 'Secret', namespace: 'fleet', name: 'keys', class: 'MissingSecret' }

test('a row stands below its heading, whatever its length, with a line for each further cause', () => {
  const row = tableRow({
    scenario: 'a-name-that-is-longer-than-its-column',
    expect: Expect.parse({ rootCauses: [secret, { ...secret, name: 'other' }] }),
    rootCauses: [secret],
    outcome: 'cause',
    seconds: 1.234,
    apiCalls: 31,
    reads: 24,
    held: false,
  }).split('\n')
  expect(row).toHaveLength(2)
  expect(row[0]).toMatch(
    /^NO {2}a-name-that-is-longer-t… MissingSecret Secret\/keys +MissingSecret Secret\/keys +cause +1\.23 +31 +24$/,
  )
  expect(row[0]).toHaveLength(tableHead.length)
  expect(row[1]).toMatch(/^ +MissingSecret Secret\/other$/)
})
