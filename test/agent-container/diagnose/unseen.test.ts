import { expect, test } from 'vitest'
import { unseenDrafts } from '../../simulator/author/generated.ts'
import { Expect, type Scenario } from '../../simulator/scenario.ts'
import { everyIncident, unmetBy } from './on-scenario.ts'

/** One for each rule that this set brought; all of them run with `npm run scenario -- --all`. */
const chosen = [
  'bound-to-the-wrong-house',
  'budget-of-a-broken-release',
  'ceiling-of-five',
  'certificate-that-nobody-issues',
  'clock-that-gave-up',
  'disks-without-a-driver',
  'door-to-the-neighbour',
  'front-door-without-a-street',
  'house-that-cannot-be-left',
  'names-nobody-answers',
  'root-not-wanted',
  'secret-that-a-vault-owes',
  'shut-in-its-own-zone',
  'value-that-does-not-parse',
  'third-asleep-on-purpose',
  'third-first-of-the-shards',
  'third-password-mistyped',
  'third-rolling-well',
  'third-too-many-children',
  'third-upstream-of-no-name',
  'fourth-chart-of-no-edition',
  'fourth-switch-not-allowed',
  'fifth-asks-the-machine-for-names',
  'fifth-disk-of-a-zone-that-closed',
  'fifth-dumps-until-there-is-no-floor',
  'fifth-new-words-at-the-gate',
  'fifth-nothing-to-compute-on',
  'fifth-passport-of-last-year',
  'fifth-pushed-off-the-bench',
  'fifth-road-over-the-border',
  'fifth-run-of-an-unknown-account',
  'fifth-scaler-learning-to-count',
  'fifth-scars-of-the-day-before',
  'sixth-all-signs-are-good',
  'sixth-nobody-leaves-the-yard',
  'sixth-siblings-without-an-address-book',
  'sixth-signpost-to-a-house-pulled-down',
  'sixth-vault-with-no-list',
  'sixth-waits-for-its-elder',
  'seventh-road-for-another-host',
  'seventh-room-by-default',
]
const drafts = unseenDrafts().filter(({ name }) => chosen.includes(name))

test('every chosen snapshot is there', () => {
  expect(drafts).toHaveLength(chosen.length)
})

test.each(drafts)('$name comes out as expected', async ({ objects, logs = {}, expect: text, now }) => {
  const expected = Expect.parse(text)
  const read: Scenario = {
    name: 'unseen',
    folder: '',
    pictureNow: new Date(now),
    kubernetes: 'v1.33.4',
    objects,
    logs: new Map(Object.entries(logs)),
    access: [],
    changes: [],
    expect: expected,
  }
  const found = await everyIncident({ read, trigger: expected.trigger })
  expect(unmetBy(expected, found)).toEqual([])
  expect(found.flatMap(({ result }) => result.injectionFlags)).toEqual([])
})
