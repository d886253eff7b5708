import { expect, test } from 'vitest'
import { groupFrom } from '../../../shared/azure/container-group-state.ts'

const container = (instanceView: Record<string, unknown>) => ({
  name: 'agent',
  image: 'i',
  resources: { requests: { cpu: 1, memoryInGB: 1 } },
  instanceView,
})
const group = (changes: Record<string, unknown>) =>
  groupFrom({ name: 'g', osType: 'Linux', containers: [], ...changes } as Parameters<typeof groupFrom>[0])

test('an image that cannot be had is told by the last warning, not as slowness', () => {
  const warning = (message: string, at: string) => ({
    type: 'Warning',
    name: 'Failed',
    message,
    lastTimestamp: new Date(at),
  })
  const { state, reason } = group({
    provisioningState: 'Creating',
    containers: [
      container({
        currentState: { state: 'Waiting', detailStatus: 'ImagePullBackOff' },
        events: [
          warning('Failed to pull image "i": not found', '2026-01-12T09:42:00Z'),
          warning('an older word', '2026-01-12T09:41:00Z'),
        ],
      }),
    ],
  })
  expect(state).toBe('pending')
  expect(reason).toBe('Failed: Failed to pull image "i": not found')
})

test('without a warning a container’s own word is the reason', () => {
  const containers = [container({ currentState: { state: 'Waiting', detailStatus: 'ImagePullBackOff' } })]
  expect(group({ containers }).reason).toBe('ImagePullBackOff')
})

test('an exit code below zero is a failure like any other', () => {
  const containers = [container({ currentState: { state: 'Terminated', exitCode: -1073741510 } })]
  expect(group({ instanceView: { state: 'Running' }, containers })).toMatchObject({
    state: 'failed',
    exitCode: -1073741510,
  })
})

test('a group that Azure tells without its containers is one that waits', () => {
  expect(group({ containers: undefined })).toMatchObject({ state: 'pending' })
})
