import { expect, test } from 'vitest'
import { endedBadly, isBad, isUnmet } from '../../../shared/cluster/kinds/polarity.ts'

/** What the watch opens an incident for, what somebody who asks wants to know, and what waits. */
test.each([
  ['Deployed', 'False', 'DeployFailed', 'bad unmet'],
  ['Ready', 'False', 'Waiting', 'unmet'],
  ['Ready', 'False', 'Suspended', ''],
  ['Ready', 'True', 'Succeeded', ''],
  ['Blocked', 'True', 'QuotaExceeded', 'bad'],
  ['Blocked', 'False', 'AsExpected', ''],
  ['Succeeded', 'False', 'TaskRunFailed', 'ended'],
  ['ReconcileSucceeded', 'False', 'ReconcileError', 'ended'],
  ['Released', 'False', 'UpgradeFailed', 'bad'],
  ['SyncError', 'True', undefined, 'bad'],
  ['SharedResourceWarning', 'True', undefined, ''],
])('%s=%s, reason %s: %s', (type, status, reason, expected) => {
  const entry = { type, status, reason }
  const said = [isBad(entry) && 'bad', isUnmet(entry) && 'unmet', endedBadly(entry) && 'ended']
  expect(said.filter(Boolean).join(' ')).toBe(expected)
})
