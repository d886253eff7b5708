import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { detectFaults } from '../../../shared/faults/detect.ts'
import { FaultNotice } from '../../../shared/faults/fault.ts'
import { container, ended, named, now, pod, seen, started } from './pictures.ts'

test('a crash loop carries all that the wire and an incident need', () => {
  const [fault, ...others] = seen([
    container({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s' } },
      lastState: ended(30),
    }),
  ])
  expect(others).toEqual([])
  expect(fault).toEqual({
    cluster: 'east',
    harm: '0 of 1 ready',
    mark: 'exit 1 of 6bf586c785',
    faultId: createHash('sha256').update('east:CrashLoop:p-1:web').digest('hex').slice(0, 16),
    faultType: 'CrashLoop',
    severity: 'critical',
    resource: { apiVersion: 'v1', kind: 'Pod', name: 'web-6bf586c785-chf5m', namespace: 'shop', uid: 'p-1' },
    context:
      'Container entered CrashLoopBackOff state, restart count: 4, waiting message: back-off 1m20s, last exit code: 1, last reason: Error',
    timestamp: '2026-02-01T12:00:00Z',
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' },
    node: 'n1',
    container: 'web',
    image: 'shop/web:2',
    field: 'status.containerStatuses[name=web].state.waiting.reason',
    resourceLabels: { app: 'web', 'pod-template-hash': '6bf586c785' },
  })
  expect(FaultNotice.parse(fault).faultType).toBe('CrashLoop')
})

test('ids are those of the reference server', () => {
  const object = pod(
    {
      containerStatuses: [{ name: 'web', restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    },
    { metadata: { uid: 'u' } },
  )
  const [fault] = detectFaults({ cluster: '', objects: [object] }, now)
  expect(fault?.faultId).toBe(createHash('sha256').update(':CrashLoop:u:web').digest('hex').slice(0, 16))
})

test('the owner is the top of the chain, as far as it can be seen', () => {
  const crashing = container({ restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } })
  const chain = [
    crashing,
    named(
      'ReplicaSet',
      'apps/v1',
      { spec: { replicas: 1 } },
      {
        name: 'web-6bf586c785',
        uid: 'rs-1',
        ownerReferences: [
          { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'r-1', controller: true },
        ],
      },
    ),
  ]
  expect(seen(chain)[0]?.owner).toMatchObject({ kind: 'Rollout', name: 'web', uid: 'r-1', namespace: 'shop' })
  expect(seen([crashing])[0]?.owner).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    namespace: 'shop',
  })
  const fixed = pod(
    { containerStatuses: [{ name: 'web', restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
    {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n', controller: true }] },
    },
  )
  expect(seen([fixed])[0]?.owner).toMatchObject({ kind: 'Pod' })
})

test('each container has a fault of its own, and the same picture gives the same faults', () => {
  const both = pod({
    containerStatuses: ['a', 'b'].map((name) => ({
      name,
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    })),
  })
  const found = seen([both])
  expect(new Set(found.map(({ faultId }) => faultId)).size).toBe(2)
  expect(seen([both])).toEqual(found)
})

test('five thousand pods take less than a second of the processor', () => {
  const many = Array.from({ length: 5_000 }, (_, at) =>
    pod(
      { containerStatuses: [{ name: 'web', ready: true, state: started(900) }] },
      { metadata: { name: `w-${at}`, uid: `u-${at}` } },
    ),
  )
  const began = process.cpuUsage()
  expect(seen(many)).toEqual([])
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000)
})
