import { describe, expect, test } from 'vitest'
import { fairOrder, overflow } from '../../../shared/triage/fair-order.ts'
import type { Holder } from '../../../shared/triage/slots.ts'
import { incident } from '../incident/sample.ts'

const waits = (
  cluster: string,
  name: string,
  minute: number,
  severity: 'info' | 'warning' | 'critical' = 'warning',
) => {
  const at = `2026-01-12T09:${String(minute).padStart(2, '0')}:00.000Z`
  return incident({ incidentId: name, cluster, severity, status: 'queued', firstSeen: at, createdAt: at })
}
const holder = (cluster: string, incidentId: string): Holder => ({
  incidentId,
  cluster,
  fence: 1,
  until: '2026-01-12T12:00:00.000Z',
})
const ids = (list: readonly { incidentId: string }[]) => list.map(({ incidentId }) => incidentId)

describe('free slots', () => {
  test('go round the clusters, so a noisy one waits for the quiet', () => {
    const noisy = Array.from({ length: 20 }, (_, n) => waits('noisy', `n${n}`, n))
    const waiting = [...noisy, waits('a', 'a1', 30), waits('b', 'b1', 31)]
    expect(ids(fairOrder(waiting, [], { total: 4, perCluster: 4 }))).toEqual(['n0', 'a1', 'b1', 'n1'])
  })

  test('go to the critical first, then to the oldest', () => {
    const waiting = [
      waits('a', 'old', 1),
      waits('a', 'older critical', 5, 'critical'),
      waits('a', 'critical', 9, 'critical'),
    ]
    expect(ids(fairOrder(waiting, [], { total: 5, perCluster: 5 }))).toEqual(['older critical', 'critical', 'old'])
  })

  test('never exceed what one cluster may have, nor the total', () => {
    const waiting = [waits('a', 'a1', 1), waits('a', 'a2', 2), waits('b', 'b1', 3), waits('c', 'c1', 4)]
    expect(ids(fairOrder(waiting, [holder('b', 'x')], { total: 5, perCluster: 1 }))).toEqual(['a1', 'c1'])
    expect(ids(fairOrder(waiting, [holder('b', 'x')], { total: 2, perCluster: 1 }))).toEqual(['a1'])
    expect(ids(fairOrder(waiting, [holder('b', 'x'), holder('d', 'y')], { total: 2, perCluster: 1 }))).toEqual([])
  })

  test('that a crash left with an incident are used by it', () => {
    const waiting = [waits('a', 'a1', 1, 'critical'), waits('a', 'a2', 2)]
    expect(ids(fairOrder(waiting, [holder('a', 'a2')], { total: 1, perCluster: 1 }))).toEqual(['a2'])
  })
})

describe('a queue that is too long', () => {
  const waiting = [
    waits('a', 'old warning', 1),
    waits('a', 'critical', 2, 'critical'),
    waits('a', 'new warning', 3),
    waits('b', 'b1', 4),
  ]

  test('drops the least severe and oldest of the cluster', () => {
    expect(ids(overflow(waiting, { total: 100, perCluster: 2, policy: 'drop' }))).toEqual(['old warning'])
  })
  test('or rejects the newest', () => {
    expect(ids(overflow(waiting, { total: 100, perCluster: 2, policy: 'reject' }))).toEqual(['new warning'])
  })
  test('takes from the fullest cluster when the total is too much', () => {
    expect(ids(overflow(waiting, { total: 2, perCluster: 10, policy: 'drop' }))).toEqual(['old warning', 'new warning'])
  })
  test('that fits loses nobody', () => {
    expect(overflow(waiting, { total: 4, perCluster: 3, policy: 'drop' })).toEqual([])
  })
})
