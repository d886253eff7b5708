import { expect, test } from 'vitest'
import type { DetectedFault } from '../../../shared/faults/detect.ts'
import { diffFaults } from '../../../shared/faults/diff.ts'

const fault = (faultType: string, uid = 'p-1'): DetectedFault => ({
  cluster: 'east',
  faultId: `${faultType}-${uid}`,
  faultType,
  severity: 'warning',
  resource: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid },
  context: '',
  timestamp: '2026-02-01T12:00:00Z',
  owner: { apiVersion: 'v1', kind: 'Pod', name: 'web' },
  container: 'web',
  field: 'status',
  resourceLabels: {},
})
const ids = (faults: readonly DetectedFault[]) => faults.map(({ faultId }) => faultId)

test('what was not there has appeared, and what is there no more is resolved', () => {
  const first = diffFaults(new Map(), [fault('CrashLoop'), fault('CrashLoop', 'p-2')])
  expect(ids(first.appeared)).toEqual(['CrashLoop-p-1', 'CrashLoop-p-2'])
  const second = diffFaults(first.open, [fault('CrashLoop', 'p-2'), fault('ImagePull')])
  expect(ids(second.appeared)).toEqual(['ImagePull-p-1'])
  expect(ids(second.resolved)).toEqual(['CrashLoop-p-1'])
  expect(diffFaults(second.open, [...second.open.values()])).toMatchObject({ appeared: [], resolved: [] })
})

test('a crash that becomes a loop goes on, and both are over together', () => {
  const crash = diffFaults(new Map(), [fault('PodCrash')])
  const loop = diffFaults(crash.open, [fault('CrashLoop')])
  expect(ids(loop.appeared)).toEqual(['CrashLoop-p-1'])
  expect(loop.resolved).toEqual([])
  const over = diffFaults(loop.open, [])
  expect(ids(over.resolved).sort()).toEqual(['CrashLoop-p-1', 'PodCrash-p-1'])
  expect(over.open.size).toBe(0)
})
