import { describe, expect, test } from 'vitest'
import { type FairShare, shareOut } from '../../../shared/lease/fair-share.ts'

const cluster = (name: string, changes: Partial<FairShare> = {}): FairShare => ({
  name,
  mine: false,
  free: false,
  offered: false,
  orphaned: false,
  ...changes,
})
const many = (count: number, changes: Partial<FairShare>) =>
  Array.from({ length: count }, (_, at) => cluster(`c${at}`, changes))

describe('sharing', () => {
  test('alone one takes all', () => {
    expect(shareOut(many(7, { free: true }), { supervisors: 1, rank: 0 })).toMatchObject({ room: 7 })
  })

  test('each begins at a place of its own, and all places together are all clusters', () => {
    const free = many(1_000, { free: true })
    const taken = [0, 1, 2].flatMap((rank) => {
      const { takeSome, room } = shareOut(free, { supervisors: 3, rank })
      return takeSome.slice(0, room)
    })
    expect(new Set(taken).size).toBe(1_000)
    expect(taken.length).toBeLessThanOrEqual(1_002)
  })

  test('what nobody took before is taken whatever the share says', () => {
    expect(shareOut(many(10, { free: true, orphaned: true }), { supervisors: 5, rank: 1 }).takeAll).toHaveLength(10)
  })

  test('who has too many offers the rest, once, and keeps what it need not give after all', () => {
    const two = { supervisors: 2, rank: 0 }
    const held = many(10, { mine: true })
    expect(shareOut(held, two).surplus).toHaveLength(5)
    const offered = held.map((one, at) => (at < 5 ? { ...one, offered: true } : one))
    expect(shareOut(offered, two)).toMatchObject({ surplus: [], keep: [] })
    expect(shareOut(offered, { supervisors: 1, rank: 0 }).keep).toHaveLength(5)
  })

  test('who has too few takes over what is offered, as far as there is room beside what is free', () => {
    const two = { supervisors: 2, rank: 1 }
    const offered = many(10, { offered: true })
    expect(shareOut(offered, two).takeOver).toHaveLength(5)
    expect(shareOut([...offered, ...many(6, { mine: true })], two).takeOver).toHaveLength(2)
    expect(shareOut([...offered, ...many(4, { free: true })], two).takeOver).toHaveLength(3)
  })
})
